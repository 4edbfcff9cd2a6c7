import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectionTo, type DatabaseConnection } from '../../src/platform/database/connection.js';
import { admitLogins, type Login, type Logins } from '../../src/platform/database/logins.js';
import { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import { databaseParts, type DatabasePart } from '../../src/platform/database/roles.js';

/** Who may connect to a test's database: the three parts, and the owner of the schema. */
export type TestLogin = DatabasePart | 'owner';

/** A migrated database of a test file's own. */
export interface TestDatabase {
  readonly name: string;
  readonly urls: Readonly<Record<TestLogin, string>>;
  readonly logins: Logins & Readonly<Record<'owner', Login>>;
  /** Connects as a part of the gateway; closed with the database. */
  open(part: DatabasePart, chosen?: Partial<Omit<DatabaseConnection, 'url'>>): Promise<PostgresDatabase>;
  /** Runs one statement, or several without values, as the owner, whom row-level security holds too. */
  asOwner<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs statements as the superuser, whom nothing holds: to make what must be refused, never to look past the wall. */
  asSuperuser(text: string): Promise<void>;
  /** Every row of every table as text, bytes in hexadecimal: what whoever steals the disk reads. */
  everythingStored(): Promise<string>;
  /** A plain connection as one of the logins; closed with the database. */
  client(login: TestLogin): Promise<pg.Client>;
  /** Closes what was opened and drops the database. */
  close(): Promise<void>;
}

/** Copies the migrated template: some 100 ms. Close it in `afterAll`. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { template, url, logins, superuser } = testServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const urlFor = (login: Login, database: string): string => addressed(url, login, database);
  await once(urlFor(logins.owner, 'postgres'), (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`),
  );
  // Who may connect is said of a database, and a copy does not take it over.
  await once(urlFor(logins.owner, name), (client) => admitLogins(client, logins));
  const urls = {
    owner: urlFor(logins.owner, name),
    gateway: urlFor(logins.gateway, name),
    sequencer: urlFor(logins.sequencer, name),
    jobs: urlFor(logins.jobs, name),
  };
  const opened: { close(): Promise<void> }[] = [];
  return {
    name,
    urls,
    logins,
    open: async (part, chosen) => {
      const database = await PostgresDatabase.connect(connectionTo(urls[part], chosen));
      opened.push(database);
      return database;
    },
    asOwner: async <Row extends object>(text: string, values?: readonly unknown[]) =>
      once(urls.owner, async (client) => {
        const result = values === undefined ? client.query<Row>(text) : client.query<Row>(text, [...values]);
        return (await result).rows;
      }),
    asSuperuser: async (text) => {
      await once(urlFor(superuser, name), (client) => client.query(text));
    },
    everythingStored: () =>
      once(urlFor(superuser, name), async (client) => {
        const tables = `SELECT oid::regclass::text AS name FROM pg_class
          WHERE relnamespace = 'gateway'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`;
        const { rows } = await client.query<{ name: string }>(tables);
        const kept: string[] = [];
        for (const { name: table } of rows) {
          const read = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
          kept.push(...read.rows.map(({ row }) => `${table} ${row}`));
        }
        return kept.join('\n');
      }),
    client: async (login) => {
      const client = new pg.Client({ connectionString: urls[login] });
      client.on('error', () => undefined);
      await client.connect();
      opened.push({ close: () => client.end() });
      return client;
    },
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      // A session that has just been closed may still be seen, and the owner may not end one.
      await once(urlFor(superuser, 'postgres'), (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** A database that nothing was done to, and the addresses that an operator would give of it. */
export interface EmptyDatabase {
  /** Of its owner, and of three logins that do not exist yet. */
  readonly urls: Readonly<Record<TestLogin, string>>;
  /** Drops the database and the logins, if they were made. */
  close(): Promise<void>;
}

/** Makes an empty database, as an operator's administrator would before the gateway is installed. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const { url, logins, superuser } = testServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const made = (part: DatabasePart): Login => ({ user: `${name}_${part}`, password: randomBytes(16).toString('hex') });
  await once(addressed(url, logins.owner, 'postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
  return {
    urls: {
      owner: addressed(url, logins.owner, name),
      gateway: addressed(url, made('gateway'), name),
      sequencer: addressed(url, made('sequencer'), name),
      jobs: addressed(url, made('jobs'), name),
    },
    close: async () => {
      await once(addressed(url, superuser, 'postgres'), async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        for (const part of databaseParts) await client.query(`DROP ROLE IF EXISTS ${name}_${part}`);
      });
    },
  };
}

interface TestServer {
  readonly template: string;
  readonly url: string;
  readonly logins: Logins & Readonly<Record<'owner', Login>>;
  readonly superuser: Login;
}

function testServer(): TestServer {
  const described = process.env['SAFEGUARDING_TEST_DATABASE'];
  if (described === undefined) throw new Error('no test database: run this with the jest project `world`');
  const server = JSON.parse(described) as TestServer;
  if (!server.template.includes('test')) {
    throw new Error(`database \`${server.template}\` has no \`test\` in its name; tests touch no other`);
  }
  return server;
}

function addressed(url: string, { user, password }: Login, database: string): string {
  const address = new URL(url);
  address.username = user;
  address.password = password;
  address.pathname = `/${database}`;
  return address.href;
}

async function once<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
