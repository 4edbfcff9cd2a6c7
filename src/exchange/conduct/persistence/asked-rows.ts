import type { Category, Purpose } from '../../../core/vocabulary/codes.js';
import type { AgencyId } from '../../../core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { ConductLimitsOf } from '../../conduct-limits.js';

const HOUR_SECONDS = 3600;

/** An ask as it is remembered: whom and how as keyed digests, 32 bytes each. */
export interface AskedRow {
  readonly agency: AgencyId;
  readonly officer: Buffer;
  /** By each identifier that the ask names, the first one first. */
  readonly subject: readonly [Buffer, ...Buffer[]];
  readonly purpose: Purpose;
  readonly categories: readonly Category[];
  readonly way: Buffer;
  readonly shape: Buffer;
  readonly at: Instant;
}

/** Remembers that it was asked. Not waited for; rows in the order of their digests, so that no two asks wait for each other. */
export function insertAsked(tx: Tx, row: AskedRow): void {
  const [first] = row.subject;
  const subjects = [...row.subject].sort((one, other) => one.compare(other));
  tx.send(
    `INSERT INTO gateway.asked_before (agency, subject, officer_ref, hour, shape, purpose, categories, way, is_first)
     SELECT $1, subject, $3, date_trunc('hour', $4::timestamptz, 'UTC'), $5, $6, $7, $8, subject = $9
     FROM unnest($2::bytea[]) AS subject ON CONFLICT DO NOTHING`,
    [row.agency, subjects, row.officer, row.at, row.shape, row.purpose, row.categories, row.way, first],
  );
}

/** What was counted, as far as the limits look. */
export interface Counts {
  readonly people: number;
  readonly ways: number;
  readonly byOfficer: readonly Category[];
  readonly byAgency: readonly Category[];
}

/** An ask about a person, as it is remembered. */
interface Remembered {
  readonly own: boolean;
  readonly hour: Instant;
  readonly purpose: Purpose;
  readonly categories: readonly Category[];
  readonly way: string;
}

/**
 * Counts what an officer and their agency asked before, the ask itself with it where it was noted.
 *
 * Two statements sent together, each so plain that the server plans it once and keeps the plan: counting in one, by four
 * sub-selects, took half a millisecond of planning each time. An hour counts as long as any of it lies within the stretch.
 */
export async function countAsked(
  tx: Tx,
  { agency, officer, subject, purpose, categories, at }: Omit<AskedRow, 'way' | 'shape'>,
  { people, ways, beyondOnePurpose }: ConductLimitsOf,
): Promise<Counts> {
  const from = (withinSeconds: number): Instant => secondsAfter(at, -withinSeconds - HOUR_SECONDS);
  const longest = Math.max(ways.withinSeconds, ...Object.values(beyondOnePurpose).map((one) => one.withinSeconds));
  const [about, walked] = await Promise.all([
    subject.length === 1
      ? tx.sql<Remembered>(ABOUT_ONE, [agency, officer, subject[0], from(longest), at])
      : tx.sql<Remembered>(ABOUT_SEVERAL, [agency, officer, subject, from(longest), at]),
    tx.sql<{ readonly subject: Buffer }>(WALKED, [agency, officer, from(people.withinSeconds), at]),
  ]);
  const own = about.filter((one) => one.own);
  const elsewhere = (asked: readonly Remembered[], withinSeconds: number): readonly Category[] => {
    const since = from(withinSeconds);
    const others = asked.filter((one) => one.purpose !== purpose && one.hour > since);
    return [...new Set(others.flatMap((one) => one.categories))].sort();
  };
  const sinceWays = from(ways.withinSeconds);
  const alike = own.filter((one) => one.hour > sinceWays && one.categories.some((each) => categories.includes(each)));
  return {
    people: walked.length,
    ways: new Set(alike.map(({ way }) => way)).size,
    byOfficer: elsewhere(own, beyondOnePurpose.officer.withinSeconds),
    byAgency: elsewhere(about, beyondOnePurpose.agency.withinSeconds),
  };
}

// Bounded from above too, though nothing lies later: only of a range does the server guess well enough, without looking at
// the values, to keep one plan.
const about = (subject: string): string => `
  SELECT officer_ref = $2 AS own, hour, purpose, categories, encode(way, 'base64') AS way
  FROM gateway.asked_before WHERE agency = $1 AND ${subject} AND hour > $4 AND hour <= $5`;
const ABOUT_ONE = about('subject = $3');
const ABOUT_SEVERAL = about('subject = ANY ($3::bytea[])');
const WALKED = `
  SELECT DISTINCT subject FROM gateway.asked_before
  WHERE agency = $1 AND officer_ref = $2 AND is_first AND hour > $3 AND hour <= $4`;
