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

  it.each(['victim', 'household-adult', 'parent-carer'])(
    'by whatever role the ask names them: as `%s` their wishes count no less',
    (subjectRole) => {
      const asked = (wishes: object | undefined) => decided(enquiry(wishes, { ask: { subjectRole } }));

      expect(shownOf(asked(undefined))).toMatchObject({ ground: { kind: 'stated', reason: 'wishes-missing' } });
      expect(shownOf(asked({ agreed: false }))).toMatchObject({
        ground: { kind: 'stated', reason: 'adult-refused-no-override' },
      });
      expect(asked({ agreed: true }).effect).toBe('permit');
    },
  );

  it('and so is whoever is named by a role that the catalogue says nothing of', () => {
    expect(shownOf(decided(enquiry(undefined, { ask: { subjectRole: 'bystander' } })))).toMatchObject({
      ground: { kind: 'stated', reason: 'wishes-missing' },
    });
  });

  it.each(['alleged-source', 'suspect', 'professional'])(
    'a `%s` in the same enquiry is not asked for their wishes',
    (subjectRole) => {
      expect(decided(enquiry(undefined, { ask: { subjectRole } })).effect).toBe('permit');
    },
  );
});

describe('an adult who was not asked', () => {
  const MANAGER = ['ask', 'manage'];
  const OFFICER = ['ask'];
  const asked = (reason: string, duties: readonly string[], urgency: string, facts: FactsWanted = {}) =>
    decided(enquiry({ sought: false, reason }, { ...facts, officer: { duties }, ask: { urgency } }));

  it.each([
    ['lacks-capacity', MANAGER, 'routine', 'permit'],
    ['greater-risk-to-adult', MANAGER, 'routine', 'permit'],
    ['risk-to-other-person', MANAGER, 'routine', 'permit'],
    ['coercion-or-duress', MANAGER, 'routine', 'permit'],
    ['cannot-be-reached-in-time', OFFICER, 'urgent', 'permit'],
    ['cannot-be-reached-in-time', OFFICER, 'emergency', 'permit'],
    ['lacks-capacity', OFFICER, 'emergency', 'not-sought-not-managers'],
    ['greater-risk-to-adult', OFFICER, 'emergency', 'not-sought-not-managers'],
    ['risk-to-other-person', OFFICER, 'emergency', 'not-sought-not-managers'],
    ['coercion-or-duress', OFFICER, 'emergency', 'not-sought-not-managers'],
    ['cannot-be-reached-in-time', MANAGER, 'routine', 'not-sought-not-urgent'],
    ['convenience', MANAGER, 'emergency', 'wishes-missing'],
    ['serious-crime', MANAGER, 'emergency', 'wishes-missing'],
  ])('for `%s`, by one with the duties %j, in an ask that is %s: %s', (reason, duties, urgency, becomes) => {
    const decision = asked(reason, duties, urgency);

    if (becomes === 'permit') expect(decision.effect).toBe('permit');
    else expect(shownOf(decision)).toMatchObject({ ground: { kind: 'stated', reason: becomes } });
  });

  it('is no way round a refusal that is on record', () => {
    const objections = [{ id: 'o', ground: 'adult-refuses', recordedBy: 'northmoor-council' }];

    expect(asked('coercion-or-duress', MANAGER, 'emergency', { objections }).effect).toBe('refuse');
  });
});

describe('an objection on record', () => {
  const objection = { id: 'o', ground: 'adult-refuses', recordedBy: 'northmoor-council' };

  it.each([
    [
      'about an adult at risk',
      (objections: NonNullable<FactsWanted['objections']>) => enquiry({ agreed: true }, { objections }),
    ],
    ['about a child', (objections: NonNullable<FactsWanted['objections']>) => ({ objections })],
  ])('refuses in silence until a person overrides it for a ground of the lists: an ask %s', (_whom, asked) => {
    expect(shownOf(decided(asked([objection])))).toMatchObject({ ground: { kind: 'silent' } });
    expect(shownOf(decided(asked([{ ...objection, override: 'because' }])))).toMatchObject({
      ground: { kind: 'silent' },
    });
    expect(decided(asked([{ ...objection, override: 'serious-crime' }])).effect).toBe('permit');
  });

  it('refuses an adult’s objection in the words of one nobody knows', () => {
    const objected = enquiry({ agreed: true }, { objections: [objection] });

    expect(shownOf(decided(objected))).toEqual(shownOf(decided(enquiry({ agreed: true }, { subject: 'unknown' }))));
  });

  it.each(['child-at-risk-of-harm', 'overriding-public-interest', 'legal-obligation', 'coercion-or-duress'])(
    'passes once it is overridden: %s',
    (override) => {
      expect(decided({ objections: [{ ...objection, override }] }).effect).toBe('permit');
    },
  );

  it('and another that is not overridden still refuses', () => {
    const both = [
      { ...objection, override: 'serious-crime' },
      { ...objection, id: 'o2' },
    ];

    expect(decided({ objections: both }).effect).toBe('refuse');
  });
});
