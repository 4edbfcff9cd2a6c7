import { decided, effectsOf, foundBy, shownOf, type FactsWanted } from '../../support/facts-builder.js';

/** The police ask a doctor about mutilation that was found. */
const report = (changes: NonNullable<FactsWanted['ask']> = {}): FactsWanted => ({
  ask: {
    purpose: 'fgm-report',
    subjectRole: 'child',
    categories: ['core-identity', 'present-concern'],
    function: { power: 'common-law-policing', text: 'report of known mutilation' },
    ...changes,
  },
});

describe('the duty to report mutilation is owed about a girl under 18', () => {
  it('and is answered about one', () => {
    expect(effectsOf(decided(report()))).toEqual({ 'core-identity': 'release', 'present-concern': 'release' });
    expect(decided(report()).basis).toMatchObject({ power: 'fgm-s5b', article6: '6-1-c', confidentiality: 'statute' });
  });

  it.each<[string, NonNullable<FactsWanted['ask']>]>([
    ['named by a birth date of nineteen years ago', { subjectIsAdult: true }],
    ['asked about as an adult at risk', { subjectRole: 'adult-at-risk' }],
    ['asked about as a parent', { subjectRole: 'parent-carer' }],
  ])('and gives no power over someone %s, who has a route of their own', (_who, ask) => {
    const decision = decided(report(ask));

    expect(shownOf(decision)).toMatchObject({
      ground: {
        kind: 'stated',
        reason: 'no-legal-power',
        citation: 'Female Genital Mutilation Act 2003 s.5B',
        remedy: 'ask about an adult under the purpose for adults at risk, or with what they agreed to',
      },
    });
    expect(foundBy('power-held', decision).map(({ detail }) => detail)).toEqual(['`fgm-s5b` speaks of a child only']);
  });
});

describe('the powers that a refusal names as those that would serve', () => {
  it('are law in the requester’s own nation, and speak to it', () => {
    const decision = decided({
      requester: { agencyKind: 'council', jurisdiction: 'scotland', teamKind: 'nation-other' },
      custodian: { agencyKind: 'council', teamKind: 'la-csc' },
      ask: {
        kind: 'safeguarding',
        purpose: 'la-transfer',
        function: { power: 'ca89-s47', text: 'the family has moved' },
      },
    });

    expect(shownOf(decision)).toMatchObject({
      ground: {
        reason: 'jurisdiction-mismatch',
        remedy: 'name the power your task rests on; policy here rests on `common-law-public-interest`',
      },
    });
  });
});
