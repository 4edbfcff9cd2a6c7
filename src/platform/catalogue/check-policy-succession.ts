import { nationsOf, type PolicyRow } from '../../core/law/policy-row.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import type { PlacedRow } from './placed-row.js';

/**
 * Notes identifiers used twice, rows that speak to the same parties on the same day, and days between a row and its
 * successor (the same `row` number) on which neither speaks.
 */
export function succession(placed: readonly PlacedRow[]): void {
  noteRepeated(placed);
  for (const [index, later] of placed.entries()) {
    for (const earlier of placed.slice(0, index)) noteOverlap(earlier.row, later);
  }
  const versions = Map.groupBy(placed, ({ row }) => `${String(row.row)} ${nationsOf(row).join(' ')}`);
  for (const each of versions.values()) noteGaps(each);
}

function noteRepeated(placed: readonly PlacedRow[]): void {
  const seen = new Set<string>();
  for (const { row, faults, place } of placed) {
    if (seen.has(row.id)) faults.at([...place, 'id'], `\`${row.id}\` is used twice; give each row its own`);
    seen.add(row.id);
  }
}

function noteOverlap(earlier: PolicyRow, { row, faults, place }: PlacedRow): void {
  if (earlier.purpose !== row.purpose || !meet(earlier, row)) return;
  if (!nationsOf(earlier).some((nation) => nationsOf(row).includes(nation))) return;
  const from = row.from.find((kind) => earlier.from.includes(kind));
  const to = row.to.find((kind) => earlier.to.includes(kind));
  if (from === undefined || to === undefined) return;
  faults.at(
    [...place, 'id'],
    `\`${row.id}\` and \`${earlier.id}\` both speak from \`${from}\` to \`${to}\` on the same day; end one with \`effectiveTo\` or part their kinds`,
  );
}

function meet(one: PolicyRow, other: PolicyRow): boolean {
  const startsBeforeEnd = (a: PolicyRow, b: PolicyRow): boolean =>
    b.effectiveTo === undefined || a.effectiveFrom <= b.effectiveTo;
  return startsBeforeEnd(one, other) && startsBeforeEnd(other, one);
}

function noteGaps(versions: readonly PlacedRow[]): void {
  const ordered = versions.toSorted((a, b) => (a.row.effectiveFrom < b.row.effectiveFrom ? -1 : 1));
  for (const [index, { row, faults, place }] of ordered.entries()) {
    const before = ordered[index - 1]?.row;
    if (before?.effectiveTo === undefined) continue;
    const due = dayAfter(before.effectiveTo);
    if (row.effectiveFrom > due)
      faults.at(
        [...place, 'effectiveFrom'],
        `\`${before.id}\` ends on ${before.effectiveTo} and \`${row.id}\` begins on ${row.effectiveFrom}; begin it on ${due}`,
      );
  }
}

function dayAfter(day: CivilDate): CivilDate {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) as CivilDate;
}
