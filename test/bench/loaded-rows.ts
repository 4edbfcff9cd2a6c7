import { randomBytes } from 'node:crypto';
import type { Tile } from '../../src/core/transparency/grow-tree.js';
import type { PreparedEntry } from '../../src/disclosure-log/logged-disclosure.js';
import type { Tx } from '../../src/platform/database/tx.js';

/** As many bytes as short details come to when sealed. */
const SEALED_BYTES = 256;
const WRAPPED_KEY_BYTES = 61;

/** A checkpoint of a log that is being loaded. */
export interface LoadedCheckpoint {
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly note: string;
}

/** What the log's next entries make of its tree. */
export interface LoadedTree {
  readonly from: bigint;
  readonly entries: readonly PreparedEntry[];
  readonly tiles: readonly Tile[];
  /** In order; the last is the log's new state. */
  readonly checkpoints: readonly LoadedCheckpoint[];
}

const addEntries = `
  INSERT INTO gateway.log_entry (index, entry, leaf_hash) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])`;
const addTiles = `
  INSERT INTO gateway.tile (level, idx, width, hashes)
    SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bytea[])
  ON CONFLICT (level, idx) DO UPDATE SET width = excluded.width, hashes = excluded.hashes`;
const addCheckpoints = `
  INSERT INTO gateway.checkpoint (size, root, note) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[])`;
const moveOn = `UPDATE gateway.log_state SET size = $2, root = $3 WHERE size = $1 RETURNING size`;

/** Adds to the public log, as the sequencer would. The transaction is of the sequencer's login. */
export async function addToTree(tx: Tx, { from, entries, tiles, checkpoints }: LoadedTree): Promise<void> {
  const last = checkpoints.at(-1);
  if (last === undefined) return;
  const moved = await tx.sql(moveOn, [from.toString(), last.size.toString(), last.root]);
  if (moved.length !== 1) throw new Error('the log was written to while it was loaded');
  await tx.sql(addEntries, [
    entries.map((_, at) => (from + BigInt(at)).toString()),
    entries.map(({ entry }) => entry),
    entries.map(({ leafHash }) => leafHash),
  ]);
  await tx.sql(addTiles, [
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index.toString()),
    tiles.map(({ width }) => width),
    tiles.map(({ hashes }) => hashes),
  ]);
  await tx.sql(addCheckpoints, [
    checkpoints.map(({ size }) => size.toString()),
    checkpoints.map(({ root }) => root),
    checkpoints.map(({ note }) => note),
  ]);
}

// Codes are taken from the first slice: all that are loaded share them.
const addSlices = `
  INSERT INTO gateway.slice (id, disclosure_id, exchange_id, agency, side, counterpart, kind, purpose, outcome, categories,
      power, article6, emergency, decided_at, subject_ref, officer_ref, leaf_hash, salt, sealed)
    SELECT id, disclosure_id, exchange_id, agency, side, counterpart, $12, $13, $14, $15, $16, $17, false,
      decided_at, subject_ref, officer_ref, leaf_hash, salt, sealed
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[], $8::bytea[],
      $9::bytea[], $10::bytea[], $11::bytea[], $18::uuid[])
      AS one (id, disclosure_id, agency, side, counterpart, decided_at, subject_ref, officer_ref, leaf_hash, salt, sealed,
        exchange_id)`;
const addKeys = `
  INSERT INTO gateway.entry_key (agency, entry, id, wrapped, made_at)
    SELECT agency, entry, gen_random_uuid(), wrapped, made_at
    FROM unnest($1::text[], $2::uuid[], $3::bytea[], $4::timestamptz[]) AS one (agency, entry, wrapped, made_at)`;

/** Adds both parties' slices, with a key and sealed details that nobody can open. */
export async function addSlicesOf(tx: Tx, entries: readonly PreparedEntry[]): Promise<void> {
  const slices = entries.flatMap((entry) => entry.slices.map((slice) => ({ ...slice, leafHash: entry.leafHash })));
  const first = slices[0]?.committed;
  if (first === undefined) return;
  await tx.sql(addSlices, [
    slices.map(({ id }) => id),
    slices.map(({ committed }) => committed.disclosureId),
    slices.map(({ committed }) => committed.agency),
    slices.map(({ committed }) => committed.side),
    slices.map(({ committed }) => committed.counterpart),
    slices.map(({ committed }) => committed.decidedAt),
    slices.map(({ committed }) => bufferOrNull(committed.subjectRef)),
    slices.map(({ committed }) => bufferOrNull(committed.officerRef)),
    slices.map(({ leafHash }) => leafHash),
    slices.map(({ salt }) => salt),
    slices.map(() => randomBytes(SEALED_BYTES)),
    first.kind,
    first.purpose,
    first.outcome,
    first.categories,
    first.basis.power,
    first.basis.article6,
    slices.map(({ committed }) => committed.exchangeId),
  ]);
  await tx.sql(addKeys, [
    slices.map(({ committed }) => committed.agency),
    slices.map(({ id }) => id),
    slices.map(() => randomBytes(WRAPPED_KEY_BYTES)),
    slices.map(({ committed }) => committed.decidedAt),
  ]);
}

const addAsks = `
  INSERT INTO gateway.exchange_ask (agency, idempotency_key, request_digest, exchange_id, disclosure_id, asked_at, running_until)
    SELECT agency, gen_random_uuid()::text, 'none', exchange_id, disclosure_id, at, at
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS one (agency, exchange_id, disclosure_id, at)`;
const addIntents = `
  INSERT INTO gateway.exchange_intent
      (disclosure_id, exchange_id, agency, custodian, intended_at, purpose, categories, emergency)
    SELECT disclosure_id, exchange_id, agency, custodian, at, $6, $7, false
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[])
      AS one (agency, exchange_id, disclosure_id, at, custodian)`;
const addOutcomes = `
  INSERT INTO gateway.outcome (id, disclosure_id, agency, outcome, at, bytes)
    SELECT gen_random_uuid(), disclosure_id, agency, 'sent', at, 6000
    FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS one (agency, disclosure_id, at)`;

/** Adds what else an exchange leaves behind: its ask, its intent and what became of its answer. */
export async function addTracesOf(tx: Tx, entries: readonly PreparedEntry[]): Promise<void> {
  const slices = entries.flatMap(({ slices: both }) => both.map(({ committed }) => committed));
  const asked = slices.filter(({ side }) => side === 'requester');
  const [first] = asked;
  if (first === undefined) return;
  const asks = [
    asked.map(({ agency }) => agency),
    asked.map(({ exchangeId }) => exchangeId),
    asked.map(({ disclosureId }) => disclosureId),
    asked.map(({ decidedAt }) => decidedAt),
  ];
  await tx.sql(addAsks, asks);
  await tx.sql(addIntents, [...asks, asked.map(({ counterpart }) => counterpart), first.purpose, first.categories]);
  await tx.sql(addOutcomes, [
    slices.map(({ agency }) => agency),
    slices.map(({ disclosureId }) => disclosureId),
    slices.map(({ decidedAt }) => decidedAt),
  ]);
}

function bufferOrNull(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}
