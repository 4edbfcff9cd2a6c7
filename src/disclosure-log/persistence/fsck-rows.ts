import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import { storedSlice, type SliceRow, type StoredSlice } from './slice-rows.js';

/** An entry with its place, as stored. */
export interface StoredEntry {
  readonly index: bigint;
  readonly entry: Buffer;
  readonly leafHash: Buffer;
}

/** A checkpoint as stored. */
export interface StoredCheckpoint {
  readonly size: bigint;
  readonly root: Buffer;
  readonly note: string;
}

/** The entries from an index on, whatever indexes they have. */
export async function entriesAfter(tx: Tx, from: bigint, atMost: number): Promise<StoredEntry[]> {
  const rows = await tx.sql<{ index: string; entry: Buffer; leaf_hash: Buffer }>(
    'SELECT index, entry, leaf_hash FROM gateway.log_entry WHERE index >= $1 ORDER BY index LIMIT $2',
    [from.toString(), atMost],
  );
  return rows.map(({ index, entry, leaf_hash }) => ({ index: BigInt(index), entry, leafHash: leaf_hash }));
}

/** The checkpoints of sizes in (after, upTo], smallest first. */
export async function checkpointsBetween(tx: Tx, after: bigint, upTo: bigint): Promise<StoredCheckpoint[]> {
  const rows = await tx.sql<{ size: string; root: Buffer; note: string }>(
    'SELECT size, root, note FROM gateway.checkpoint WHERE size > $1 AND size <= $2 ORDER BY size',
    [after.toString(), upTo.toString()],
  );
  return rows.map((row) => ({ ...row, size: BigInt(row.size) }));
}

/** How many tiles and checkpoints there are, and the greatest size a checkpoint speaks of. */
export async function countPublicRows(tx: Tx): Promise<{ tiles: number; lastSize: bigint | undefined }> {
  const [row] = await tx.sql<{ tiles: number; last_size: string | null }>(
    `SELECT (SELECT count(*)::integer FROM gateway.tile) AS tiles, (SELECT max(size) FROM gateway.checkpoint) AS last_size`,
  );
  const lastSize = row?.last_size ?? null;
  return { tiles: row?.tiles ?? 0, lastSize: lastSize === null ? undefined : BigInt(lastSize) };
}

/** The slices that this transaction's party may see, in order of id, after one. */
export async function slicesAfter(tx: Tx, agency: AgencyId, after: string, atMost: number): Promise<StoredSlice[]> {
  const rows = await tx.sql<SliceRow>(
    `SELECT s.*, coalesce(e.entry, p.entry) AS entry FROM gateway.slice s
     LEFT JOIN gateway.log_entry e ON e.leaf_hash = s.leaf_hash
     LEFT JOIN gateway.pending p ON p.leaf_hash = s.leaf_hash
     WHERE s.agency = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`,
    [agency, after, atMost],
  );
  return rows.map(storedSlice);
}

/** The leaves, of those given, that no slice in sight of this transaction has on the requester's side. */
export async function leavesWithoutSlice(tx: Tx, leaves: readonly Buffer[]): Promise<Buffer[]> {
  const rows = await tx.sql<{ leaf: Buffer }>(
    `SELECT leaf FROM unnest($1::bytea[]) AS leaf
     WHERE NOT EXISTS (SELECT FROM gateway.slice s WHERE s.leaf_hash = leaf AND s.side = 'requester')`,
    [leaves],
  );
  return rows.map(({ leaf }) => leaf);
}

/** Where a leaf is: in the log, waiting, or nowhere. */
export async function whereabouts(tx: Tx, leaf: Uint8Array): Promise<'sequenced' | 'pending' | 'nowhere'> {
  const [row] = await tx.sql<{ sequenced: boolean; pending: boolean }>(
    `SELECT EXISTS (SELECT FROM gateway.log_entry WHERE leaf_hash = $1) AS sequenced,
            EXISTS (SELECT FROM gateway.pending WHERE leaf_hash = $1) AS pending`,
    [leaf],
  );
  if (row?.sequenced === true) return 'sequenced';
  return row?.pending === true ? 'pending' : 'nowhere';
}

/** The leaves that have waited since before a moment. */
export async function pendingSince(tx: Tx, before: Instant): Promise<Buffer[]> {
  const rows = await tx.sql<{ leaf_hash: Buffer }>('SELECT leaf_hash FROM gateway.pending WHERE queued_at < $1', [
    before,
  ]);
  return rows.map(({ leaf_hash }) => leaf_hash);
}
