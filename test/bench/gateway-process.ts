import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import type { DemoKeys } from '../../src/cli/demo/credentials.js';
import { publishPolicy, seedDirectory, seedSources } from '../../src/cli/demo/seed-directory.js';
import type { DemoWorld } from '../../src/cli/demo/world.js';
import { loadPolicyFiles, startGateway, type RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { DatabasePart } from '../../src/platform/database/roles.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { PinoLog } from '../../src/platform/logging/pino-log.js';

/** What the gateway's process is told, over its channel and not its command line: it holds keys and passwords. */
export type ToGateway =
  | {
      readonly tell: 'start';
      readonly port: number;
      readonly urls: Readonly<Record<DatabasePart, string>>;
      /** 32 bytes, base64. */
      readonly master: string;
      readonly world: DemoWorld;
      readonly keys: DemoKeys;
      /** Where each custodian's system listens. */
      readonly sources: readonly (readonly [string, string])[];
    }
  | { readonly tell: 'processor-time' }
  | { readonly tell: 'stop' };

/** What it says. */
export type FromGateway =
  | { readonly says: 'listening' }
  /** Of the process since its start, user and system together. */
  | { readonly says: 'processor-time'; readonly milliseconds: number }
  | { readonly says: 'failed'; readonly because: string };

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');
let gateway: RunningGateway | undefined;

function say(message: FromGateway): void {
  process.send?.(message);
}

async function start(given: Extract<ToGateway, { tell: 'start' }>): Promise<void> {
  const { port, urls, world, keys } = given;
  const settings = loadSettings({ PORT: String(port), PUBLIC_URL: `http://localhost:${String(port)}` });
  gateway = await startGateway({
    settings,
    urls,
    master: new MasterKey(Buffer.from(given.master, 'base64')),
    log: new PinoLog(settings.logLevel),
    configuration,
    prepare: async (app) => {
      await seedDirectory(app, world, keys);
      await seedSources(app, world, new Map(given.sources));
      await publishPolicy(app, loadPolicyFiles(configuration).digest, keys);
    },
  });
  say({ says: 'listening' });
}

async function stop(): Promise<void> {
  const running = gateway;
  gateway = undefined;
  await running?.close();
  if (process.connected) process.disconnect();
}

async function obey(message: ToGateway): Promise<void> {
  switch (message.tell) {
    case 'start':
      return start(message);
    case 'processor-time': {
      const { user, system } = process.cpuUsage();
      say({ says: 'processor-time', milliseconds: (user + system) / 1000 });
      return;
    }
    case 'stop':
      return stop();
  }
}

function fail(cause: unknown): void {
  say({ says: 'failed', because: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}

process.on('message', (message: ToGateway) => void obey(message).catch(fail));
// Whoever measures is gone: so is the reason to run.
process.on('disconnect', () => void stop().catch(fail));
// The one who measures is interrupted with us, and says when to stop.
process.on('SIGINT', () => undefined);
