import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PreparedEntry, PreparedSlice } from '../logged-disclosure.js';

/** A slice with its details sealed. */
export interface SealedSlice {
  readonly slice: PreparedSlice;
  readonly sealed: Buffer;
}

/** What a decision was taken from, sealed. */
export interface SealedFacts {
  /** The custodian: whose they are. */
  readonly agency: AgencyId;
  readonly decidedAt: Instant;
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
}

/**
 * Queues the entry and keeps the slices and the facts, in one statement that nobody waits for.
 *
 * @param refused makes of the statement's failure what the transaction fails with
 */
export function insertEntry(
  tx: Tx,
  prepared: PreparedEntry,
  { slices, facts }: { readonly slices: readonly SealedSlice[]; readonly facts: SealedFacts | undefined },
  refused: (cause: unknown) => unknown,
): void {
  const rows = slices.map((sealed) => sliceRow(sealed, prepared));
  const values = [
    ...[prepared.disclosureId, prepared.entry, prepared.leafHash, JSON.stringify(rows)],
    ...[facts?.agency ?? null, facts?.decidedAt ?? null, facts?.wrapped ?? null, facts?.sealed ?? null],
  ];
  tx.send(insertion, values, refused);
}

/** One row of what became of an answer, for one party. */
export interface OutcomeRow {
  readonly id: string;
  readonly disclosureId: DisclosureId;
  readonly agency: AgencyId;
  readonly outcome: string;
  readonly at: Instant;
  readonly bytes: number;
}

/** Adds what became of one answer to each party's rows, in one statement that nobody waits for. */
export function insertOutcomes(tx: Tx, rows: readonly OutcomeRow[]): void {
  tx.send(
    `INSERT INTO gateway.outcome (id, disclosure_id, agency, outcome, at, bytes)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])`,
    [
      rows.map(({ id }) => id),
      rows.map(({ disclosureId }) => disclosureId),
      rows.map(({ agency }) => agency),
      rows.map(({ outcome }) => outcome),
      rows.map(({ at }) => at),
      rows.map(({ bytes }) => bytes),
    ],
  );
}

/** Nulls the refs and salts of an agency's slices of one disclosure; gives the slices' ids. */
export async function forgetSlices(tx: Tx, agency: AgencyId, disclosureId: DisclosureId): Promise<string[]> {
  const rows = await tx.sql<{ id: string }>(
    `UPDATE gateway.slice SET subject_ref = NULL, officer_ref = NULL, salt = NULL
     WHERE agency = $1 AND disclosure_id = $2 RETURNING id`,
    [agency, disclosureId],
  );
  return rows.map(({ id }) => id);
}

const insertion = `
  WITH queued AS (
    INSERT INTO gateway.pending (disclosure_id, entry, leaf_hash) VALUES ($1, $2, $3)
  ), decided_from AS (
    INSERT INTO gateway.decision_facts (agency, decided_at, disclosure_id, wrapped, sealed)
    SELECT $5, $6::timestamptz, $1, $7::bytea, $8::bytea WHERE $8 IS NOT NULL
  )
  INSERT INTO gateway.slice (id, disclosure_id, exchange_id, about, agency, side, counterpart, kind, purpose, outcome,
      categories, power, article6, article9, emergency, decided_at, subject_ref, officer_ref, leaf_hash, salt, sealed)
    SELECT id, disclosure_id, exchange_id, about, agency, side, counterpart, kind, purpose, outcome,
      categories, power, article6, article9, emergency, decided_at, subject_ref, officer_ref, leaf_hash, salt, sealed
    FROM jsonb_populate_recordset(NULL::gateway.slice, $4::jsonb)`;

function sliceRow({ slice: { id, committed, salt }, sealed }: SealedSlice, { leafHash }: PreparedEntry): object {
  return {
    id,
    disclosure_id: committed.disclosureId,
    exchange_id: committed.exchangeId,
    about: committed.about,
    agency: committed.agency,
    side: committed.side,
    counterpart: committed.counterpart,
    kind: committed.kind,
    purpose: committed.purpose,
    outcome: committed.outcome,
    categories: committed.categories,
    power: committed.basis.power ?? null,
    article6: committed.basis.article6 ?? null,
    article9: committed.basis.article9 ?? null,
    emergency: committed.emergency,
    decided_at: committed.decidedAt,
    subject_ref: hexOrNull(committed.subjectRef),
    officer_ref: hexOrNull(committed.officerRef),
    leaf_hash: hexOrNull(leafHash),
    salt: hexOrNull(salt),
    sealed: hexOrNull(sealed),
  };
}

function hexOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : `\\x${Buffer.from(bytes).toString('hex')}`;
}
