import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import type { DemoKeys } from '../../src/cli/demo/credentials.js';
import { publishPolicy, seedDirectory, seedSources } from '../../src/cli/demo/seed-directory.js';
import type { DemoWorld } from '../../src/cli/demo/world.js';
import { loadPolicyFiles, startGateway } from '../../src/cli/serve/start-gateway.js';
import type { DatabasePart } from '../../src/platform/database/roles.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { PinoLog } from '../../src/platform/logging/pino-log.js';
import { BULKHEAD_LIMITS, type BulkheadLimits } from '../../src/sources/bulkhead.js';
import { beMeasured } from './measured.js';

/** What the gateway is started with. */
export interface GatewayGiven {
  readonly port: number;
  readonly urls: Readonly<Record<DatabasePart, string>>;
  readonly databasePoolSize: number;
  /** 32 bytes, base64. */
  readonly master: string;
  readonly world: DemoWorld;
  readonly keys: DemoKeys;
  /** Where each custodian's system listens. */
  readonly sources: readonly (readonly [string, string])[];
}

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');

// One custodian stands for the many that so many callers would ask: its gate is as wide as all of theirs.
Object.assign(BULKHEAD_LIMITS, { atOnce: 64 } satisfies Partial<BulkheadLimits>);

beMeasured(({ port, urls, databasePoolSize, master, world, keys, sources }: GatewayGiven) => {
  const settings = loadSettings({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${String(port)}`,
    DATABASE_POOL_SIZE: String(databasePoolSize),
  });
  return startGateway({
    settings,
    urls,
    master: new MasterKey(Buffer.from(master, 'base64')),
    log: new PinoLog(settings.logLevel),
    configuration,
    prepare: async (app) => {
      await seedDirectory(app, world, keys);
      await seedSources(app, world, new Map(sources));
      await publishPolicy(app, loadPolicyFiles(configuration).digest, keys);
    },
  });
});
