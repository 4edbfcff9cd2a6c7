import type { Anchor } from './anchors.js';
import type { Scope } from './scope.js';

/** How anchors came to be held: with nobody before us, or after a wait. */
export type Holding = 'at-once' | 'after-a-wait';

/**
 * One open transaction at READ COMMITTED: each statement sees what was committed before that statement began, unless it
 * was opened to read one snapshot.
 *
 * Statements run one after another, even when not awaited singly. After the work that was given it returns, it is
 * spent, and using it throws.
 */
export interface Tx {
  /**
   * Runs one parameterised statement and gives its rows.
   *
   * `timestamptz` arrives as an `Instant` (milliseconds; finer digits are cut, so store `timestamptz(3)`), `date` as a
   * `CivilDate`, `bigint` and `numeric` as strings, `bytea` as a Buffer, `jsonb` parsed. Arrays are sent as PostgreSQL
   * arrays, objects as JSON. The statement is prepared under a name, so `text` must be constant: never built from values.
   *
   * @throws the driver's error with its SQLSTATE in `code` (`23505` for a duplicate), or a `database-unavailable` problem
   */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Reads rows in one statement with whatever else is read in the same turn: questions that do not wait for each other's
   * answers, of rooms that do not know each other, cost one. It keeps its place among the other statements.
   *
   * `text` is one SELECT, constant as with {@link sql}, without a `;`. Rows come as JSON has them: an instant by
   * {@link instantFromJson}, a number only where it is an `integer`; whoever needs bytes writes them as text.
   */
  read<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Sends a statement whose result nobody waits for. It is carried out in its turn; should it fail, the transaction
   * fails with its error, or with what `refused` makes of that, and commits nothing.
   */
  send(text: string, values?: readonly unknown[], refused?: (failure: unknown) => unknown): void;
  /**
   * Has what follows in this transaction planned for its parameters, where else a statement is planned once for each
   * connection: one with filters that may be left out finds its rows by another index for each.
   */
  planAnew(): void;
  /**
   * Holds these anchors against change until the transaction ends. Facts must be read again by a later statement:
   * one that locks and reads at once would see the world from before the lock.
   *
   * @returns whether someone who changed one of them was waited for: what was judged by a time taken before is then to be
   *   judged by a later one
   */
  lockShared(anchors: readonly Anchor[]): Promise<Holding>;
  /**
   * Takes an anchor alone, then moves its version on: call it before the authority it anchors is changed.
   * Where several change, call it in locking order (policy, agency, subject, ids ascending).
   */
  change(anchor: Anchor): Promise<void>;
  /** The version of each anchor asked for, by {@link anchorName}; 0 for one that never changed. */
  versionsOf(anchors: readonly Anchor[]): Promise<ReadonlyMap<string, bigint>>;
  /** Sets the scope anew for the rest of the transaction: once the subject or the counterpart is known. */
  narrow(scope: Scope): Promise<void>;
}
