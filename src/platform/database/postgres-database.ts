import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import { CommitUnknown } from './commit-unknown.js';
import { poolConfigOf, type DatabaseConnection } from './connection.js';
import type { Database, Reading } from './database.js';
import { isRefusedCommit, isStalePlan, isWorthRepeating, meansUnavailable } from './driver-failure.js';
import { PostgresTx } from './postgres-tx.js';
import { refuseUnsafeLogin } from './refuse-unsafe-login.js';
import type { DatabasePart } from './roles.js';
import { noScope, settingsOf, type Scope, type ScopeSettings } from './scope.js';
import type { Tx } from './tx.js';

const repeatsAtMost = 3;

/** The options of the one data source behind a {@link PostgresDatabase}. The pool is the driver's, bounded and timed. */
export function dataSourceOptions(connection: DatabaseConnection): DataSourceOptions {
  return {
    type: 'postgres',
    extra: poolConfigOf(connection),
    synchronize: false,
    installExtensions: false,
    // A failing idle connection is replaced at its next use; the message may carry values, so it goes nowhere.
    poolErrorHandler: () => undefined,
  };
}

/** PostgreSQL through one TypeORM data source. Transactions run straight on the driver's pooled connections. */
export class PostgresDatabase implements Database {
  readonly #source: DataSource;
  readonly #pool: pg.Pool;

  /** @param source initialised with {@link dataSourceOptions}; whoever made it destroys it */
  constructor(source: DataSource) {
    const pool: unknown = source.driver instanceof PostgresDriver ? source.driver.master : undefined;
    if (!(pool instanceof pg.Pool)) throw new Error('the data source is not an initialised PostgreSQL one');
    this.#source = source;
    this.#pool = pool;
  }

  /** Connects; {@link close} ends the pool. */
  static async connect(connection: DatabaseConnection): Promise<PostgresDatabase> {
    return new PostgresDatabase(await new DataSource(dataSourceOptions(connection)).initialize());
  }

  /** Waits for open transactions, then ends every connection. */
  async close(): Promise<void> {
    await this.#source.destroy();
  }

  /** Throws {@link UnsafeLogin} unless this login is held back by row-level security and plays the given part. */
  async refuseUnsafeLogin(part: DatabasePart): Promise<void> {
    await refuseUnsafeLogin(this.#pool, part);
  }

  within<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#transact(opening(settingsOf(scope), 'each-statement'), work);
  }

  outside<T>(work: (tx: Tx) => Promise<T>, reading: Reading = 'each-statement'): Promise<T> {
    return this.#transact(opening(noScope, reading), work);
  }

  async #transact<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let repeats = 0; ; repeats += 1) {
      const outcome = await this.#attempt(begin, work);
      if (outcome.kind === 'committed') return outcome.value;
      if (outcome.kind === 'failed') throw outcome.failure;
      if (repeats === repeatsAtMost) throw new GatewayProblem('database-unavailable', { cause: outcome.failure });
    }
  }

  async #attempt<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const client = await this.#pool.connect().catch(raise);
    // Without a listener a connection that dies between two statements would end the process.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let reusable = false;
    try {
      const outcome = await perform(client, begin, work);
      reusable = outcome.kind === 'committed' || (await isRolledBack(client, outcome.failure));
      return outcome;
    } finally {
      client.off('error', ignore);
      client.release(!reusable);
    }
  }
}

type Outcome<T> =
  | { readonly kind: 'committed'; readonly value: T }
  | { readonly kind: 'to-repeat' | 'failed'; readonly failure: unknown };

async function perform<T>(client: pg.PoolClient, begin: string, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
  const tx = new PostgresTx(client);
  try {
    // Not waited for. Should it fail, what is sent behind it has no scope, so that row-level security refuses it.
    const begun = client.query(begin).catch(raise);
    begun.catch(() => undefined);
    const value = await work(tx);
    const answered = tx.spend();
    await commit(client, tx);
    await Promise.all([begun, answered]);
    return { kind: 'committed', value };
  } catch (thrown) {
    await tx.spend();
    // Of a lost connection nobody knows whether it took the commit with it, whatever else failed by it.
    const failure = thrown instanceof CommitUnknown || tx.unheard === undefined ? thrown : tx.unheard.failure;
    const cause = tx.toRepeat ?? failure;
    return isWorthRepeating(cause) ? { kind: 'to-repeat', failure: cause } : { kind: 'failed', failure };
  }
}

const ISOLATION: Readonly<Record<Reading, string>> = {
  'each-statement': 'READ COMMITTED READ WRITE',
  'one-snapshot': 'REPEATABLE READ READ ONLY',
};

// One round trip: the settings are local to the transaction that the same message opens.
function opening({ parties, subject }: ScopeSettings, reading: Reading): string {
  return (
    `BEGIN ISOLATION LEVEL ${ISOLATION[reading]}; ` +
    `SELECT set_config('app.parties', ${pg.escapeLiteral(parties)}, true), ` +
    `set_config('app.subject', ${pg.escapeLiteral(subject)}, true)`
  );
}

// A message of its own, so that whoever watches the wire can see that no answer leaves before it is acknowledged.
async function commit(client: pg.PoolClient, tx: PostgresTx): Promise<void> {
  const { command } = await client.query('COMMIT').catch((failure: unknown) => {
    throw isRefusedCommit(failure) ? failure : new CommitUnknown(failure);
  });
  // The server answers COMMIT of a failed transaction with ROLLBACK, and no error.
  if (command !== 'COMMIT')
    throw new Error('a statement failed and its error was swallowed; nothing was committed', { cause: tx.failure });
}

async function isRolledBack(client: pg.PoolClient, failure: unknown): Promise<boolean> {
  if (failure instanceof CommitUnknown || isStalePlan(failure)) return false;
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}

function raise(failure: unknown): never {
  throw meansUnavailable(failure) ? new GatewayProblem('database-unavailable', { cause: failure }) : failure;
}
