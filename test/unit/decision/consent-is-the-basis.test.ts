import { review } from '../../../src/core/decision/review.js';
import { factsOf, law, policy, type FactsWanted } from '../../support/facts-builder.js';

const standing = { purpose: 'child-early-help', scope: ['core-identity', 'present-concern'] };
const gone = { ...standing, withdrawnAt: '2026-11-03T09:00:00.000Z' };

/** What a person at the council may release to a voluntary body, or to the council by a practice where policy rests on more. */
const mayRelease = (to: 'vcs' | 'la-csc', consents: FactsWanted['consents']): readonly string[] => {
  const help: FactsWanted =
    to === 'vcs'
      ? {
          requester: { agency: 'northmoor-police', agencyKind: 'charity', teamKind: 'vcs' },
          custodian: { agency: 'northmoor-council', agencyKind: 'council', teamKind: 'la-csc' },
        }
      : {
          requester: { agency: 'northmoor-police', agencyKind: 'council', teamKind: 'la-csc' },
          custodian: { teamKind: 'nhs-gp' },
        };
  const facts = factsOf({
    ...help,
    ...(consents && { consents }),
    ask: {
      kind: 'safeguarding',
      purpose: 'child-early-help',
      categories: ['core-identity', 'present-concern'],
      function: { power: to === 'vcs' ? 'own-functions' : 'ca04-s10', text: 'help for the family' },
    },
  });
  return review(facts, law, policy).items.map(({ category }) => category);
};

describe('a person at the custodian', () => {
  it.each([
    ['was withdrawn', [gone]],
    ['was never given', []],
  ] as const)('cannot stand in for a consent that %s, where it alone is the basis', (_how, consents) => {
    expect(mayRelease('vcs', consents)).toEqual([]);
  });

  it('may release what it covers once it is given again', () => {
    expect(mayRelease('vcs', [gone, { ...standing, scope: ['core-identity'] }])).toEqual(['core-identity']);
  });

  it('decides without one where the task is public and another basis carries it', () => {
    expect(mayRelease('la-csc', [gone])).toEqual(['core-identity', 'present-concern']);
  });
});
