import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import { storedSlice, type SliceRow, type StoredSlice } from './slice-rows.js';

/** A slice with its place in the log and whether anyone reviewed it. */
export interface PlacedSlice extends StoredSlice {
  /** Undefined while it waits. */
  readonly index: bigint | undefined;
  readonly reviewed: boolean;
}

/** What slices to give; undefined means any. */
export interface SliceFilter {
  readonly agency: AgencyId;
  readonly subjectRef: Uint8Array | undefined;
  readonly officerRef: Uint8Array | undefined;
  readonly recipient?: string | undefined;
  readonly custodian?: string | undefined;
  readonly purpose?: string | undefined;
  readonly outcome?: string | undefined;
  readonly kind?: string | undefined;
  readonly category?: string | undefined;
  readonly emergency?: boolean | undefined;
  readonly reviewed?: boolean | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly sort: 'newest' | 'oldest';
  readonly limit: number;
  readonly after: { readonly decidedAt: Instant; readonly id: string } | undefined;
}

/** The slices that fit, in the order asked for: one more than the limit when there is another page. */
export async function someSlices(tx: Tx, filter: SliceFilter): Promise<PlacedSlice[]> {
  const { sort, after } = filter;
  const values = [
    filter.agency,
    filter.subjectRef ?? null,
    filter.officerRef ?? null,
    filter.recipient ?? null,
    filter.custodian ?? null,
    filter.purpose ?? null,
    filter.outcome ?? null,
    filter.kind ?? null,
    filter.category ?? null,
    filter.emergency ?? null,
    filter.reviewed ?? null,
    filter.from ?? null,
    filter.to ?? null,
    after?.decidedAt ?? null,
    after?.id ?? null,
    filter.limit + 1,
  ];
  tx.planAnew();
  return (await tx.sql<PlacedRow>(listing[sort], values)).map(placedSlice);
}

/** An agency's slices of one disclosure: one, or two when it was on both sides. */
export async function slicesOf(tx: Tx, agency: AgencyId, disclosureId: DisclosureId): Promise<PlacedSlice[]> {
  const text = `${selection} WHERE s.agency = $1 AND s.disclosure_id = $2 ORDER BY s.side DESC`;
  return (await tx.sql<PlacedRow>(text, [agency, disclosureId])).map(placedSlice);
}

/** What became of an answer, in order. */
export interface StoredOutcome {
  readonly outcome: string;
  readonly at: Instant;
  readonly bytes: number;
}

/** What became of a disclosure's answer, as an agency has it on record. */
export async function outcomesOf(tx: Tx, agency: AgencyId, disclosureId: DisclosureId): Promise<StoredOutcome[]> {
  const rows = await tx.sql<{ outcome: string; at: Instant; bytes: string }>(
    'SELECT outcome, at, bytes FROM gateway.outcome WHERE agency = $1 AND disclosure_id = $2 ORDER BY at, id',
    [agency, disclosureId],
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

interface PlacedRow extends SliceRow {
  readonly index: string | null;
  readonly reviewed: boolean;
}

const REVIEWED = `EXISTS (SELECT FROM gateway.slice r
  WHERE r.agency = s.agency AND r.about = s.disclosure_id AND r.kind = 'review')`;

const selection = `
  SELECT s.*, coalesce(e.entry, p.entry) AS entry, e.index, ${REVIEWED} AS reviewed
  FROM gateway.slice s
  LEFT JOIN gateway.log_entry e ON e.leaf_hash = s.leaf_hash
  LEFT JOIN gateway.pending p ON p.leaf_hash = s.leaf_hash`;

// The recipient is whoever asked, the custodian whoever held: which of the two a slice's agency is, its side says.
const fits = `
  s.agency = $1
  AND ($2::bytea IS NULL OR s.subject_ref = $2)
  AND ($3::bytea IS NULL OR s.officer_ref = $3)
  AND ($4::text IS NULL OR CASE s.side WHEN 'requester' THEN s.agency ELSE s.counterpart END = $4)
  AND ($5::text IS NULL OR CASE s.side WHEN 'custodian' THEN s.agency ELSE s.counterpart END = $5)
  AND ($6::text IS NULL OR s.purpose = $6)
  AND ($7::text IS NULL OR s.outcome = $7)
  AND s.kind = coalesce($8::text, s.kind) AND ($8::text IS NOT NULL OR s.kind <> 'consult')
  AND ($9::text IS NULL OR $9 = ANY (s.categories))
  AND ($10::boolean IS NULL OR s.emergency = $10)
  AND ($11::boolean IS NULL OR ${REVIEWED} = $11)
  AND ($12::timestamptz IS NULL OR s.decided_at >= $12)
  AND ($13::timestamptz IS NULL OR s.decided_at < $13)`;

const listing = {
  newest: `${selection} WHERE ${fits} AND ($14::timestamptz IS NULL OR (s.decided_at, s.id) < ($14, $15::uuid))
    ORDER BY s.decided_at DESC, s.id DESC LIMIT $16`,
  oldest: `${selection} WHERE ${fits} AND ($14::timestamptz IS NULL OR (s.decided_at, s.id) > ($14, $15::uuid))
    ORDER BY s.decided_at, s.id LIMIT $16`,
} as const;

function placedSlice(row: PlacedRow): PlacedSlice {
  return {
    ...storedSlice(row),
    index: row.index === null ? undefined : BigInt(row.index),
    reviewed: row.reviewed,
  };
}
