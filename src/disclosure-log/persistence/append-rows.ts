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
 * Queues the entry and keeps the slices and the facts, by statements that nobody waits for: all with the transaction, or none.
 *
 * @param refused makes of a statement's failure what the transaction fails with
 */
export function insertEntry(
  tx: Tx,
  prepared: PreparedEntry,
  { slices, facts }: { readonly slices: readonly SealedSlice[]; readonly facts: SealedFacts | undefined },
  refused: (cause: unknown) => unknown,
): void {
  const { disclosureId, entry, leafHash } = prepared;
  tx.send(QUEUE, [disclosureId, entry, leafHash], refused);
  for (const slice of slices) tx.send(KEEP_SLICE, sliceValues(slice, leafHash), refused);
  if (facts === undefined) return;
  const { agency, decidedAt, wrapped, sealed } = facts;
  tx.send(KEEP_FACTS, [agency, decidedAt, disclosureId, wrapped, sealed], refused);
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

const QUEUE = 'INSERT INTO gateway.pending (disclosure_id, entry, leaf_hash) VALUES ($1, $2, $3)';

const KEEP_FACTS = `
  INSERT INTO gateway.decision_facts (agency, decided_at, disclosure_id, wrapped, sealed) VALUES ($1, $2, $3, $4, $5)`;

const KEEP_SLICE = `
  INSERT INTO gateway.slice (id, disclosure_id, exchange_id, about, agency, side, counterpart, kind, purpose, outcome,
    categories, power, article6, article9, emergency, decided_at, subject_ref, officer_ref, leaf_hash, salt, sealed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`;

function sliceValues({ slice: { id, committed, salt }, sealed }: SealedSlice, leafHash: Buffer): readonly unknown[] {
  const { basis } = committed;
  return [
    ...[id, committed.disclosureId, committed.exchangeId, committed.about, committed.agency, committed.side],
    ...[committed.counterpart, committed.kind, committed.purpose, committed.outcome, committed.categories],
    ...[basis.power ?? null, basis.article6 ?? null, basis.article9 ?? null],
    ...[committed.emergency, committed.decidedAt, committed.subjectRef, committed.officerRef, leafHash, salt, sealed],
  ];
}
