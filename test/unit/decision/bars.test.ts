import type { BarId } from '../../../src/core/law/catalogue.js';
import { decided, effectsOf, foundBy, law, shownOf, type FactsWanted } from '../../support/facts-builder.js';

/** A council asks of a custodian of another kind, under its own enquiry. */
function councilAsks(custodian: NonNullable<FactsWanted['custodian']>, categories: readonly string[]): FactsWanted {
  return {
    requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
    custodian,
    officer: { team: 'nmc-csc', role: 'social-worker' },
    involvements: [{ agency: 'northmoor-council', team: 'nmc-csc' }],
    ask: {
      kind: 'safeguarding',
      officer: { id: 'np-4471', role: 'social-worker' },
      categories,
    },
  };
}

const school = { agency: 'oak-academy', agencyKind: 'education', team: 'oak-dsl', teamKind: 'school' } as const;
const force = { agency: 'northmoor-police', agencyKind: 'police', team: 'np-ppu', teamKind: 'police-pp' } as const;

interface Raised {
  readonly bar: BarId;
  readonly kind: string;
  readonly facts: FactsWanted;
  /** A statutory exception with its evidence on file. */
  readonly exception: string;
}

const asking = (...categories: string[]): FactsWanted => ({ ask: { categories: ['core-identity', ...categories] } });

const raised: readonly Raised[] = [
  { bar: 'A1', kind: 'gender-recognition-certificate', facts: asking('gender-recognition'), exception: 'court-order' },
  { bar: 'A2', kind: 'licensed-fertility-treatment', facts: asking('fertility-treatment'), exception: 'court-order' },
  { bar: 'A3', kind: 'adoption', facts: asking('adoption-link'), exception: 'court-order' },
  { bar: 'A5', kind: 'order-limiting-disclosure', facts: {}, exception: 'within-the-terms' },
  {
    bar: 'A7',
    kind: 'covert-source',
    facts: councilAsks(force, ['core-identity', 'intelligence']),
    exception: 'controllers-covert-authority',
  },
  {
    bar: 'A8',
    kind: 'intercepted-material',
    facts: councilAsks(force, ['core-identity', 'intelligence']),
    exception: 'statutory-disclosure',
  },
  { bar: 'A9', kind: 'protected-person', facts: {}, exception: 'defence-s87-89' },
  { bar: 'A10', kind: 'indecent-image', facts: asking('images-and-recordings'), exception: 'police-evidential-system' },
  {
    bar: 'A11',
    kind: 'disclosure-certificate',
    facts: councilAsks(school, ['core-identity', 'convictions']),
    exception: 'needed-in-role',
  },
  { bar: 'A12', kind: 'revenue-or-benefits-information', facts: asking('financial'), exception: 'express-gateway' },
  { bar: 'A14', kind: 'abortion-notification', facts: asking('sexual-health'), exception: 'listed-in-regulation-5' },
];

describe('a bar raised for one subject', () => {
  it.each(raised)('$bar shuts the whole answer and says nothing of itself', ({ bar, kind, facts }) => {
    const decision = decided({ ...facts, protections: [{ kind }] });

    expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
    expect(foundBy('bars-absent', decision)).toMatchObject([
      { lock: 'bar', outcome: 'shut', reason: law.bars.get(bar)?.reason, citation: law.bars.get(bar)?.citation },
    ]);
    expect(shownOf(decision)).toEqual(shownOf(decided({ ...facts, subject: 'unknown' })));
  });

  it.each(raised)('$bar opens to its own exception, with evidence', ({ kind, facts, exception }) => {
    expect(effectsOf(decided({ ...facts, protections: [{ kind, exceptions: [exception] }] }))).toEqual(
      effectsOf(decided(facts)),
    );
  });

  it.each(raised)('$bar opens to no exception of another kind', ({ kind, facts }) => {
    expect(decided({ ...facts, protections: [{ kind, exceptions: ['a-good-cause'] }] })).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'silent' },
    });
  });

  it.each(raised.filter(({ bar }) => law.bars.get(bar)?.scope !== 'subject'))(
    '$bar leaves an ask for other categories as it was',
    ({ kind, facts }) => {
      const other = { ...facts, ask: { ...facts.ask, categories: ['core-identity'] } };
      expect(effectsOf(decided({ ...other, protections: [{ kind }] }))).toEqual(effectsOf(decided(other)));
    },
  );

  it('A15 shuts out none but those it is kept from', () => {
    expect(effectsOf(decided({ protections: [{ kind: 'covert-status' }] }))).toEqual(effectsOf(decided()));
    const parent = decided({
      requester: { teamKind: 'parent' },
      protections: [{ kind: 'covert-status' }],
    });
    expect(foundBy('bars-absent', parent)).toMatchObject([{ outcome: 'shut', reason: 'covert-status' }]);
  });

  it('one exception lifts its own protection and no other', () => {
    const decision = decided({
      protections: [{ kind: 'protected-person', exceptions: ['defence-s87-89'] }, { kind: 'protected-person' }],
    });
    expect(decision.effect).toBe('refuse');
  });

  it.each([...law.bars.values()].filter((bar) => bar.protectionKinds.length > 0))('$id has a row here', ({ id }) => {
    expect([...raised.map(({ bar }) => bar), 'A15']).toContain(id);
  });
});

describe('a bar that stands for everyone', () => {
  it('A4 keeps a family court’s papers from investigators and not from the protecting team', () => {
    const papers = asking('family-court');
    const toInvestigators = decided({ ...papers, requester: { teamKind: 'police-ci' } });

    expect(foundBy('bars-absent', toInvestigators)).toMatchObject([
      { outcome: 'shut', reason: 'fpr-route-missing', categories: ['family-court'], restsOnSubject: false },
      { outcome: 'open' },
    ]);
    expect(foundBy('bars-absent', decided(papers))).toMatchObject([{ outcome: 'open' }]);
  });

  it('A6 withholds what is privileged and nothing else', () => {
    const decision = decided(asking('legally-privileged'));

    expect(decision.effect).toBe('permit');
    expect(effectsOf(decision)).toEqual({ 'core-identity': 'release', 'legally-privileged': 'withhold' });
    expect(foundBy('bars-absent', decision)).toMatchObject([{ outcome: 'shut', reason: 'lpp' }, { outcome: 'open' }]);
  });

  it('A13 keeps every patient’s information from the serious violence duty', () => {
    const decision = decided({ ask: { purpose: 'serious-violence-duty' } });

    expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'stated', reason: 'no-legal-power' } });
    expect(foundBy('bars-absent', decision)).toMatchObject([
      { outcome: 'shut', categories: ['core-identity', 'present-concern', 'injury-findings'] },
      { outcome: 'open' },
    ]);
  });
});

describe('a protection that heightens and bars nothing', () => {
  const ask = { categories: ['core-identity', 'address', 'household', 'professionals-involved', 'present-concern'] };

  it.each([
    { kind: 'protected-address', waits: ['household', 'professionals-involved'] },
    { kind: 'modern-slavery-adult', waits: ['core-identity'] },
    { kind: 'referrer-anonymity', waits: ['present-concern'] },
  ])('$kind leaves $waits to a person and the rest as it was', ({ kind, waits }) => {
    const ordinary = effectsOf(decided({ ask }));
    const decision = decided({ ask, protections: [{ kind }] });

    expect(effectsOf(decision)).toEqual({ ...ordinary, ...Object.fromEntries(waits.map((each) => [each, 'review'])) });
    expect(foundBy('bars-absent', decision)).toMatchObject([
      { outcome: 'open' },
      { outcome: 'person', restsOnSubject: true, citation: law.protectionKinds.get(kind)?.citation },
    ]);
    for (const item of decision.items.filter(({ effect }) => effect === 'review'))
      expect(item).toMatchObject({ leaves: [], reason: 'person-decides' });
  });

  it('keeps an address that policy would give from leaving by a rule, and the protected one from leaving at all', () => {
    const facts = councilAsks(force, ['core-identity', 'address', 'protected-location']);

    expect(effectsOf(decided(facts))).toMatchObject({ address: 'release' });
    expect(effectsOf(decided({ ...facts, protections: [{ kind: 'protected-address' }] }))).toEqual({
      'core-identity': 'release',
      address: 'review',
      'protected-location': 'withhold',
    });
  });

  it('shuts all the same where the catalogue has no such kind', () => {
    expect(decided({ protections: [{ kind: 'protected-adress' }] })).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'silent' },
    });
  });
});
