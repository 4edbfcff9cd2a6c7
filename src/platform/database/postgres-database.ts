import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import { CommitUnknown } from './commit-unknown.js';
import { poolConfigOf, type DatabaseConnection } from './connection.js';
import type { Database, Reading } from './database.js';
import { isStalePlan, isWorthRepeating, meansUnavailable } from './driver-failure.js';
import { PostgresTx } from './postgres-tx.js';
import { refuseUnsafeLogin } from './refuse-unsafe-login.js';
import type { DatabasePart } from './roles.js';
import type { Question } from './read-together.js';
import { noScope, scopeSetting, settingsOf, type Scope, type ScopeSettings } from './scope.js';
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

  async #transact<T>(begin: readonly Question[], work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let repeats = 0; ; repeats += 1) {
      const outcome = await this.#attempt(begin, work);
      if (outcome.kind === 'committed') return outcome.value;
      if (outcome.kind === 'failed') throw outcome.failure;
      if (repeats === repeatsAtMost) throw new GatewayProblem('database-unavailable', { cause: outcome.failure });
    }
  }

  async #attempt<T>(begin: readonly Question[], work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const client = await this.#pool.connect().catch(raise);
    // Without a listener a connection that dies between two statements would end the process.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let reusable = false;
    try {
      const outcome = await perform(client, begin, work);
      reusable = outcome.kind === 'committed' || (outcome.isAnswering && (await isRolledBack(client, outcome.failure)));
      return outcome;
    } finally {
      client.off('error', ignore);
      client.release(!reusable);
    }
  }
}

type Outcome<T> =
  | { readonly kind: 'committed'; readonly value: T }
  | {
      readonly kind: 'to-repeat' | 'failed';
      readonly failure: unknown;
      /** Whether the server had a word for every statement: one that said nothing would be waited for again. */
      readonly isAnswering: boolean;
    };

async function perform<T>(
  client: pg.PoolClient,
  opening: readonly Question[],
  work: (tx: Tx) => Promise<T>,
): Promise<Outcome<T>> {
  const tx = new PostgresTx(client, opening);
  try {
    const value = await work(tx);
    await tx.commit();
    return { kind: 'committed', value };
  } catch (thrown) {
    await tx.spend();
    // Of a lost connection nobody knows whether it took the commit with it, whatever else failed by it.
    const failure = thrown instanceof CommitUnknown || tx.unheard === undefined ? thrown : tx.unheard.failure;
    const cause = tx.toRepeat ?? failure;
    const { isAnswering } = tx;
    return isWorthRepeating(cause)
      ? { kind: 'to-repeat', failure: cause, isAnswering }
      : { kind: 'failed', failure, isAnswering };
  }
}

const ISOLATION: Readonly<Record<Reading, string>> = {
  'each-statement': 'READ COMMITTED READ WRITE',
  'one-snapshot': 'REPEATABLE READ READ ONLY',
};

// Sent with the first statements, and not waited for: were it to fail, they would not be carried out.
function opening(scope: ScopeSettings, reading: Reading): readonly Question[] {
  return [{ text: `BEGIN ISOLATION LEVEL ${ISOLATION[reading]}`, values: [] }, scopeSetting(scope)];
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
