import type { Checkpoint } from '../../core/transparency/checkpoint.js';
import type { TileCoordinates } from '../../core/transparency/tiles.js';
import type { Tx } from '../../platform/database/tx.js';

/** The latest checkpoint: its signed note and the size it speaks of. */
export interface LatestCheckpoint {
  readonly size: bigint;
  readonly note: string;
}

/** The log as it stands. */
export interface LogState extends Checkpoint {
  readonly verifierKey: string;
}

/** The log's state; undefined before its first start. */
export async function logState(tx: Tx): Promise<LogState | undefined> {
  const [row] = await tx.sql<{ origin: string; verifier_key: string; size: string; root: Buffer }>(
    'SELECT origin, verifier_key, size, root FROM gateway.log_state',
  );
  return row && { origin: row.origin, verifierKey: row.verifier_key, size: BigInt(row.size), root: row.root };
}

/** The checkpoint of the greatest size; undefined before the log's first start. */
export async function latestCheckpoint(tx: Tx): Promise<LatestCheckpoint | undefined> {
  const [row] = await tx.sql<{ size: string; note: string }>(
    'SELECT size, note FROM gateway.checkpoint ORDER BY size DESC LIMIT 1',
  );
  return row && { size: BigInt(row.size), note: row.note };
}

/** How long the entry that waits longest has waited, by the database's clock; 0 when none waits. */
export async function longestWaitSeconds(tx: Tx): Promise<number> {
  const [row] = await tx.sql<{ waited: number | null }>(
    'SELECT extract(epoch FROM clock_timestamp() - min(queued_at))::float8 AS waited FROM gateway.pending',
  );
  return Math.max(0, row?.waited ?? 0);
}

/** Where a leaf is in the log; undefined while it is not. */
export async function sequencedIndex(tx: Tx, leaf: Uint8Array): Promise<bigint | undefined> {
  const [row] = await tx.sql<{ index: string }>('SELECT index FROM gateway.log_entry WHERE leaf_hash = $1', [leaf]);
  return row && BigInt(row.index);
}

/** The entries [from, from + count), in order: fewer when the log ends before. */
export async function entriesFrom(tx: Tx, from: bigint, count: number): Promise<Buffer[]> {
  const rows = await tx.sql<{ entry: Buffer }>(
    'SELECT entry FROM gateway.log_entry WHERE index >= $1 AND index < $1::bigint + $2::bigint ORDER BY index',
    [from.toString(), count],
  );
  return rows.map(({ entry }) => entry);
}

/** Reads the tiles named, each once, and gives their hashes as wide as they are now. */
export async function tileReader(
  tx: Tx,
  tiles: readonly TileCoordinates[],
): Promise<(tile: TileCoordinates) => Uint8Array | undefined> {
  const rows = await tx.sql<{ level: number; idx: string; hashes: Buffer }>(
    `SELECT DISTINCT level, idx, hashes FROM gateway.tile
     JOIN unnest($1::smallint[], $2::bigint[]) AS wanted (level, idx) USING (level, idx)`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index.toString())],
  );
  const found = new Map(rows.map(({ level, idx, hashes }) => [`${String(level)}/${idx}`, hashes]));
  return ({ level, index }) => found.get(`${String(level)}/${index.toString()}`);
}
