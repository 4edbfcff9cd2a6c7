import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { partialTiles } from '../../core/transparency/tiles.js';
import type { Tile } from '../../core/transparency/grow-tree.js';
import { askTogether } from '../../platform/database/ask-together.js';
import { poolConfigOf, type DatabaseConnection } from '../../platform/database/connection.js';
import { sqlStateOf } from '../../platform/database/driver-failure.js';
import { loneClient, type LoneClient } from '../../platform/database/lone-client.js';
import type { Question } from '../../platform/database/read-together.js';
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

/** What waits, and what it is to be added to. */
export interface Waiting {
  readonly pending: readonly PendingEntry[];
  /** Undefined before the log's first start. */
  readonly state: LogState | undefined;
  /** The tiles at the right edge of the tree of that size. */
  readonly edge: readonly Tile[];
}

/** One step of the log. */
export interface Step {
  readonly from: { readonly size: bigint; readonly root: Uint8Array };
  readonly to: SignedState;
  /** The entries that get the indexes from the first size on. */
  readonly added: readonly PendingEntry[];
  /** The tiles that are new or wider. */
  readonly tiles: readonly Tile[];
  /** What leaves the queue: those added, and those that were in the log before. */
  readonly done: readonly PendingEntry[];
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

  /** The log's state; undefined before its first start. */
  async state(): Promise<LogState | undefined> {
    const [rows = []] = await askTogether(this.#client, [STATE]);
    return stateOf(rows);
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
    const text = 'INSERT INTO gateway.log_state (origin, verifier_key, size, root) VALUES ($1, $2, $3, $4)';
    await this.#transact([
      { text, values: [origin, verifierKey, size.toString(), root] },
      checkpointOf({ size, root, note }),
    ]);
  }

  /**
   * The entries that have waited longest, in order of arrival, with the log's state and the right edge of its tree: in one
   * trip where the log is still of the size that was expected.
   */
  async waiting(atMost: number, expected: bigint): Promise<Waiting> {
    const [pending = [], state = [], edge = []] = await askTogether(this.#client, [
      { text: PENDING, values: [atMost] },
      STATE,
      edgeOf(expected),
    ]);
    const found = stateOf(state);
    const isExpected = found === undefined || found.size === expected;
    return {
      pending: pending as PendingEntry[],
      state: found,
      edge: isExpected ? tilesOf(edge) : await this.edge(found.size),
    };
  }

  /** The tiles at the right edge of the tree of a size. */
  async edge(size: bigint): Promise<Tile[]> {
    const [rows = []] = await askTogether(this.#client, [edgeOf(size)]);
    return tilesOf(rows);
  }

  /**
   * Moves the log on from one size to the next, with its new entries and tiles, and takes those off the queue that are in
   * it: in one transaction, sent whole.
   *
   * First of all writes is the log's own state: a second sequencer waits there, finds the size gone, and writes nothing.
   *
   * @returns whether it was done; false when the log is no longer at the first size
   */
  async moveOn({ from, to, added, tiles, done }: Step): Promise<boolean> {
    const { size, root } = from;
    try {
      await this.#transact([
        { text: ADVANCE, values: [size.toString(), root, to.size.toString(), to.root] },
        checkpointOf(to),
        {
          text: `INSERT INTO gateway.log_entry (index, entry, leaf_hash)
                 SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])`,
          values: [
            added.map((_, at) => (size + BigInt(at)).toString()),
            added.map(({ entry }) => entry),
            added.map(({ leafHash }) => leafHash),
          ],
        },
        tileWriting(tiles),
        dequeueing(done),
      ]);
      return true;
    } catch (failure) {
      if (sqlStateOf(failure) === NOT_ADVANCED) return false;
      throw failure;
    }
  }

  /** Takes entries off the queue that are in the log already. */
  async dequeue(entries: readonly PendingEntry[]): Promise<void> {
    await this.#transact([dequeueing(entries)]);
  }

  /** Ends the connection, and with it the lease. */
  async close(): Promise<void> {
    await this.#end();
  }

  async #transact(statements: readonly Question[]): Promise<void> {
    try {
      await askTogether(this.#client, [BEGIN, ...statements, COMMIT]);
    } catch (failure) {
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw failure;
    }
  }
}

const BEGIN: Question = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED', values: [] };
const COMMIT: Question = { text: 'COMMIT', values: [] };
const STATE: Question = { text: 'SELECT origin, verifier_key, size, root FROM gateway.log_state', values: [] };

// By the index, whatever the server knows of the table's size: EXISTS may be answered by reading the log whole.
const PENDING = `
  SELECT id, entry, leaf_hash AS "leafHash",
         coalesce((SELECT true FROM gateway.log_entry done WHERE done.leaf_hash = pending.leaf_hash), false) AS sequenced
  FROM gateway.pending ORDER BY id LIMIT $1`;

// Divides by nothing where no row is at that size and root: so it fails, and nothing behind it is carried out.
const ADVANCE = `
  WITH advanced AS (
    UPDATE gateway.log_state SET size = $3, root = $4 WHERE size = $1 AND root = $2 RETURNING 1)
  SELECT 1 / count(*) FROM advanced`;
const NOT_ADVANCED = '22012';

function checkpointOf({ size, root, note }: SignedState): Question {
  const text = 'INSERT INTO gateway.checkpoint (size, root, note) VALUES ($1, $2, $3)';
  return { text, values: [size.toString(), root, note] };
}

function dequeueing(entries: readonly PendingEntry[]): Question {
  return { text: 'DELETE FROM gateway.pending WHERE id = ANY ($1::bigint[])', values: [entries.map(({ id }) => id)] };
}

/** Tiles that are new or wider. */
function tileWriting(tiles: readonly Tile[]): Question {
  return {
    text: `INSERT INTO gateway.tile (level, idx, width, hashes)
           SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bytea[])
           ON CONFLICT (level, idx) DO UPDATE SET width = excluded.width, hashes = excluded.hashes`,
    values: [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index.toString()),
      tiles.map(({ width }) => width),
      tiles.map(({ hashes }) => hashes),
    ],
  };
}

function edgeOf(size: bigint): Question {
  const needed = partialTiles(size);
  return {
    text: `SELECT level, idx, width, hashes FROM gateway.tile
           JOIN unnest($1::smallint[], $2::bigint[]) AS wanted (level, idx) USING (level, idx)`,
    values: [needed.map(({ level }) => level), needed.map(({ index }) => index.toString())],
  };
}

function tilesOf(rows: readonly object[]): Tile[] {
  const tiles = rows as readonly { level: number; idx: string; width: number; hashes: Buffer }[];
  return tiles.map(({ level, idx, width, hashes }) => ({ level, index: BigInt(idx), width, hashes }));
}

function stateOf(rows: readonly object[]): LogState | undefined {
  const [row] = rows as readonly { origin: string; verifier_key: string; size: string; root: Buffer }[];
  return row && { origin: row.origin, verifierKey: row.verifier_key, size: BigInt(row.size), root: row.root };
}
