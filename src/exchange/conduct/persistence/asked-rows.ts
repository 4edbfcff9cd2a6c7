import type { Category, Purpose } from '../../../core/vocabulary/codes.js';
import type { AgencyId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { ConductLimitsOf } from '../conduct-limits.js';

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

/** Counts what an officer and their agency asked before, the ask itself with it where it was noted. By index throughout. */
export async function countAsked(
  tx: Tx,
  { agency, officer, subject, purpose, categories, at }: Omit<AskedRow, 'way' | 'shape'>,
  { people, ways, beyondOnePurpose }: ConductLimitsOf,
): Promise<Counts> {
  const [row] = await tx.sql<{
    readonly people: number;
    readonly ways: number;
    readonly by_officer: readonly Category[] | null;
    readonly by_agency: readonly Category[] | null;
  }>(COUNT, [
    ...[agency, officer, subject, at, purpose, categories],
    ...[people.withinSeconds, people.most + 1, ways.withinSeconds],
    ...[beyondOnePurpose.officer.withinSeconds, beyondOnePurpose.agency.withinSeconds],
  ]);
  if (row === undefined) throw new Error('a count gives one row');
  return { people: row.people, ways: row.ways, byOfficer: row.by_officer ?? [], byAgency: row.by_agency ?? [] };
}

// An hour counts as long as any of it lies within the stretch.
const since = (seconds: string): string => `hour > $4::timestamptz - make_interval(secs => ${seconds}, hours => 1)`;

const COUNT = `
  WITH about AS MATERIALIZED (
    SELECT officer_ref = $2 AS own, hour, purpose, categories, way FROM gateway.asked_before
    WHERE agency = $1 AND subject = ANY ($3::bytea[]))
  SELECT
    (SELECT count(*)::integer FROM (
      SELECT DISTINCT subject FROM gateway.asked_before
      WHERE agency = $1 AND officer_ref = $2 AND is_first AND ${since('$7::integer')} LIMIT $8::integer) AS person) AS people,
    (SELECT count(DISTINCT way)::integer FROM about
      WHERE own AND categories && $6::text[] AND ${since('$9::integer')}) AS ways,
    (SELECT array_agg(DISTINCT category ORDER BY category) FROM about, unnest(categories) AS category
      WHERE own AND purpose <> $5 AND ${since('$10::integer')}) AS by_officer,
    (SELECT array_agg(DISTINCT category ORDER BY category) FROM about, unnest(categories) AS category
      WHERE purpose <> $5 AND ${since('$11::integer')}) AS by_agency`;
