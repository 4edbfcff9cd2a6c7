import { decided, foundBy, type FactsWanted } from '../../support/facts-builder.js';

/** Whether a bar is found shut, whatever else is found of the ask. */
function isBarred(facts: FactsWanted): boolean {
  return foundBy('bars-absent', decided(facts)).some(({ outcome }) => outcome === 'shut');
}

const HEALTH_AND_CARE = 'nhs-acute nhs-gp nhs-comm nhs-mh nhs-amb icb la-csc la-asc la-edt other-la provider'.split(
  ' ',
);

describe('A13 keeps health and care information from the serious violence duty', () => {
  it.each(HEALTH_AND_CARE)('where `%s` holds it', (teamKind) => {
    expect(isBarred({ custodian: { teamKind }, ask: { purpose: 'serious-violence-duty' } })).toBe(true);
  });

  it.each(HEALTH_AND_CARE)('and for no other purpose where `%s` holds it', (teamKind) => {
    expect(isBarred({ custodian: { teamKind } })).toBe(false);
  });

  it('and not what a school or a force holds', () => {
    for (const teamKind of ['school', 'police-pp'])
      expect(isBarred({ custodian: { teamKind }, ask: { purpose: 'serious-violence-duty' } })).toBe(false);
  });
});

describe('A4 keeps a family court’s papers', () => {
  const papers = (teamKind: string): FactsWanted => ({
    requester: { teamKind },
    ask: { categories: ['core-identity', 'family-court'] },
  });

  // FPR 2010 r.12.73(1)(a): parties, their lawyers, Cafcass, and professionals who act to protect children.
  it.each(['police-pp', 'la-csc', 'la-edt', 'cafcass', 'court'])('from no `%s`', (teamKind) => {
    expect(isBarred(papers(teamKind))).toBe(false);
  });

  it.each(['police-ci', 'la-asc', 'school', 'probation', 'vcs', 'employer', 'regulator', 'lado', 'parent'])(
    'from a `%s`',
    (teamKind) => {
      expect(isBarred(papers(teamKind))).toBe(true);
    },
  );
});

describe('a bar that one protection raises', () => {
  it.each([
    { bar: 'A7', kind: 'covert-source', category: 'intelligence' },
    { bar: 'A7', kind: 'covert-source', category: 'referrer-identity' },
    { bar: 'A8', kind: 'intercepted-material', category: 'intelligence' },
    { bar: 'A10', kind: 'indecent-image', category: 'images-and-recordings' },
    { bar: 'A12', kind: 'revenue-or-benefits-information', category: 'financial' },
    { bar: 'A14', kind: 'abortion-notification', category: 'sexual-health' },
  ])('$bar shuts `$category`', ({ kind, category }) => {
    expect(isBarred({ ask: { categories: ['core-identity', category] }, protections: [{ kind }] })).toBe(true);
  });

  it.each(['school', 'early-years', 'lado', 'employer', 'provider', 'vcs'])(
    'A11 shuts convictions known to a `%s` from a certificate, and not those a court’s record holds',
    (teamKind) => {
      const facts = {
        ask: { categories: ['core-identity', 'convictions'] },
        protections: [{ kind: 'disclosure-certificate' }],
      };

      expect(isBarred({ ...facts, custodian: { teamKind } })).toBe(true);
      expect(isBarred({ ...facts, custodian: { teamKind: 'court' } })).toBe(false);
    },
  );

  it.each(['subject', 'parent', 'advocate'])('A15 keeps covert status from a `%s`', (teamKind) => {
    expect(isBarred({ requester: { teamKind }, protections: [{ kind: 'covert-status' }] })).toBe(true);
  });
});
