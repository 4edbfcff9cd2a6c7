import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgencySystem } from '../../src/cli/demo/agency-system.js';
import { makeKeys } from '../../src/cli/demo/credentials.js';
import { seedCases } from '../../src/cli/demo/seed-cases.js';
import { readRecords, readWorld, withoutStory } from '../../src/cli/demo/world.js';
import { startFhirServer } from '../../src/cli/stand-ins/fhir-server.js';
import { migrate } from '../../src/platform/database/migrate.js';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres/start-embedded-postgres.js';
import { AgencyClient } from '../support/agency-client.js';
import type { FromGateway, ToGateway } from './gateway-process.js';

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');

/** A gateway in a process of its own, with everything it talks to outside that process. */
export interface BenchWorld {
  readonly port: number;
  /** The police system of the demonstration. */
  readonly police: AgencyClient;
  /** Milliseconds of processor time that the gateway has used since its start. */
  processorTime(): Promise<number>;
  close(): Promise<void>;
}

/** Starts a durable database, the custodians' systems and a gateway, and seeds the demonstration's world. */
export async function benchWorld(tell: (line: string) => void): Promise<BenchWorld> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'sg-bench-'));
    closing.push(() => rm(directory, { recursive: true, force: true }));
    // Passable, for the account that the database server runs under.
    await chmod(directory, 0o711);
    const at = join(directory, 'database');
    closing.push(() => removeEmbeddedPostgres(at));
    const database = await startEmbeddedPostgres({ directory: at, database: 'gateway', tell });
    closing.push(() => database.stop());
    await migrate({ url: database.migrationUrl, logins: database.logins });
    const world = withoutStory(readWorld(configuration));
    const sources: (readonly [string, string])[] = [];
    for (const { id } of world.agencies.filter((agency) => agency.sources.length > 0)) {
      const standIn = await startFhirServer(readRecords(configuration, id));
      closing.push(() => standIn.close());
      sources.push([id, standIn.url]);
    }
    const keys = await makeKeys(world);
    const port = await freePort();
    const child = fork(join(import.meta.dirname, 'gateway-process.js'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    closing.push(() => stopped(child));
    const master = randomBytes(32).toString('base64');
    await answered(child, { tell: 'start', port, urls: database.urls, master, world, keys, sources }, 'listening');
    const publicUrl = `http://localhost:${String(port)}`;
    const credentials = new Map(
      Object.entries(keys.agencies).map(([id, held]) => [id, { clientId: `${id}-system`, ...held }] as const),
    );
    await seedCases(
      world,
      new Map([...credentials].map(([id, held]) => [id, new AgencySystem(publicUrl, held)] as const)),
    );
    const police = credentials.get('northmoor-police');
    if (police === undefined) throw new Error('the demonstration has no police force');
    return {
      port,
      police: new AgencyClient({ ...police, publicUrl }),
      processorTime: async () => (await answered(child, { tell: 'processor-time' }, 'processor-time')).milliseconds,
      close,
    };
  } catch (failure) {
    await close();
    throw failure;
  }
}

type Says = FromGateway['says'];

/** Tells the gateway's process something and waits for what it says to that. */
async function answered<S extends Says>(
  child: ChildProcess,
  message: ToGateway,
  awaited: S,
): Promise<Extract<FromGateway, { says: S }>> {
  const reply = new Promise<FromGateway>((resolve, reject) => {
    const ended = (): void => {
      reject(new Error('the gateway’s process ended'));
    };
    child.once('exit', ended);
    child.once('message', (said: FromGateway) => {
      child.off('exit', ended);
      resolve(said);
    });
  });
  child.send(message);
  const said = await reply;
  if (said.says === 'failed') throw new Error(`the gateway failed: ${said.because}`);
  if (said.says !== awaited) throw new Error(`the gateway said \`${said.says}\`, not \`${awaited}\``);
  return said as Extract<FromGateway, { says: S }>;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
  if (child.connected) child.send({ tell: 'stop' } satisfies ToGateway);
  await exit.catch(() => {
    child.kill('SIGKILL');
    return once(child, 'exit');
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
