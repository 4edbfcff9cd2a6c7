import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';

/** A place in an order of time and id. */
export interface Place {
  readonly at: Instant;
  readonly id: string;
}

/** A place before every row of an instant. */
export function placeAt(at: Instant): Place {
  return { at, id: '00000000-0000-0000-0000-000000000000' };
}

/** Something that is to be settled, and where it stands. */
export interface Unsettled<Found> {
  readonly place: Place;
  readonly found: Found;
}

/** What a look through so many rows came to. */
export interface Looked<Found> {
  readonly unsettled: readonly Unsettled<Found>[];
  /** The last row looked at, where there may be more behind it. */
  readonly goOnAfter: Place | undefined;
}

/** A fetch that may have released nothing, as the jobs' login sees it. */
export interface OpenIntent {
  readonly disclosureId: DisclosureId;
  readonly agency: AgencyId;
  readonly custodian: AgencyId;
}

/** A party's record of an answer of which nobody recorded what became, as the jobs' login sees it. */
export interface OpenRelease {
  readonly disclosureId: DisclosureId;
  readonly agency: AgencyId;
}

/** An intent, as its parties see it. */
export interface Intent extends OpenIntent {
  readonly exchangeId: ExchangeId;
  readonly intendedAt: Instant;
  readonly purpose: Purpose;
  readonly categories: readonly Category[];
  readonly emergency: boolean;
  /** Of the signed request; null for an intent that did not record it. */
  readonly requestDigest: string | null;
}

interface LookedRow {
  readonly at: Instant;
  readonly id: string;
  readonly disclosure_id: DisclosureId;
  readonly agency: AgencyId;
  readonly is_settled: boolean;
  readonly looked: number;
}

/**
 * Looks at the intents after a place and before a moment, oldest first. For the jobs' login.
 *
 * The bound is on the rows looked at, not on those found: nearly all are settled, so that no statement runs long for that,
 * and of the settled ones only the last is sent.
 */
export async function lookAtIntents(
  tx: Tx,
  after: Place,
  before: Instant,
  atMost: number,
): Promise<Looked<OpenIntent>> {
  const rows = await tx.sql<LookedRow & { readonly custodian: AgencyId }>(
    `SELECT * FROM (
       SELECT i.intended_at AS at, i.disclosure_id AS id, i.disclosure_id, i.agency, i.custodian,
         EXISTS (SELECT FROM gateway.slice s WHERE s.agency = i.agency AND s.disclosure_id = i.disclosure_id) AS is_settled,
         ${AMONG}
       FROM (
         SELECT disclosure_id, agency, custodian, intended_at FROM gateway.exchange_intent
         WHERE (intended_at, disclosure_id) > ($1::timestamptz, $2::uuid) AND intended_at < $3
         ORDER BY intended_at, disclosure_id LIMIT $4) AS i
       WINDOW in_order AS (ORDER BY i.intended_at, i.disclosure_id)) AS looked
     WHERE NOT is_settled OR is_last ORDER BY at, id`,
    [after.at, after.id, before, atMost],
  );
  return lookedAt(rows, atMost, ({ disclosure_id, agency, custodian }) => ({
    disclosureId: disclosure_id,
    agency,
    custodian,
  }));
}

/** Looks at the slices of releases after a place and before a moment, oldest first, as {@link lookAtIntents} does. */
export async function lookAtReleases(
  tx: Tx,
  after: Place,
  before: Instant,
  atMost: number,
): Promise<Looked<OpenRelease>> {
  const rows = await tx.sql<LookedRow>(
    `SELECT * FROM (
       SELECT s.decided_at AS at, s.id, s.disclosure_id, s.agency,
         EXISTS (SELECT FROM gateway.outcome o WHERE o.agency = s.agency AND o.disclosure_id = s.disclosure_id) AS is_settled,
         ${AMONG}
       FROM (
         SELECT id, disclosure_id, agency, decided_at FROM gateway.slice
         WHERE outcome IN ('released', 'partly-released')
           AND (decided_at, id) > ($1::timestamptz, $2::uuid) AND decided_at < $3
         ORDER BY decided_at, id LIMIT $4) AS s
       WINDOW in_order AS (ORDER BY s.decided_at, s.id)) AS looked
     WHERE NOT is_settled OR is_last ORDER BY at, id`,
    [after.at, after.id, before, atMost],
  );
  return lookedAt(rows, atMost, ({ disclosure_id, agency }) => ({ disclosureId: disclosure_id, agency }));
}

/** How many were looked at, and which of them is the last. */
const AMONG = `(count(*) OVER ())::integer AS looked, lead(true) OVER in_order IS NULL AS is_last`;

function lookedAt<Row extends LookedRow, Found>(
  rows: readonly Row[],
  atMost: number,
  found: (row: Row) => Found,
): Looked<Found> {
  const last = rows.at(-1);
  return {
    unsettled: rows.flatMap((row) =>
      row.is_settled ? [] : [{ place: { at: row.at, id: row.id }, found: found(row) }],
    ),
    goOnAfter: last === undefined || last.looked < atMost ? undefined : { at: last.at, id: last.id },
  };
}

/** One intent; undefined out of its parties' sight. */
export async function intentOf(tx: Tx, disclosureId: DisclosureId): Promise<Intent | undefined> {
  const [row] = await tx.sql<{
    readonly exchange_id: ExchangeId;
    readonly agency: AgencyId;
    readonly custodian: AgencyId;
    readonly intended_at: Instant;
    readonly purpose: Purpose;
    readonly categories: Category[];
    readonly emergency: boolean;
    readonly request_digest: string | null;
  }>(
    `SELECT exchange_id, agency, custodian, intended_at, purpose, categories, emergency, request_digest
     FROM gateway.exchange_intent WHERE disclosure_id = $1`,
    [disclosureId],
  );
  return (
    row && {
      disclosureId,
      exchangeId: row.exchange_id,
      agency: row.agency,
      custodian: row.custodian,
      intendedAt: row.intended_at,
      purpose: row.purpose,
      categories: row.categories,
      emergency: row.emergency,
      requestDigest: row.request_digest,
    }
  );
}
