import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import { prepareJobs } from '../jobs/prepare-jobs.js';
import { admitLogins, ensureGroupRoles, type Logins } from './logins.js';
import { migrationsIn } from './migration-files.js';
import { dropUnfinishedIndexes } from './unfinished-indexes.js';

// Any constant will do, as long as every gateway of a database takes the same.
const migrationLock = '7235429003871165002';
const LOCK_TRIED_EVERY_MILLISECONDS = 200;

// Whatever a gateway asks of a table queues behind a migration that waits for it, and gives up after 5 s.
const LOCK_WAIT_MILLISECONDS = 3_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Brings a database to the present: the group roles, the logins where given, and every migration not yet run, each in
 * a transaction of its own; then the schema of the job queue. Two at once wait for each other, and the second finds nothing to
 * do. An index that an earlier run left unfinished goes first.
 *
 * @param url logs in as the owner of the database, who may create roles; nothing is ever served under it
 * @param logins made where missing; an existing login's password stays as it is
 * @returns the names of the migrations that were run now, in order
 * @throws Error when the login does not own the database, or a table stays in use too long for a migration that needs it
 *   to itself; the driver's error when a migration fails. All before it are kept
 */
export async function migrate({ url, logins }: { url: string; logins?: Logins }): Promise<readonly string[]> {
  const owner = new pg.Client({ connectionString: url, application_name: 'safeguarding-gateway migrate' });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await takeTurn(owner);
    await mustOwnDatabase(owner);
    await ensureGroupRoles(owner);
    if (logins !== undefined) await admitLogins(owner, logins);
    await dropUnfinishedIndexes(owner, LOCK_WAIT_MILLISECONDS).catch(explain);
    const run = await runPending(url);
    await prepareJobs(url, owner);
    return run;
  } finally {
    await owner.end();
  }
}

// Tried again and again: a statement that waits keeps its snapshot open, and `CREATE INDEX CONCURRENTLY` in the migration
// it waits for waits until no older snapshot is open. The server would see no deadlock, since a session stands between.
async function takeTurn(owner: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await owner.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS taken', [
      migrationLock,
    ]);
    if (rows[0]?.taken === true) return;
    await pause(LOCK_TRIED_EVERY_MILLISECONDS);
  }
}

async function mustOwnDatabase(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ owns: boolean }>(
    `SELECT pg_has_role(current_user, datdba, 'USAGE') AS owns FROM pg_database WHERE datname = current_database()`,
  );
  if (rows[0]?.owns !== true) {
    throw new Error('the login that migrates must own the database; give `MIGRATION_DATABASE_URL` its owner');
  }
}

async function runPending(url: string): Promise<readonly string[]> {
  const source = new DataSource({
    type: 'postgres',
    extra: {
      connectionString: url,
      max: 1,
      lock_timeout: LOCK_WAIT_MILLISECONDS,
      application_name: 'safeguarding-gateway migrate',
    },
    // Outside schema `gateway`, in which every table has row-level security and grants to runtime roles.
    schema: 'public',
    migrationsTableName: 'gateway_migration',
    migrations: [...(await migrationsIn(join(import.meta.dirname, 'migrations')))],
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
  });
  await source.initialize();
  try {
    return (await source.runMigrations().catch(explain)).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}

function explain(failure: unknown): never {
  const { code } = (failure instanceof QueryFailedError ? failure.driverError : failure) as { readonly code?: unknown };
  if (code === LOCK_NOT_AVAILABLE)
    throw new Error('a table stayed in use too long and was left as it was; run `gateway migrate` again', {
      cause: failure,
    });
  throw failure;
}
