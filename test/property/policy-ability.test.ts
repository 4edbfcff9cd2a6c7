import fc from 'fast-check';
import { compilePolicy, type PolicyCells } from '../../src/core/decision/policy-ability.js';
import type { PolicyRow } from '../../src/core/law/policy-row.js';
import type { LeafPath, Purpose, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../src/core/vocabulary/time.js';
import { row, smallVocabulary } from '../support/small-policy.js';

const today = '2026-11-25' as CivilDate;
const purposes = ['child-s47-enquiry', 'mappa'] as Purpose[];
const kinds = ['nhs-acute', 'police-pp', 'la-csc'] as TeamKind[];
const items = [...smallVocabulary.categories.keys(), ...smallVocabulary.leaves.keys()] as string[];

const anyList = fc.subarray(items);
const anyRow = fc
  .record({
    purpose: fc.constantFrom(...purposes),
    from: fc.subarray(kinds, { minLength: 1 }),
    to: fc.subarray(kinds, { minLength: 1 }),
    permit: anyList,
    minimise: anyList,
    review: anyList,
    effectiveFrom: fc.constantFrom('2026-01-01', '2026-12-01') as fc.Arbitrary<CivilDate>,
  })
  .map(row);
const anyRows = fc.array(anyRow, { maxLength: 6 });
const anyKinds = fc.record({
  purpose: fc.constantFrom(...purposes),
  from: fc.constantFrom(...kinds),
  to: fc.constantFrom(...kinds),
});

// More generous the higher: what a person may look at is not yet released, what is derived is less than the whole.
function generosity(cells: PolicyCells, leaf: LeafPath): number {
  return cells.release.has(leaf) ? 3 : cells.minimise.has(leaf) ? 2 : cells.review.has(leaf) ? 1 : 0;
}

function compiled(rows: readonly PolicyRow[]): ReturnType<typeof compilePolicy> {
  return compilePolicy({ version: 1, digest: 'd', rows }, smallVocabulary);
}

describe('compiled policy', () => {
  it('says the same as reading the rows one by one', () => {
    fc.assert(
      fc.property(anyRows, anyKinds, (rows, exchange) => {
        const cells = compiled(rows).cellsFor(exchange, { day: today, nation: 'england' });
        for (const leaf of smallVocabulary.leaves.keys())
          expect({ leaf, says: saidOf(cells, leaf) }).toEqual({ leaf, says: readRowByRow(rows, exchange, leaf) });
      }),
    );
  });

  it('puts no leaf in two cells and none outside the catalogue', () => {
    fc.assert(
      fc.property(anyRows, anyKinds, (rows, exchange) => {
        const { release, minimise, review } = compiled(rows).cellsFor(exchange, { day: today, nation: 'england' });
        const all = [...release, ...minimise, ...review];
        expect(new Set(all).size).toBe(all.length);
        expect(all.every((leaf) => smallVocabulary.leaves.has(leaf))).toBe(true);
      }),
    );
  });

  it('never hangs on the order of its rows', () => {
    fc.assert(
      fc.property(anyRows, anyKinds, (rows, exchange) => {
        expect(compiled(rows.toReversed()).cellsFor(exchange, { day: today, nation: 'england' })).toEqual(
          compiled(rows).cellsFor(exchange, { day: today, nation: 'england' }),
        );
      }),
    );
  });

  it('lets one more matching row release nothing that was not released before, free text least of all', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 5 }), anyRow, anyKinds, (rows, more, exchange) => {
        const before = compiled(rows);
        fc.pre(before.rowsFor(exchange, { day: today, nation: 'england' }).length > 0);
        const after = compiled([...rows, more]).cellsFor(exchange, { day: today, nation: 'england' });
        const released = before.cellsFor(exchange, { day: today, nation: 'england' }).release;
        for (const leaf of after.release) expect(released.has(leaf)).toBe(true);
        expect(after.release.has('health.notes' as LeafPath)).toBe(false);
      }),
    );
  });

  it('is as generous to a leaf as its least generous row at most, for a leaf that is not derived', () => {
    fc.assert(
      fc.property(anyRows, anyKinds, (rows, exchange) => {
        const whole = compiled(rows);
        const matching = whole.rowsFor(exchange, { day: today, nation: 'england' });
        for (const leaf of smallVocabulary.leaves.values()) {
          if (leaf.form === 'minimised' || matching.length === 0) continue;
          const alone = matching.map((one) =>
            generosity(compiled([one]).cellsFor(exchange, { day: today, nation: 'england' }), leaf.path),
          );
          expect(
            generosity(whole.cellsFor(exchange, { day: today, nation: 'england' }), leaf.path),
          ).toBeLessThanOrEqual(Math.max(...alone));
          if (alone.every((each) => each === 0))
            expect(generosity(whole.cellsFor(exchange, { day: today, nation: 'england' }), leaf.path)).toBe(0);
        }
      }),
    );
  });
});

function saidOf(cells: PolicyCells, leaf: LeafPath): string {
  return ['denied', 'reviewed', 'minimised', 'released'][generosity(cells, leaf)] ?? '';
}

// The oracle: domain.md 4.0 read naively, without CASL and without grouping.
function readRowByRow(
  rows: readonly PolicyRow[],
  exchange: { purpose: Purpose; from: TeamKind; to: TeamKind },
  path: LeafPath,
): string {
  const leaf = smallVocabulary.leaves.get(path);
  const entry = leaf && smallVocabulary.categories.get(leaf.category);
  if (leaf === undefined || entry === undefined || entry.cannotBeAsked === true) return 'denied';
  const ruling = rows.filter(
    (one) =>
      one.effectiveFrom <= today &&
      one.purpose === exchange.purpose &&
      one.from.includes(exchange.from) &&
      one.to.includes(exchange.to),
  );
  const named = (list: readonly string[]): boolean => list.includes(path) || list.includes(leaf.category);
  const marks = ruling.map((one) =>
    named(one.review) ? 'R' : named(one.minimise) ? 'M' : named(one.permit) ? 'P' : 'D',
  );
  const mark = marks.length === 0 ? 'D' : ((['D', 'R', 'M', 'P'] as const).find((each) => marks.includes(each)) ?? 'D');
  const person = leaf.kind === 'text' || entry.twoPersonRelease === true;
  if (mark === 'R' && leaf.form === 'full') return 'reviewed';
  if (mark === 'M' && leaf.form === 'minimised') return person ? 'reviewed' : 'minimised';
  if (mark === 'P' && (leaf.form === 'full' || leaf.question !== undefined)) return person ? 'reviewed' : 'released';
  return 'denied';
}
