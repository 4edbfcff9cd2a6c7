import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgencySystem } from '../../src/cli/demo/agency-system.js';
import { makeKeys } from '../../src/cli/demo/credentials.js';
import { seedCases } from '../../src/cli/demo/seed-cases.js';
import { startStandIns } from '../../src/cli/demo/start-stand-ins.js';
import { readWorld, withoutStory, type DemoWorld } from '../../src/cli/demo/world.js';
import { migrate } from '../../src/platform/database/migrate.js';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres/start-embedded-postgres.js';
import { AgencyClient, publicHalf } from '../support/agency-client.js';
import { BenchSchema } from './bench-schema.js';
import type { FloorGiven } from './floor-process.js';
import type { GatewayGiven } from './gateway-process.js';
import type { LoadedGateway } from './log-load.js';
import { MeasuredProcess } from './measured-process.js';
import type { Usage } from './measured.js';

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');
const DATABASE_POOL_SIZE = 20;

/** A server under measurement: where it listens, and what its process uses. */
export interface Server {
  readonly port: number;
  usage(garbage?: 'left' | 'collected'): Promise<Usage>;
}

/** A gateway and a floor in processes of their own, with everything they talk to outside those. */
export interface BenchWorld {
  readonly gateway: Server;
  readonly floor: Server;
  readonly schema: BenchSchema;
  readonly atRest: LoadedGateway;
  /** The police system of the demonstration, as the gateway knows it. */
  readonly police: AgencyClient;
  readonly world: DemoWorld;
  /** Any agency's system, calling for one of its officers. */
  client(agency: string, officer: string): AgencyClient;
  close(): Promise<void>;
}

/**
 * Starts a durable database, the custodians' systems, a gateway and a floor, and seeds the demonstration's world.
 *
 * @param adapt may add agencies, people and cases to it
 */
export async function benchWorld(
  tell: (line: string) => void,
  adapt: (world: DemoWorld) => DemoWorld = (same) => same,
): Promise<BenchWorld> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await opened(closing, tell, adapt)), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

async function opened(
  closing: (() => Promise<unknown>)[],
  tell: (line: string) => void,
  adapt: (world: DemoWorld) => DemoWorld,
): Promise<Omit<BenchWorld, 'close'>> {
  const directory = await mkdtemp(join(tmpdir(), 'sg-bench-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  // Passable, for the account that the database server runs under.
  await chmod(directory, 0o711);
  const at = join(directory, 'database');
  closing.push(() => removeEmbeddedPostgres(at));
  const database = await startEmbeddedPostgres({ directory: at, database: 'gateway', tell });
  closing.push(() => database.stop());
  await migrate({ url: database.migrationUrl, logins: database.logins });
  const schema = await BenchSchema.create(database.migrationUrl);
  closing.push(() => schema.close());
  const world = adapt(withoutStory(readWorld(configuration)));
  const sources: (readonly [string, string])[] = [];
  for (const [id, standIn] of await startStandIns(configuration, world)) {
    closing.push(() => standIn.close());
    sources.push([id, standIn.url]);
  }
  const keys = await makeKeys(world);
  const police = keys.agencies['northmoor-police'];
  if (police === undefined) throw new Error('the demonstration has no police force');
  const master = randomBytes(32).toString('base64');
  const gateway = await started<GatewayGiven>(closing, 'gateway', {
    urls: database.urls,
    master,
    databasePoolSize: DATABASE_POOL_SIZE,
    world,
    keys,
    sources,
  });
  const publicUrl = `http://localhost:${String(gateway.port)}`;
  const held = Object.entries(keys.agencies).map(([id, its]) => [id, { clientId: `${id}-system`, ...its }] as const);
  await seedCases(
    world,
    new Map(held.map(([id, credentials]) => [id, new AgencySystem(publicUrl, credentials)] as const)),
  );
  const floor = await started<FloorGiven>(closing, 'floor', {
    databaseUrl: database.urls.gateway,
    databasePoolSize: DATABASE_POOL_SIZE,
    callersKey: publicHalf(police.signingKey),
  });
  return {
    gateway,
    floor,
    schema,
    atRest: { urls: database.urls, master },
    police: new AgencyClient({ clientId: 'northmoor-police-system', ...police, publicUrl }),
    world,
    client: (agency, officer) => {
      const its = keys.agencies[agency];
      if (its === undefined) throw new Error(`the world has no agency \`${agency}\``);
      return new AgencyClient({ clientId: `${agency}-system`, ...its, publicUrl, officer });
    },
  };
}

async function started<Given extends { readonly port: number }>(
  closing: (() => Promise<unknown>)[],
  name: 'gateway' | 'floor',
  given: Omit<Given, 'port'>,
): Promise<Server> {
  const measured = new MeasuredProcess<Omit<Given, 'port'> & { readonly port: number }>(name, `${name}-process.js`, [
    '--expose-gc',
  ]);
  closing.push(() => measured.stop());
  const port = await freePort();
  await measured.start({ ...given, port });
  return { port, usage: (garbage) => measured.usage(garbage) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
