import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { meansUnavailable } from '../database/driver-failure.js';
import type { DatabasePart } from '../database/roles.js';
import { openCluster, type Cluster } from './cluster.js';
import { EmbeddedPostgresUnavailable } from './embedded-postgres-unavailable.js';
import { KeptServer } from './kept-server.js';
import { clusterLogins, type ClusterLogins } from './login-file.js';
import { nativeBinaries } from './native-binaries.js';
import { prepareDatabase, urlOf } from './prepare-database.js';
import { canEnter, serverAccount, type ServerAccount } from './server-account.js';

const prepareWithinMilliseconds = 30_000;

/** How to start an embedded server. */
export interface EmbeddedPostgresOptions {
  /** Ours: the data, the login file and, where needed, a copy of the programs. Made when missing. */
  readonly directory: string;
  /** Made when missing; the logins are admitted to it. */
  readonly database: string;
  /** Server settings beyond our own, `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told in one line what a person starting the gateway would want to know. */
  readonly tell?: (line: string) => void;
}

/** A PostgreSQL server for evaluation, development and tests, with a database that is ready to be migrated. */
export interface EmbeddedPostgres {
  /** For `migrate`: the owner of the database, who makes roles and is no superuser. */
  readonly migrationUrl: string;
  /** For serving, each under its own login. */
  readonly urls: Readonly<Record<DatabasePart, string>>;
  readonly logins: ClusterLogins;
  /** The address of another database of this server, for the owner or one of the logins. */
  urlFor(login: keyof ClusterLogins, database: string): string;
  /** Whether we started the server, or share one that another process of ours started. */
  readonly kind: 'started' | 'shared';
  readonly pid: number;
  readonly dataDirectory: string;
  /** Stops a server we started, after the last use of it; leaves a shared one to whoever started it. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from the installed package, over a Unix socket that only its account can open.
 *
 * Killed at any moment, the gateway or the server, the next start recovers. Two at once on one directory share one
 * server; when it goes, for whatever reason, one of those left starts it again at the same address.
 *
 * @throws EmbeddedPostgresUnavailable when it cannot run here
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { database, settings = {}, tell = () => undefined } = options;
  if (process.platform === 'win32') throw new EmbeddedPostgresUnavailable('it needs Unix sockets');
  const directory = resolve(options.directory);
  const account = await serverAccount();
  const place = await placeFor(directory, account, tell);
  const binaries = await nativeBinaries(account, place);
  const dataDirectory = join(place, 'postgres');
  const cluster = await openCluster({ account, binaries, dataDirectory, settings });
  const logins = await clusterLogins(join(directory, 'database-logins.json'));
  const server = await KeptServer.start(cluster, tell);
  try {
    await prepareOnceServed(cluster, logins, database);
  } catch (failure) {
    await server.stop();
    throw failure;
  }
  return describe(cluster, server, logins, database);
}

// A server that we found may be about to end with its gateway; the kept one then starts another.
async function prepareOnceServed(...preparation: Parameters<typeof prepareDatabase>): Promise<void> {
  const deadline = Date.now() + prepareWithinMilliseconds;
  for (;;) {
    try {
      await prepareDatabase(...preparation);
      return;
    } catch (failure) {
      if (!meansUnavailable(failure) || Date.now() > deadline) throw failure;
      await pause(100);
    }
  }
}

/** Removes everything an embedded server ever kept for this directory, wherever that was. The server must have been stopped. */
export async function removeEmbeddedPostgres(directory: string): Promise<void> {
  const kept = resolve(directory);
  await rm(kept, { recursive: true, force: true });
  await rm(ownPlace(kept), { recursive: true, force: true });
}

function ownPlace(directory: string): string {
  return `/var/lib/safeguarding-gateway/${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
}

// Root may keep us in a directory that the server's account cannot enter: then the data has a place of its own.
async function placeFor(
  directory: string,
  account: ServerAccount | undefined,
  tell: (line: string) => void,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  if (await canEnter(account, directory)) return directory;
  const own = ownPlace(directory);
  await mkdir(own, { recursive: true, mode: 0o755 });
  tell(`\`${directory}\` is closed to the database server; its data is in \`${own}\``);
  return own;
}

function describe(cluster: Cluster, server: KeptServer, logins: ClusterLogins, database: string): EmbeddedPostgres {
  const urlFor = (login: keyof ClusterLogins, name: string): string => urlOf(cluster, logins[login], name);
  return {
    migrationUrl: urlFor('owner', database),
    urls: {
      gateway: urlFor('gateway', database),
      sequencer: urlFor('sequencer', database),
      jobs: urlFor('jobs', database),
    },
    logins,
    urlFor,
    get kind() {
      return server.running.kind;
    },
    get pid() {
      return server.running.pid;
    },
    dataDirectory: cluster.dataDirectory,
    stop: () => server.stop(),
  };
}
