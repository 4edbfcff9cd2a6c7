import { decided, foundBy, shownOf, type FactsWanted } from '../../support/facts-builder.js';

/** The council's adults' team asks a practice about Mr Eden. */
const enquiry = (wishes: object | undefined, facts: FactsWanted = {}): FactsWanted => ({
  ...facts,
  requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-asc', teamKind: 'la-asc' },
  custodian: { teamKind: 'nhs-gp' },
  officer: {
    team: 'nmc-asc',
    role: 'safeguarding-adults-manager',
    duties: ['ask', 'manage'],
    ...(facts.officer as object),
  },
  involvements: [{ agency: 'northmoor-council', team: 'nmc-asc' }],
  ask: {
    kind: 'safeguarding',
    purpose: 'adult-s42-concern',
    subjectRole: 'adult-at-risk',
    officer: { id: 'np-4471', role: 'safeguarding-adults-manager' },
    function: { power: 'care-s42', text: 'enquiry into financial abuse' },
    categories: ['core-identity', 'capacity-and-wishes'],
    wishes,
    ...facts.ask,
  },
});

describe('an adult at risk is asked first', () => {
  it('and what they agree to is given', () => {
    expect(decided(enquiry({ agreed: true })).effect).toBe('permit');
  });

  it('an ask that does not say what they want is refused and told so', () => {
    expect(shownOf(decided(enquiry(undefined)))).toMatchObject({
      ground: { kind: 'stated', reason: 'wishes-missing' },
    });
  });

  it('their refusal is kept where nothing overrides it', () => {
    expect(shownOf(decided(enquiry({ agreed: false })))).toMatchObject({
      ground: { kind: 'stated', reason: 'adult-refused-no-override' },
    });
  });

  it.each(['coercion-or-duress', 'serious-crime', 'others-at-risk-incl-children', 'lacks-capacity'])(
    'and overridden by a manager for %s',
    (override) => {
      const decision = decided(enquiry({ agreed: false, override }));

      expect(decision.effect).toBe('permit');
      expect(foundBy('wishes-respected', decision)).toMatchObject([{ outcome: 'open' }]);
    },
  );

  it.each(['convenience', ''])('but for no other ground: `%s`', (override) => {
    expect(decided(enquiry({ agreed: false, override })).effect).toBe('refuse');
  });

  it('nor by an officer who is no manager', () => {
    const facts = { officer: { role: 'safeguarding-adults-manager', duties: ['ask'] } } as FactsWanted;

    expect(shownOf(decided(enquiry({ agreed: false, override: 'serious-crime' }, facts)))).toMatchObject({
      ground: { kind: 'stated', reason: 'override-not-managers' },
    });
  });

  it('someone else in the same enquiry is not asked for their wishes here', () => {
    expect(decided(enquiry(undefined, { ask: { subjectRole: 'alleged-source' } })).effect).toBe('permit');
  });
});

describe('an objection on record', () => {
  const objection = { id: 'o', ground: 'adult-refuses', recordedBy: 'northmoor-council' };
  const wholeOf = (facts: FactsWanted) => foundBy('objection-respected', decided(facts)).map(({ outcome }) => outcome);

  describe('where the person’s own word decides, in an enquiry about an adult at risk', () => {
    const objected = (override?: string): FactsWanted =>
      enquiry({ agreed: true }, { objections: [{ ...objection, ...(override !== undefined && { override }) }] });

    it('refuses in silence until a person overrides it for a ground of the lists', () => {
      expect(shownOf(decided(objected()))).toMatchObject({ ground: { kind: 'silent' } });
      expect(shownOf(decided(objected()))).toEqual(shownOf(decided(enquiry({ agreed: true }, { subject: 'unknown' }))));
      expect(shownOf(decided(objected('because')))).toMatchObject({ ground: { kind: 'silent' } });
      expect(decided(objected('coercion-or-duress')).effect).toBe('permit');
    });

    it('and another that is not overridden still refuses', () => {
      const both = [
        { ...objection, override: 'serious-crime' },
        { ...objection, id: 'o2' },
      ];

      expect(decided(enquiry({ agreed: true }, { objections: both })).effect).toBe('refuse');
    });

    it('someone else in the same enquiry is not refused for: a person weighs it', () => {
      const facts = enquiry(undefined, { ask: { subjectRole: 'alleged-source' }, objections: [objection] });

      expect(wholeOf(facts)).toEqual(['person']);
    });
  });

  it('refuses where policy rests on consent', () => {
    expect(
      wholeOf({
        custodian: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
        requester: { agency: 'parenting-charity', agencyKind: 'charity', team: 'pc-vcs', teamKind: 'vcs' },
        ask: { kind: 'safeguarding', purpose: 'child-early-help', categories: ['core-identity'] },
        objections: [objection],
      }),
    ).toEqual(['shut']);
  });

  it('refuses where the power itself honours it: direct care', () => {
    expect(
      wholeOf({
        custodian: { agency: 'northmoor-nhs-trust', agencyKind: 'health', teamKind: 'nhs-acute' },
        requester: { agency: 'hill-gp', agencyKind: 'health', team: 'hill-gp-team', teamKind: 'nhs-gp' },
        ask: { kind: 'safeguarding', purpose: 'child-mash-triage', categories: ['core-identity'] },
        objections: [objection],
      }),
    ).toEqual(['shut']);
  });

  describe('where consent is not the basis, in an enquiry about a child', () => {
    it('blocks nothing by itself: a person at the custodian weighs it', () => {
      const decision = decided({ objections: [objection] });

      expect(decision.effect).toBe('review');
      expect(decision.items.map(({ effect, reason }) => [effect, reason])).toEqual(
        decision.items.map(() => ['review', 'person-decides']),
      );
      expect(foundBy('objection-respected', decision)).toMatchObject([
        { outcome: 'person', reason: 'objection-recorded', restsOnSubject: true },
      ]);
    });

    it.each(['child-at-risk-of-harm', 'overriding-public-interest', 'legal-obligation', 'serious-crime'])(
      'passes once it is overridden: %s',
      (override) => {
        expect(decided({ objections: [{ ...objection, override }] }).effect).toBe('permit');
      },
    );

    it('waits still for a ground of no list', () => {
      expect(decided({ objections: [{ ...objection, override: 'convenience' }] }).effect).toBe('review');
    });
  });
});
