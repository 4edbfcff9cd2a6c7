import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { partialTiles } from '../../core/transparency/tiles.js';
import type { Tile } from '../../core/transparency/grow-tree.js';
import { poolConfigOf, type DatabaseConnection } from '../../platform/database/connection.js';
import { loneClient, type LoneClient } from '../../platform/database/lone-client.js';
import type { LogState } from './public-rows.js';

/** An entry waiting for its index. */
export interface PendingEntry {
  readonly id: string;
  readonly entry: Buffer;
  readonly leafHash: Buffer;
  /** Already in the log: it only has to leave the queue. */
  readonly sequenced: boolean;
}

/** A size reached, and the note that says so. */
export interface SignedState {
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly note: string;
}

// Any constant will do, as long as every gateway of a database takes the same.
const sequencerLease = '7235429003871165003';

/**
 * One connection that holds the sequencer's lease and does the sequencing, so that the two end together: a sequencer
 * that lost its lease has no connection left to write on.
 */
export class SequencingSession {
  readonly #client: pg.Client;
  readonly #end: () => Promise<void>;
  #lost = false;
  #announced = false;
  #wake: () => void = () => undefined;

  private constructor({ client, end }: LoneClient) {
    this.#client = client;
    this.#end = end;
    client.on('notification', () => {
      this.#announced = true;
      this.#wake();
    });
    for (const event of ['error', 'end'] as const) {
      client.on(event, () => {
        this.#lost = true;
        this.#wake();
      });
    }
  }

  /**
   * Connects as the sequencer.
   *
   * The lease ends with the connection, and the server ends that: at once when the holder's process dies, for the
   * kernel closes its socket, in the middle of a statement within half a second. Where nobody says so (the machine is
   * gone, the network swallows everything) 1.3 s after the holder's last word, which comes at least every 0.4 s.
   */
  static async open(connection: DatabaseConnection): Promise<SequencingSession> {
    const { options = '' } = poolConfigOf(connection);
    const lone = loneClient(connection, {
      statement_timeout: 2_000,
      lock_timeout: 1_500,
      idle_in_transaction_session_timeout: 1_300,
      // The other way round: a server that does not answer is left, where TCP would wait for a quarter of an hour.
      query_timeout: 3_000,
      application_name: `${connection.applicationName} sequencer`,
      options: `${options} -c idle_session_timeout=1300 -c client_connection_check_interval=500 -c tcp_user_timeout=1300 -c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=1`,
    });
    const session = new SequencingSession(lone);
    try {
      await lone.client.connect();
    } catch (failure) {
      await lone.end();
      throw failure;
    }
    return session;
  }

  /** Whether the connection is gone, and the lease with it. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Takes the lease if nobody holds it, and listens for entries. */
  async tryLease(): Promise<boolean> {
    const { rows } = await this.#client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS held', [
      sequencerLease,
    ]);
    if (rows[0]?.held !== true) return false;
    await this.#client.query('LISTEN log_pending');
    return true;
  }

  /** Waits until entries are announced (or were since the last time): true; or until it is time to stop or look: false. */
  async announced(withinMilliseconds: number, stopping: AbortSignal): Promise<boolean> {
    if (!this.#announced && !this.#lost && !stopping.aborted) {
      const woken = new AbortController();
      this.#wake = () => {
        woken.abort();
      };
      const signal = AbortSignal.any([woken.signal, stopping]);
      await pause(withinMilliseconds, undefined, { signal }).catch(() => undefined);
    }
    const announced = this.#announced;
    this.#announced = false;
    return announced;
  }

  /** Does the work in one transaction; anything thrown rolls back. */
  async transact<T>(work: () => Promise<T>): Promise<T> {
    await this.#client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    try {
      const result = await work();
      await this.#client.query('COMMIT');
      return result;
    } catch (failure) {
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw failure;
    }
  }

  /** The log's state; undefined before its first start. */
  async state(): Promise<LogState | undefined> {
    const { rows } = await this.#client.query<{ origin: string; verifier_key: string; size: string; root: Buffer }>(
      'SELECT origin, verifier_key, size, root FROM gateway.log_state',
    );
    const [row] = rows;
    return row && { origin: row.origin, verifierKey: row.verifier_key, size: BigInt(row.size), root: row.root };
  }

  /** The note kept for a size. */
  async checkpointAt(size: bigint): Promise<string | undefined> {
    const { rows } = await this.#client.query<{ note: string }>('SELECT note FROM gateway.checkpoint WHERE size = $1', [
      size.toString(),
    ]);
    return rows[0]?.note;
  }

  /** Starts a log that has no state yet, empty. */
  async create(origin: string, verifierKey: string, { size, root, note }: SignedState): Promise<void> {
    await this.#client.query(
      'INSERT INTO gateway.log_state (origin, verifier_key, size, root) VALUES ($1, $2, $3, $4)',
      [origin, verifierKey, size.toString(), root],
    );
    await this.#insertCheckpoint({ size, root, note });
  }

  /** The entries that have waited longest, in order of arrival. */
  async pending(atMost: number): Promise<PendingEntry[]> {
    const { rows } = await this.#client.query<PendingEntry>(
      `SELECT id, entry, leaf_hash AS "leafHash",
              EXISTS (SELECT FROM gateway.log_entry done WHERE done.leaf_hash = pending.leaf_hash) AS sequenced
       FROM gateway.pending ORDER BY id LIMIT $1`,
      [atMost],
    );
    return rows;
  }

  /** The tiles at the right edge of the tree of a size. */
  async edge(size: bigint): Promise<Tile[]> {
    const needed = partialTiles(size);
    const { rows } = await this.#client.query<{ level: number; idx: string; width: number; hashes: Buffer }>(
      `SELECT level, idx, width, hashes FROM gateway.tile
       JOIN unnest($1::smallint[], $2::bigint[]) AS wanted (level, idx) USING (level, idx)`,
      [needed.map(({ level }) => level), needed.map(({ index }) => index.toString())],
    );
    return rows.map(({ level, idx, width, hashes }) => ({ level, index: BigInt(idx), width, hashes }));
  }

  /** Moves the log on from one size to the next; false when it is no longer at the first. */
  async advance(from: { size: bigint; root: Uint8Array }, to: SignedState): Promise<boolean> {
    const { rowCount } = await this.#client.query(
      'UPDATE gateway.log_state SET size = $3, root = $4 WHERE size = $1 AND root = $2',
      [from.size.toString(), from.root, to.size.toString(), to.root],
    );
    if (rowCount !== 1) return false;
    await this.#insertCheckpoint(to);
    return true;
  }

  /** Gives entries their indexes, from `first` on. */
  async sequence(first: bigint, entries: readonly PendingEntry[]): Promise<void> {
    await this.#client.query(
      `INSERT INTO gateway.log_entry (index, entry, leaf_hash)
       SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])`,
      [
        entries.map((_, at) => (first + BigInt(at)).toString()),
        entries.map(({ entry }) => entry),
        entries.map(({ leafHash }) => leafHash),
      ],
    );
  }

  /** Writes tiles that are new or wider. */
  async writeTiles(tiles: readonly Tile[]): Promise<void> {
    await this.#client.query(
      `INSERT INTO gateway.tile (level, idx, width, hashes)
       SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bytea[])
       ON CONFLICT (level, idx) DO UPDATE SET width = excluded.width, hashes = excluded.hashes`,
      [
        tiles.map(({ level }) => level),
        tiles.map(({ index }) => index.toString()),
        tiles.map(({ width }) => width),
        tiles.map(({ hashes }) => hashes),
      ],
    );
  }

  /** Takes entries that are in the log off the queue. */
  async dequeue(entries: readonly PendingEntry[]): Promise<void> {
    await this.#client.query('DELETE FROM gateway.pending WHERE id = ANY ($1::bigint[])', [
      entries.map(({ id }) => id),
    ]);
  }

  /** Ends the connection, and with it the lease. */
  async close(): Promise<void> {
    await this.#end();
  }

  async #insertCheckpoint({ size, root, note }: SignedState): Promise<void> {
    await this.#client.query('INSERT INTO gateway.checkpoint (size, root, note) VALUES ($1, $2, $3)', [
      size.toString(),
      root,
      note,
    ]);
  }
}
