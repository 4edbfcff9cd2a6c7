import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadSettings } from '../../../config/settings.js';
import { readOrMakeMasterKey } from '../../platform/keys/master-key.js';
import type { Log } from '../../platform/logging/log.js';
import { migrate } from '../../platform/database/migrate.js';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../platform/embedded-postgres/start-embedded-postgres.js';
import { PublicLog } from '../../disclosure-log/public-log.js';
import { loadPolicyFiles, startGateway } from '../serve/start-gateway.js';
import { AgencySystem } from './agency-system.js';
import { makeKeys, type DemoKeys } from './credentials.js';
import { seedCases, type Systems } from './seed-cases.js';
import { publishPolicy, seedDirectory, seedSources } from './seed-directory.js';
import { startStandIns, type StandIn } from './start-stand-ins.js';
import { readWorld, withoutStory, type DemoWorld } from './world.js';
import { worldJson } from './world-json.js';

/** How the demonstration is started. */
export interface DemoOptions {
  readonly configuration: string;
  readonly dataDirectory: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly consolePort: number;
  readonly reset: boolean;
  /** Whether the people and officers of the told story are in it. */
  readonly story: boolean;
  readonly log: Log;
  /** Told what is going on, a line at a time. */
  readonly tell: (line: string) => void;
}

/** The demonstration, running. */
export interface Demo {
  readonly publicUrl: string;
  readonly app: NestFastifyApplication;
  readonly world: DemoWorld;
  readonly systems: Systems;
  /** Stand-in systems by agency. */
  readonly standIns: ReadonlyMap<string, StandIn>;
  /** Ids of the consents that were recorded at first start. */
  readonly consents: ReadonlyMap<string, string>;
  /** Where `world.json` is. */
  readonly worldFile: string;
  close(): Promise<void>;
}

/** What is kept between starts beside the database: the agencies' private keys, which the gateway never holds. */
interface Kept {
  readonly keys: DemoKeys;
  readonly consents: Readonly<Record<string, string>>;
}

async function freePort(wanted: number): Promise<number> {
  if (wanted !== 0) return wanted;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

async function writePrivate(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
}

/**
 * Starts the whole demonstration: database, stand-in systems, gateway, and at first start the world itself.
 *
 * Everything it makes lies under the data directory, private to its owner. Nothing of it exists in production.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { configuration, dataDirectory, log, tell } = options;
  const all = readWorld(configuration);
  const world = options.story ? all : withoutStory(all);
  if (options.reset) {
    await removeEmbeddedPostgres(join(dataDirectory, 'database'));
    await rm(dataDirectory, { recursive: true, force: true });
  }
  // Passable, not readable: the database server's account must reach its own data below. What is secret is 0600.
  await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  try {
    const database = await startEmbeddedPostgres({
      directory: join(dataDirectory, 'database'),
      database: 'gateway',
      tell,
    });
    closing.push(() => database.stop());
    await migrate({ url: database.migrationUrl, logins: database.logins });
    const standIns = await startStandIns(configuration, world);
    for (const standIn of standIns.values()) closing.push(() => standIn.close());
    const port = await freePort(options.port);
    const settings = loadSettings({
      PORT: String(port),
      CONSOLE_PORT: String(options.consolePort),
      DATA_DIR: dataDirectory,
      PUBLIC_URL: `http://localhost:${String(port)}`,
    });
    const keptFile = join(dataDirectory, 'agencies.json');
    const before = await readKept(keptFile);
    const keys = before?.keys ?? (await makeKeys(world));
    const policy = loadPolicyFiles(configuration);
    const urls = new Map([...standIns].map(([agency, { url }]) => [agency, url] as const));
    const gateway = await startGateway({
      settings,
      urls: database.urls,
      master: await readOrMakeMasterKey(join(dataDirectory, 'master.key')),
      log,
      configuration,
      policy,
      prepare: async (app) => {
        if (before === undefined) await seedDirectory(app, world, keys);
        await seedSources(app, world, urls);
        await publishPolicy(app, policy.digest, keys);
      },
    });
    closing.push(() => gateway.close());
    const { publicUrl, consoleUrl } = settings;
    const systems: Systems = new Map(
      world.agencies.map(({ id }) => {
        const held = keys.agencies[id];
        if (held === undefined) throw new Error(`\`${keptFile}\` has no keys for \`${id}\`; start with --reset`);
        return [id, new AgencySystem(publicUrl, { clientId: `${id}-system`, ...held })] as const;
      }),
    );
    const consents = before === undefined ? await seedCases(world, systems) : new Map(Object.entries(before.consents));
    if (before === undefined) await writePrivate(keptFile, { keys, consents: Object.fromEntries(consents) });
    const logKey = (await gateway.app.get(PublicLog).verifierKey()) ?? '';
    const worldFile = join(dataDirectory, 'world.json');
    await writePrivate(worldFile, worldJson({ world, keys, publicUrl, consoleUrl, logKey, urls, consents }));
    return { publicUrl, app: gateway.app, world, systems, standIns, consents, worldFile, close };
  } catch (failure) {
    await close();
    throw failure;
  }
}
