import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Logins } from '../../../src/platform/database/logins.js';
import { migrate } from '../../../src/platform/database/migrate.js';
import { migrationsIn } from '../../../src/platform/database/migration-files.js';
import { UnsafeLogin } from '../../../src/platform/database/refuse-unsafe-login.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

let world: TestDatabase;
beforeAll(async () => {
  world = await freshDatabase();
});
afterAll(() => world.close());

/** Does the work with an empty database of the owner's. */
async function withEmptyDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const name = `test_empty_${randomBytes(6).toString('hex')}`;
  const url = new URL(world.urls.owner);
  url.pathname = `/${name}`;
  await world.asOwner(`CREATE DATABASE ${name}`);
  try {
    return await work(url.href);
  } finally {
    await world.asSuperuser(`DROP DATABASE ${name} WITH (FORCE)`);
  }
}

async function ask<Row extends object>(url: string, text: string, settings: pg.ClientConfig = {}): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, ...settings });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function isWaiting(url: string): Promise<void> {
  const asked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^SELECT pg_(try_)?advisory_lock'
    AND application_name = 'safeguarding-gateway migrate'`;
  while ((await ask(url, asked)).length === 0) await pause(20);
}

describe('migrating', () => {
  it('an empty database runs every migration, founding first, and then none', async () => {
    const [first, again] = await withEmptyDatabase(
      async (url) => [await migrate({ url }), await migrate({ url })] as const,
    );
    expect(first[0]).toBe('FoundTheSchema1764000001000');
    expect(first).toEqual([...first].sort((a, b) => a.slice(-13).localeCompare(b.slice(-13))));
    expect(again).toEqual([]);
  });

  it('twice at once runs each migration once', async () => {
    await withEmptyDatabase(async (url) => {
      const [one, two] = await Promise.all([
        migrate({ url, logins: world.logins }),
        migrate({ url, logins: world.logins }),
      ]);
      expect(Math.min(one.length, two.length)).toBe(0);
      const [kept] = await ask<{ count: number }>(
        url,
        'SELECT count(*)::integer AS count FROM public.gateway_migration',
      );
      expect(kept?.count).toBe(one.length + two.length);
    });
  });

  it('waits for another without keeping it from building an index beside those who write', async () => {
    await withEmptyDatabase(async (url) => {
      await migrate({ url });
      const other = new pg.Client({ connectionString: url, lock_timeout: 5_000 });
      await other.connect();
      await other.query(`SELECT pg_advisory_lock('7235429003871165002'::bigint)`);
      const waiting = migrate({ url });
      await isWaiting(url);
      await other.query('CREATE INDEX CONCURRENTLY of_a_test ON gateway.slice (about)');
      let hasItsTurn = false;
      void waiting.finally(() => (hasItsTurn = true));
      await pause(500);
      expect(hasItsTurn).toBe(false);
      await other.end();
      expect(await waiting).toEqual([]);
    });
  });

  it('does not make gateways queue behind it for a table that stays in use, and may be run again', async () => {
    await withEmptyDatabase(async (url) => {
      await migrate({ url });
      await ask(
        url,
        `DROP TRIGGER change_is_told ON gateway.gateway_key; DROP FUNCTION gateway.tell_of_key();
         DROP TRIGGER change_is_told ON gateway.anchor; DROP FUNCTION gateway.tell_of_anchor();
         DELETE FROM public.gateway_migration WHERE name = 'TellOfChanges1764000009000'`,
      );
      const user = new pg.Client({ connectionString: url });
      await user.connect();
      await user.query('BEGIN; LOCK TABLE gateway.anchor IN ROW EXCLUSIVE MODE');
      await expect(migrate({ url })).rejects.toThrow(/run `gateway migrate` again/);
      await user.query('COMMIT');
      await user.end();
      expect(await migrate({ url })).toEqual(['TellOfChanges1764000009000']);
    });
  });

  describe('after one that gave up while it built an index beside those who write', () => {
    const invalid = `SELECT relname AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE NOT indisvalid`;
    const of = (table: string): string => `CREATE INDEX CONCURRENTLY left_unfinished ON gateway.${table} (agency)`;

    /** A database whose `slice` somebody is at work with, and on which an index of it was begun and not finished. */
    async function unfinished(work: (url: string, user: pg.Client) => Promise<void>): Promise<void> {
      await withEmptyDatabase(async (url) => {
        await migrate({ url });
        const user = new pg.Client({ connectionString: url });
        await user.connect();
        await user.query('BEGIN; LOCK TABLE gateway.slice IN ROW EXCLUSIVE MODE');
        await expect(ask(url, of('slice'), { lock_timeout: 200 })).rejects.toMatchObject({ code: '55P03' });
        expect(await ask(url, invalid)).toEqual([{ name: 'left_unfinished' }]);
        try {
          await work(url, user);
        } finally {
          await user.end();
        }
      });
    }

    it('drops what is unfinished, so that the next builds it anew under its name', async () => {
      await unfinished(async (url, user) => {
        await user.query('ROLLBACK');
        expect(await migrate({ url })).toEqual([]);
        expect(await ask(url, invalid)).toEqual([]);
        await ask(url, of('slice'));
        expect(
          await ask(url, `SELECT indisvalid FROM pg_index WHERE indexrelid = 'gateway.left_unfinished'::regclass`),
        ).toEqual([{ indisvalid: true }]);
      });
    });

    it('leaves it where the table is still in use, and says to run again', async () => {
      await unfinished(async (url) => {
        await expect(migrate({ url })).rejects.toThrow(/run `gateway migrate` again/);
        expect(await ask(url, invalid)).toEqual([{ name: 'left_unfinished' }]);
      });
    });

    it('touches no index that is whole, and none of another’s schema', async () => {
      await withEmptyDatabase(async (url) => {
        await migrate({ url });
        const whole = 'SELECT count(*)::integer AS count FROM pg_index WHERE indisvalid';
        await ask(
          url,
          'CREATE SCHEMA theirs; CREATE TABLE theirs.t (a int, b int); INSERT INTO theirs.t VALUES (1, 1), (1, 2)',
        );
        await expect(ask(url, 'CREATE UNIQUE INDEX CONCURRENTLY theirs_too ON theirs.t (a)')).rejects.toThrow();
        const before = await ask(url, whole);
        await migrate({ url });
        expect(await ask(url, invalid)).toEqual([{ name: 'theirs_too' }]);
        expect(await ask(url, whole)).toEqual(before);
      });
    });
  });

  it('lets logins connect that another database of the server had made, and no others', async () => {
    await withEmptyDatabase(async (url) => {
      const asJobs = new URL(url);
      asJobs.username = world.logins.jobs.user;
      asJobs.password = world.logins.jobs.password;
      await migrate({ url });
      await migrate({ url, logins: world.logins });
      expect(await ask(asJobs.href, 'SELECT current_user AS login')).toEqual([{ login: world.logins.jobs.user }]);
    });
  });

  it('makes logins that can log in with their password, whatever characters it has', async () => {
    const made = `test_made_${randomBytes(6).toString('hex')}`;
    const named = (part: string): { user: string; password: string } => ({
      user: `${made} "${part}"`,
      password: `a'b"c\\d ${part}`,
    });
    const logins: Logins = { gateway: named('gateway'), sequencer: named('sequencer'), jobs: named('jobs') };
    await withEmptyDatabase(async (url) => {
      await migrate({ url, logins });
      const login = new URL(url);
      login.username = encodeURIComponent(logins.gateway.user);
      login.password = encodeURIComponent(logins.gateway.password);
      expect(await ask(login.href, `SELECT pg_has_role('sg_gateway', 'USAGE') AS serves`)).toEqual([{ serves: true }]);
      for (const { user } of Object.values(logins)) {
        await ask(url, `DROP OWNED BY ${pg.escapeIdentifier(user)}`).catch(() => undefined);
        await ask(url, `REVOKE ALL ON DATABASE ${new URL(url).pathname.slice(1)} FROM ${pg.escapeIdentifier(user)}`);
        await ask(url, `DROP ROLE ${pg.escapeIdentifier(user)}`);
      }
    });
  });

  it('never changes the password of a login that is there', async () => {
    const { gateway, sequencer, jobs } = world.logins;
    const logins = { gateway: { ...gateway, password: 'another password altogether' }, sequencer, jobs };
    await migrate({ url: world.urls.owner, logins });
    expect(await ask(world.urls.gateway, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is refused to a login that does not own the database', async () => {
    await expect(migrate({ url: world.urls.gateway })).rejects.toThrow('must own the database');
  });
});

describe('migrating back', () => {
  const directory = resolve(import.meta.dirname, '../../../src/platform/database/migrations');
  const isLater = ({ name }: { name: string }): boolean => name.slice(-13) > theLog.slice(-13);
  const theLog = 'CreateDisclosureLog1764000005000';

  async function undo(url: string, migrations: Awaited<ReturnType<typeof migrationsIn>>): Promise<void> {
    const source = new DataSource({
      type: 'postgres',
      extra: { connectionString: url, max: 1 },
      schema: 'public',
      migrationsTableName: 'gateway_migration',
      migrations: [...migrations],
      installExtensions: false,
    });
    await source.initialize();
    try {
      await source.runMigrations({ transaction: 'each' });
      for (const migration of migrations) {
        expect(migration.name).toMatch(/\d{13}$/);
        await source.undoLastMigration({ transaction: 'each' });
      }
    } finally {
      await source.destroy();
    }
  }

  it('from before the disclosure log leaves nothing', async () => {
    const all = await migrationsIn(directory);
    const before = all.filter((migration) => migration.name !== theLog && !isLater(migration));
    await withEmptyDatabase(async (url) => {
      await undo(url, before);
      expect(await ask(url, `SELECT FROM pg_namespace WHERE nspname = 'gateway'`)).toEqual([]);
    });
  });

  it('stops at the disclosure log, which is never dropped', async () => {
    const all = await migrationsIn(directory);
    await withEmptyDatabase(async (url) => {
      await expect(undo(url, all)).rejects.toThrow('never dropped');
      const kept = await ask<{ name: string }>(url, 'SELECT name FROM public.gateway_migration ORDER BY timestamp');
      expect(kept.at(-1)).toEqual({ name: theLog });
    });
  });
});

describe('a directory of migrations', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sg-migrations-test-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each([
    { because: 'a file is named otherwise', files: ['add-things.js'], says: 'is not named' },
    {
      because: 'two bear one timestamp',
      files: ['1764000000001-a-b.js', '1764000000001-c-d.js'],
      says: 'two migrations',
    },
    { because: 'its class bears another', files: ['1764000000002-a-b.js'], says: 'whose name ends with' },
  ])('is refused when $because', async ({ files, says }) => {
    const place = await mkdtemp(join(directory, 'case-'));
    const text =
      'export class A1764000000001 { up() { return Promise.resolve(); } down() { return Promise.resolve(); } }\n';
    for (const file of files) await writeFile(join(place, file.replace(/\.js$/, '.ts')), text);
    await expect(migrationsIn(place)).rejects.toThrow(says);
  });
});

describe('start-up', () => {
  const refused = async (user: string): Promise<string> => {
    const { PostgresDatabase } = await import('../../../src/platform/database/postgres-database.js');
    const { connectionTo } = await import('../../../src/platform/database/connection.js');
    const url = new URL(world.urls.gateway);
    if (user === 'owner') url.href = world.urls.owner;
    else url.username = user;
    const database = await PostgresDatabase.connect(connectionTo(url.href));
    try {
      await database.refuseUnsafeLogin('gateway');
      return 'accepted';
    } catch (failure) {
      expect(failure).toBeInstanceOf(UnsafeLogin);
      return (failure as Error).message;
    } finally {
      await database.close();
    }
  };

  /** A login like the gateway's, with the same password, and something more. */
  async function loginThat(change: (user: string) => string): Promise<string> {
    const user = `test_login_${randomBytes(6).toString('hex')}`;
    await world.asSuperuser(`CREATE ROLE ${user} LOGIN PASSWORD '${world.logins.gateway.password}'; GRANT sg_gateway TO ${user};
      GRANT CONNECT ON DATABASE ${world.name} TO ${user}; ${change(user)}`);
    return user;
  }

  it.each(['gateway', 'sequencer', 'jobs'] as const)('accepts the login of its %s', async (part) => {
    const database = await world.open(part);
    await expect(database.refuseUnsafeLogin(part)).resolves.toBeUndefined();
  });

  it('refuses the login of another part', async () => {
    const database = await world.open('jobs');
    await expect(database.refuseUnsafeLogin('gateway')).rejects.toThrow(
      /no member of `sg_gateway`.+also a member of `sg_jobs`/,
    );
  });

  it('refuses the owner, whom it names with every fault', async () => {
    expect(await refused('owner')).toMatch(/`gateway_owner` may create roles, and owns `.+`/);
  });

  it.each<{ because: string; change: (user: string) => string; says: RegExp }>([
    {
      because: 'owns a table',
      change: (user) => `
        CREATE TABLE gateway.of_${user} (); ALTER TABLE gateway.of_${user} OWNER TO ${user};`,
      says: /owns `gateway\.of_/,
    },
    { because: 'may create roles', change: (user) => `ALTER ROLE ${user} CREATEROLE`, says: /may create roles/ },
    {
      because: 'plays two parts',
      change: (user) => `GRANT sg_sequencer TO ${user}`,
      says: /also a member of `sg_sequencer`/,
    },
    {
      because: 'could become the owner',
      change: (user) => `GRANT gateway_owner TO ${user} WITH INHERIT FALSE`,
      says: /owns `/,
    },
  ])('refuses a login that $because', async ({ change, says }) => {
    expect(await refused(await loginThat(change))).toMatch(says);
  });
});
