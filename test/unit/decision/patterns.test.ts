import type { AskedBefore } from '../../../src/core/decision/facts.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import { decided, effectsOf, foundBy, type FactsWanted } from '../../support/facts-builder.js';

const categories = (...codes: string[]): readonly Category[] => codes as unknown as readonly Category[];

/** What is ordinary: one person, asked about in one way, for one purpose. */
const ordinary: AskedBefore = {
  people: { counted: 1, most: 30 },
  ways: { counted: 1, most: 10 },
  byOfficer: { categories: [], most: 2 },
  byAgency: { categories: [], most: 4 },
};
const after = (asked: Partial<AskedBefore>, more: FactsWanted = {}): ReturnType<typeof decided> =>
  decided({ ...more, conduct: { asked: { ...ordinary, ...asked } } });
const reviewedIn = (decision: ReturnType<typeof decided>): boolean =>
  Object.values(effectsOf(decision)).every((effect) => effect === 'review' || effect === 'withhold');

describe('a pattern of asking', () => {
  it('is not found in what is ordinary', () => {
    expect(after({})).toMatchObject({ effect: 'permit' });
  });

  it.each<{ rule: string; within: Partial<AskedBefore>; beyond: Partial<AskedBefore> }>([
    {
      rule: 'bulk-walk',
      within: { people: { counted: 30, most: 30 } },
      beyond: { people: { counted: 31, most: 30 } },
    },
    {
      rule: 'differencing',
      within: { ways: { counted: 10, most: 10 } },
      beyond: { ways: { counted: 11, most: 10 } },
    },
    {
      rule: 'ceiling-of-officer',
      within: { byOfficer: { categories: categories('housing', 'financial'), most: 2 } },
      beyond: { byOfficer: { categories: categories('housing', 'financial', 'immigration'), most: 2 } },
    },
    {
      rule: 'ceiling-of-agency',
      within: { byAgency: { categories: categories('housing', 'financial'), most: 2 } },
      beyond: { byAgency: { categories: categories('housing', 'financial', 'immigration'), most: 2 } },
    },
  ])('$rule leaves every category to a person, from the first beyond the most', ({ rule, within, beyond }) => {
    expect(after(within)).toMatchObject({ effect: 'permit' });
    const decision = after(beyond);
    expect(decision.effect).toBe('review');
    expect(reviewedIn(decision)).toBe(true);
    expect(foundBy(rule, decision)).toMatchObject([{ outcome: 'person', reason: 'pattern-suspect' }]);
  });

  it('counts of earlier purposes only what this one would not have given', () => {
    const given = categories('core-identity', 'present-concern', 'injury-findings', 'health-summary');

    expect(
      after({ byOfficer: { categories: given, most: 1 }, byAgency: { categories: given, most: 1 } }),
    ).toMatchObject({
      effect: 'permit',
    });
  });

  it('of colleagues is not told as one: it would tell of another’s case', () => {
    const beyond = categories('housing', 'financial', 'immigration');
    const reasons = (asked: Partial<AskedBefore>): ReadonlySet<string | undefined> =>
      new Set(
        after(asked)
          .items.filter(({ effect }) => effect === 'review')
          .map(({ reason }) => reason),
      );

    expect(reasons({ byAgency: { categories: beyond, most: 2 } })).toEqual(new Set(['person-decides']));
    expect(reasons({ byOfficer: { categories: beyond, most: 2 } })).toEqual(new Set(['pattern-suspect']));
  });

  it('is found of a stranger as of anybody, and changes nothing of the one refusal', () => {
    const walked: Partial<AskedBefore> = { people: { counted: 31, most: 30 } };
    for (const subject of ['unknown', 'ambiguous'] as const) {
      const decision = after(walked, { subject });
      expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
      expect(foundBy('bulk-walk', decision)).toHaveLength(1);
    }
  });

  it('does not keep an emergency waiting, and is on record with it', () => {
    const decision = after(
      { people: { counted: 31, most: 30 } },
      {
        involvements: [],
        ask: {
          purpose: 'child-emergency-protection',
          urgency: 'emergency',
          categories: ['protection-status'],
          emergency: { reason: 'immediate-risk-to-life', text: 'shouting inside', categories: ['protection-status'] },
        },
      },
    );

    expect(effectsOf(decision)).toEqual({ 'protection-status': 'release' });
    expect(foundBy('bulk-walk', decision)).toHaveLength(1);
  });
});

describe('an officer who bears the family name of the person', () => {
  const namesake = { officer: { bearsSubjectsName: true as const } };

  it('leaves it to a person, and is not told why', () => {
    const decision = decided(namesake);

    expect(decision.effect).toBe('review');
    expect(foundBy('officer-unrelated', decision)).toMatchObject([{ outcome: 'person', restsOnSubject: true }]);
    expect(decision.items.filter(({ effect }) => effect === 'review').map(({ reason }) => reason)).toEqual(
      decision.items.filter(({ effect }) => effect === 'review').map(() => 'person-decides'),
    );
  });

  it('is not found where only their own claim vouches: it would tell who was identified', () => {
    const decision = decided({ ...namesake, involvements: [{ standing: 'claimed' }] });

    expect(foundBy('officer-unrelated', decision)).toEqual([]);
  });
});

it('someone on the watch list is for a person, in every category that may be asked', () => {
  const decision = decided({ protections: [{ kind: 'watch-listed' }] });

  expect(decision.effect).toBe('review');
  expect(reviewedIn(decision)).toBe(true);
});
