import { decided, effectsOf, foundBy, shownOf, type FactsWanted } from '../../support/facts-builder.js';

const investigators: FactsWanted = { requester: { teamKind: 'police-ci' } };
const victim = (changes: Record<string, unknown>, categories: readonly string[]): FactsWanted => ({
  ...investigators,
  custodian: { agencyKind: 'charity', teamKind: 'refuge-idva' },
  ask: {
    kind: 'victim-information',
    purpose: 'victim-information-request',
    subjectRole: 'victim',
    categories,
    function: { power: 'common-law-policing', text: 'rape investigation' },
    victim: {
      reasonToBelieveHeld: 'she told the officer',
      lineOfEnquiry: 'first account',
      notice: { given: true, on: '2026-12-01' },
      ...changes,
    },
  },
});

describe('counselling notes of a victim', () => {
  it('are presumed unnecessary', () => {
    for (const counselling of [
      undefined,
      { probativeValue: 'first account', rebuttal: ' ' },
      { probativeValue: '', rebuttal: 'x' },
    ])
      expect(shownOf(decided(victim({ counselling }, ['counselling-notes'])))).toMatchObject({
        ground: { kind: 'stated', reason: 'vir-counselling-presumption' },
      });
  });

  it('are for a person where the presumption is rebutted', () => {
    const counselling = {
      probativeValue: 'the first account, two days after',
      rebuttal: 'no other record of it exists',
    };

    expect(effectsOf(decided(victim({ counselling }, ['counselling-notes'])))).toEqual({
      'counselling-notes': 'review',
    });
  });

  it('need no rebuttal where they are not asked for', () => {
    expect(effectsOf(decided(victim({}, ['core-identity'])))).toEqual({ 'core-identity': 'review' });
  });

  it('come to nobody without notice', () => {
    expect(shownOf(decided(victim({ notice: { given: false } }, ['core-identity'])))).toMatchObject({
      ground: { kind: 'stated', reason: 'vir-notice-missing' },
    });
  });
});

describe('an order of a court', () => {
  const order = (scope: readonly string[], categories: readonly string[]): FactsWanted => ({
    ...investigators,
    ask: {
      kind: 'court-order',
      purpose: 'criminal-investigation',
      categories,
      court: { court: 'Northmoor Crown Court', judge: 'HHJ Test', date: '2026-12-01', scope, document: 'order-1' },
    },
  });

  it('reaches what policy denies, for a person to carry out, and not one category further', () => {
    const decision = decided(order(['hiv-sti'], ['hiv-sti', 'core-identity']));

    expect(effectsOf(decision)).toEqual({ 'hiv-sti': 'review', 'core-identity': 'withhold' });
    expect(foundBy('order-scope', decision)).toMatchObject([{ outcome: 'shut', categories: ['core-identity'] }]);
  });

  it('opens no bar that knows no order of a court', () => {
    expect(
      effectsOf(decided(order(['legally-privileged', 'core-identity'], ['legally-privileged', 'core-identity']))),
    ).toEqual({
      'legally-privileged': 'withhold',
      'core-identity': 'review',
    });
  });
});

describe('family-court material', () => {
  const asked = (courtRoute?: string): FactsWanted => ({
    custodian: { agency: 'northmoor-council', agencyKind: 'council', teamKind: 'la-csc' },
    ask: { categories: ['core-identity', 'family-court'], courtRoute },
  });

  it('goes to a public protection officer only by a route of the rules, by a person', () => {
    expect(effectsOf(decided(asked('cp-professional')))).toMatchObject({ 'family-court': 'review' });
    for (const route of [undefined, 'because'])
      expect(effectsOf(decided(asked(route)))).toMatchObject({
        'family-court': 'withhold',
        'core-identity': 'release',
      });
  });

  it('goes to a detective by no statement of their own', () => {
    const facts = { ...asked('cp-professional'), requester: { teamKind: 'police-ci' } };
    const decision = decided({
      ...facts,
      ask: {
        ...facts.ask,
        kind: 'court-order',
        purpose: 'criminal-investigation',
        court: { court: 'c', judge: 'j', date: '2026-12-01', scope: ['family-court', 'core-identity'], document: 'd' },
      },
    });

    expect(effectsOf(decision)).toMatchObject({ 'family-court': 'withhold' });
    expect(foundBy('bars-absent', decision).some(({ reason }) => reason === 'fpr-route-missing')).toBe(true);
  });
});

describe('a policy that speaks to one role', () => {
  const school = (role: string): FactsWanted => ({
    requester: { agency: 'oak-academy', agencyKind: 'education', team: 'oak-dsl', teamKind: 'school' },
    custodian: { agency: 'northmoor-council', agencyKind: 'council', teamKind: 'la-csc' },
    officer: { team: 'oak-dsl', role, duties: ['ask'] },
    involvements: [{ agency: 'oak-academy', team: 'oak-dsl' }],
    ask: {
      kind: 'safeguarding',
      officer: { id: 'np-4471', role },
      categories: ['core-identity'],
      function: { power: 'edu02-s175-157', text: 'keeping the child safe in school' },
    },
  });

  it('tells the safeguarding lead and the deputy', () => {
    for (const role of ['dsl', 'deputy-dsl']) expect(decided(school(role)).effect).toBe('permit');
  });

  it('and nobody else of the school', () => {
    expect(shownOf(decided(school('head-teacher')))).toMatchObject({
      ground: { kind: 'stated', reason: 'requester-role-invalid' },
    });
  });
});

describe('the kind of a request fits its purpose', () => {
  it('a criminal investigation is not asked for as safeguarding', () => {
    expect(shownOf(decided({ ...investigators, ask: { purpose: 'criminal-investigation' } }))).toMatchObject({
      ground: { kind: 'stated', reason: 'no-legal-power' },
    });
  });

  it('an officer is not their own supervisor', () => {
    const facts: FactsWanted = {
      ...investigators,
      ask: {
        kind: 'police-law-enforcement',
        purpose: 'criminal-investigation',
        subjectRole: 'suspect',
        police: {
          offence: 'assault',
          crimeReference: 'NP/1',
          supervisor: { id: 'np-4471', rank: 'constable' },
          strictNecessity: 'now',
          onwardUse: 'none',
        },
      },
    };

    expect(shownOf(decided(facts))).toMatchObject({ ground: { kind: 'stated', reason: 'supervisor-missing' } });
  });
});

describe('what policy gives on consent', () => {
  const help = (consents: FactsWanted['consents']): FactsWanted => ({
    requester: { agency: 'northmoor-police', agencyKind: 'charity', teamKind: 'vcs' },
    custodian: { agency: 'northmoor-council', agencyKind: 'council', teamKind: 'la-csc' },
    ask: {
      kind: 'safeguarding',
      purpose: 'child-early-help',
      categories: ['core-identity', 'present-concern'],
      function: { power: 'own-functions', text: 'parenting course' },
    },
    ...(consents && { consents }),
  });
  const standing = { purpose: 'child-early-help', scope: ['core-identity', 'present-concern'] };

  it('is given while the consent stands', () => {
    const decision = decided(help([standing]));

    expect(effectsOf(decision)).toEqual({ 'core-identity': 'minimise', 'present-concern': 'minimise' });
    expect(decision.basis).toMatchObject({ article6: '6-1-a', article9: '9-2-a', confidentiality: 'consent' });
  });

  it.each([
    { how: 'there is none', consents: [] },
    { how: 'it was withdrawn', consents: [{ ...standing, withdrawnAt: '2026-11-03T09:00:00.000Z' }] },
    { how: 'it was for another recipient', consents: [{ ...standing, recipients: ['fern-refuge'] }] },
  ])('waits for a person where $how, on no other basis', ({ consents }) => {
    expect(effectsOf(decided(help(consents)))).toEqual({ 'core-identity': 'review', 'present-concern': 'review' });
  });

  it('is given as far as the consent reaches', () => {
    expect(effectsOf(decided(help([{ ...standing, scope: ['core-identity'] }])))).toEqual({
      'core-identity': 'minimise',
      'present-concern': 'review',
    });
  });
});
