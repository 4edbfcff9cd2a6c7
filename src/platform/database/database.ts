import type { Scope } from './scope.js';
import type { Tx } from './tx.js';

export type { Scope } from './scope.js';

/**
 * What the statements of a transaction see: each what is committed when it begins, or all what was committed when the
 * first began. A transaction over one snapshot writes nothing.
 */
export type Reading = 'each-statement' | 'one-snapshot';

/** Transactions on behalf of agencies, under row-level security. */
export abstract class Database {
  /**
   * Does the work in one transaction that sees and writes what the scope allows, and commits it.
   *
   * Anything thrown rolls back. After a deadlock or serialisation failure the whole work runs again, three times at
   * most: it must have no effect outside the transaction.
   *
   * @throws a `database-unavailable` problem when the server cannot be reached or gives up; {@link CommitUnknown} when
   * the connection is lost between asking to commit and hearing the answer; else what the work threw
   */
  abstract within<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;

  /** The same on behalf of no agency: it sees only what needs none. */
  abstract outside<T>(work: (tx: Tx) => Promise<T>, reading?: Reading): Promise<T>;
}

/** The database as the log's sequencer may use it: ids and hashes, never content. */
export abstract class SequencerDatabase extends Database {}

/** The database as jobs may use it: ids and times, never content. */
export abstract class JobsDatabase extends Database {}

/**
 * The gateway's own login on a connection that no transaction of a caller's can hold: for what such a transaction waits for while
 * it holds one of its own. Were that read over the same connections, a gateway with none to spare would wait for itself.
 */
export abstract class KeysDatabase extends Database {}
