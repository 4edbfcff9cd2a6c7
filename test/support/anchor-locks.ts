import { setTimeout as pause } from 'node:timers/promises';
import { anchorName, lockKeyOf, type Anchor } from '../../src/platform/database/anchors.js';
import type { Database } from '../../src/platform/database/database.js';

/** A lock on an anchor as the server has it: held, or waited for. */
export interface AnchorLock {
  /** `subject:<id>`, `agency:<id>` or `policy:published`. */
  readonly anchor: string;
  readonly kind: 'shared' | 'alone';
  readonly state: 'held' | 'awaited';
}

interface LockRow {
  readonly key: string;
  readonly mode: string;
  readonly granted: boolean;
}

/** Every lock on an anchor of this database at this moment, read from the server and not from the gateway. */
export async function anchorLocks(database: Database): Promise<readonly AnchorLock[]> {
  const { anchors, locks } = await database.outside(async (tx) => ({
    anchors: await tx.sql<Anchor>('SELECT kind, id FROM gateway.anchor'),
    // A 64-bit key stands in two halves, the higher in `classid` (PostgreSQL 53.13).
    locks: await tx.sql<LockRow>(
      `SELECT ((classid::bigint << 32) | objid::bigint)::text AS key, mode, granted FROM pg_locks
       WHERE locktype = 'advisory' AND objsubid = 1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    ),
  }));
  const names = new Map(anchors.map((anchor) => [lockKeyOf(anchor), anchorName(anchor)]));
  return locks.flatMap(({ key, mode, granted }) => {
    const anchor = names.get(key);
    if (anchor === undefined) return [];
    return [{ anchor, kind: mode === 'ShareLock' ? 'shared' : 'alone', state: granted ? 'held' : 'awaited' }];
  });
}

/** Waits until somebody waits for an anchor. */
export async function untilAwaited(database: Database, kind: AnchorLock['kind'], signal: AbortSignal): Promise<void> {
  const isAwaited = (lock: AnchorLock): boolean => lock.kind === kind && lock.state === 'awaited';
  while (!signal.aborted && !(await anchorLocks(database)).some(isAwaited)) await pause(5);
}
