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

/** A row that was looked at. */
export interface Looked<Found> {
  readonly place: Place;
  /** What is to be settled; undefined when the row is settled already. */
  readonly unsettled: Found | undefined;
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
}

/**
 * Looks at the intents after a place and before a moment, oldest first. For the jobs' login.
 *
 * The bound is on the rows looked at, not on those found: nearly all are settled, and no statement runs long for that.
 */
export async function lookAtIntents(
  tx: Tx,
  after: Place,
  before: Instant,
  atMost: number,
): Promise<Looked<OpenIntent>[]> {
  const rows = await tx.sql<LookedRow & { readonly custodian: AgencyId }>(
    `SELECT i.intended_at AS at, i.disclosure_id AS id, i.disclosure_id, i.agency, i.custodian,
       EXISTS (SELECT FROM gateway.slice s WHERE s.agency = i.agency AND s.disclosure_id = i.disclosure_id) AS is_settled
     FROM gateway.exchange_intent i
     WHERE (i.intended_at, i.disclosure_id) > ($1::timestamptz, $2::uuid) AND i.intended_at < $3
     ORDER BY i.intended_at, i.disclosure_id LIMIT $4`,
    [after.at, after.id, before, atMost],
  );
  return rows.map(({ at, id, disclosure_id, agency, custodian, is_settled }) => ({
    place: { at, id },
    unsettled: is_settled ? undefined : { disclosureId: disclosure_id, agency, custodian },
  }));
}

/** Looks at the slices of releases after a place and before a moment, oldest first, as {@link lookAtIntents} does. */
export async function lookAtReleases(
  tx: Tx,
  after: Place,
  before: Instant,
  atMost: number,
): Promise<Looked<OpenRelease>[]> {
  const rows = await tx.sql<LookedRow>(
    `SELECT s.decided_at AS at, s.id, s.disclosure_id, s.agency,
       EXISTS (SELECT FROM gateway.outcome o WHERE o.agency = s.agency AND o.disclosure_id = s.disclosure_id) AS is_settled
     FROM gateway.slice s
     WHERE s.outcome IN ('released', 'partly-released')
       AND (s.decided_at, s.id) > ($1::timestamptz, $2::uuid) AND s.decided_at < $3
     ORDER BY s.decided_at, s.id LIMIT $4`,
    [after.at, after.id, before, atMost],
  );
  return rows.map(({ at, id, disclosure_id, agency, is_settled }) => ({
    place: { at, id },
    unsettled: is_settled ? undefined : { disclosureId: disclosure_id, agency },
  }));
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
