import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { admitLogins, ensureGroupRoles, type Login } from '../database/logins.js';
import { scramVerifier } from '../database/scram-verifier.js';
import type { Cluster } from './cluster.js';
import type { ClusterLogins } from './login-file.js';

/** The address of a database of a cluster, for a login, over its Unix socket. */
export function urlOf(
  { socketDirectory }: Pick<Cluster, 'socketDirectory'>,
  { user, password }: Login,
  database: string,
): string {
  const [name, word, directory] = [user, password, socketDirectory].map(encodeURIComponent);
  return `postgres://${name ?? ''}:${word ?? ''}@localhost/${encodeURIComponent(database)}?host=${directory ?? ''}`;
}

/**
 * Makes the owner, the database and the logins where they are missing, with the passwords of the login file. The owner
 * is what a production one is, no superuser, so that a migration that would fail there fails here.
 */
export async function prepareDatabase(cluster: Cluster, logins: ClusterLogins, database: string): Promise<void> {
  const superuser: Login = { user: 'postgres', password: cluster.password };
  await connected(urlOf(cluster, superuser, 'postgres'), async (client) => {
    // Any constant: of two that prepare at once, the second waits and finds it done.
    await client.query('SELECT pg_advisory_lock(7235429003871165003)');
    await makeOwner(client, logins.owner);
    await makeDatabase(client, database, logins.owner.user);
    await connected(urlOf(cluster, logins.owner, database), async (owner) => {
      await ensureGroupRoles(owner);
      await admitLogins(owner, logins);
    });
    // The file may have been lost and made anew since the roles were.
    for (const login of [logins.gateway, logins.sequencer, logins.jobs]) await setPassword(client, login);
  });
}

async function makeOwner(client: pg.Client, owner: Login): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [owner.user]);
  if (rowCount === 0)
    await client.query(`CREATE ROLE ${pg.escapeIdentifier(owner.user)} LOGIN CREATEROLE CREATEDB NOBYPASSRLS`);
  await setPassword(client, owner);
}

async function makeDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount !== 0) return;
  await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${pg.escapeIdentifier(owner)}`);
}

async function setPassword(client: pg.Client, { user, password }: Login): Promise<void> {
  const verifier = pg.escapeLiteral(scramVerifier(password, randomBytes(16)));
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(user)} PASSWORD ${verifier}`);
}

async function connected(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
