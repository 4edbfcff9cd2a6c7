import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { JWK } from 'jose';
import { loadSettings } from '../../config/settings.js';
import { makeKeys, type DemoKeys } from '../../src/cli/demo/credentials.js';
import { seedCases } from '../../src/cli/demo/seed-cases.js';
import { publishPolicy, seedDirectory, seedSources } from '../../src/cli/demo/seed-directory.js';
import { AgencySystem } from '../../src/cli/demo/agency-system.js';
import { startStandIns, type StandIn } from '../../src/cli/demo/start-stand-ins.js';
import { readRecords, readWorld, type DemoAgency, type DemoWorld } from '../../src/cli/demo/world.js';
import { loadPolicyFiles, startGateway, type RunningGateway, type Waits } from '../../src/cli/serve/start-gateway.js';
import { startFhirServer, type FhirServer } from '../../src/cli/stand-ins/fhir-server.js';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import type { ConductLimitsOf } from '../../src/exchange/conduct-limits.js';
import type { BudgetLimits } from '../../src/platform/budgets/budget-limits.js';
import { OUTBOUND_LIMITS } from '../../src/platform/egress/egress.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { PinoLog } from '../../src/platform/logging/pino-log.js';
import { AgencyClient } from './agency-client.js';
import { freshDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';

export const CONFIGURATION = join(import.meta.dirname, '..', '..', 'config');

/** A gateway with the demonstration's world around it, over a database of the test file's own. */
export interface GatewayWorld {
  readonly database: TestDatabase;
  readonly world: DemoWorld;
  readonly publicUrl: string;
  readonly gateway: RunningGateway;
  readonly trust: FhirServer;
  /** The systems that speak JSON, by agency. */
  readonly standIns: ReadonlyMap<string, StandIn>;
  /** Every line the gateways logged. */
  readonly logged: string[];
  /** Ids of the seeded consents. */
  readonly consents: ReadonlyMap<string, string>;
  /** What the agencies' systems and the approvers of policy sign with. */
  readonly keys: DemoKeys;
  /** An agency's system, calling for one of its officers unless told otherwise. */
  client(agency: string, officer: string): AgencyClient;
  /** The same system calling another gateway of this world. */
  clientOf(gateway: RunningGateway, agency: string, officer: string): AgencyClient;
  /** Another gateway over the same database; `url` leads its main connection elsewhere, over a wire. */
  another(url?: string): Promise<RunningGateway>;
  close(): Promise<void>;
}

/** A machine that does much else fails nobody's ask: what a wait that is over does is tried where waits are short. */
const PATIENT: Waits = {
  database: {
    connectTimeoutMilliseconds: 60_000,
    statementTimeoutMilliseconds: 60_000,
    lockTimeoutMilliseconds: 60_000,
    idleInTransactionTimeoutMilliseconds: 60_000,
  },
  outbound: { ...OUTBOUND_LIMITS, connectMs: 60_000, firstByteMs: 60_000 },
};

/** What a test may change of the world before it is seeded. */
export type Adapted = (world: DemoWorld) => DemoWorld;

/** What else a test may choose of a world. */
export interface WorldChoices {
  /** The agency that runs the gateway; none unless said. */
  readonly operator?: AgencyId;
  /** Ample unless said. */
  readonly budgets?: BudgetLimits;
  /** Those of the demonstration unless said. */
  readonly conduct?: ConductLimitsOf;
  /** The 32 bytes of its master key; of its own unless a command is to open what it seals. */
  readonly masterKey?: Uint8Array;
  /** Where the custodians' systems are reached, when not at the trust itself. */
  readonly sourcesBehind?: (trustUrl: string) => Promise<string>;
}

/** Starts a world. `adapt` may add agencies, people and cases to the demonstration's. */
export async function gatewayWorld(
  adapt: Adapted = (world) => world,
  { operator, budgets, conduct, sourcesBehind, masterKey }: WorldChoices = {},
): Promise<GatewayWorld> {
  const database = await freshDatabase();
  const world = adapt(readWorld(CONFIGURATION));
  const keys: DemoKeys = await makeKeys(world);
  const trust = await startFhirServer(readRecords(CONFIGURATION, 'northmoor-nhs-trust'));
  const port = await freePort();
  const publicUrl = `http://localhost:${String(port)}`;
  const policy = loadPolicyFiles(CONFIGURATION);
  const master = new MasterKey(masterKey ?? randomBytes(32));
  const logged: string[] = [];
  const log = new PinoLog(
    'debug',
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logged.push(chunk.toString());
        done();
      },
    }),
  );
  const sources = sourcesBehind === undefined ? trust.url : await sourcesBehind(trust.url);
  const usesFhir = ({ sources: [source] }: DemoAgency): boolean => source?.adapter.startsWith('fhir-r4') === true;
  const standIns = await startStandIns(CONFIGURATION, {
    ...world,
    agencies: world.agencies.filter((agency) => !usesFhir(agency)),
  });
  const urls = new Map([
    ...world.agencies.filter(usesFhir).map(({ id }) => [id, sources] as const),
    ...[...standIns].map(([id, { url }]) => [id, url] as const),
  ]);
  const start = (listen: number, prepared: boolean, gatewayUrl = database.urls.gateway): Promise<RunningGateway> =>
    startGateway({
      settings: loadSettings({ PORT: String(listen), PUBLIC_URL: publicUrl, DATABASE_POOL_SIZE: '10' }),
      urls: { ...database.urls, gateway: gatewayUrl },
      master,
      log,
      configuration: CONFIGURATION,
      policy,
      waits: PATIENT,
      ...(operator !== undefined && { operator }),
      ...(budgets !== undefined && { budgets }),
      ...(conduct !== undefined && { conduct }),
      ...(prepared && {
        prepare: async (app) => {
          await seedDirectory(app, world, keys);
          await seedSources(app, world, urls);
          await publishPolicy(app, policy.digest, keys);
        },
      }),
    });
  const gateway = await start(port, true);
  const others: RunningGateway[] = [];
  const credentialsOf = (agency: string): { clientKey: JWK; signingKey: JWK } => {
    const held = keys.agencies[agency];
    if (held === undefined) throw new Error(`no agency \`${agency}\``);
    return held;
  };
  const systems = new Map(
    world.agencies.map(({ id }) => [
      id,
      new AgencySystem(publicUrl, { clientId: `${id}-system`, ...credentialsOf(id) }),
    ]),
  );
  const consents = await seedCases(world, systems);
  const clientOf = (to: RunningGateway, agency: string, officer: string): AgencyClient =>
    new AgencyClient({
      clientId: `${agency}-system`,
      ...credentialsOf(agency),
      publicUrl,
      address: `http://127.0.0.1:${String(to.port)}`,
      officer,
    });
  return {
    database,
    world,
    publicUrl,
    gateway,
    trust,
    standIns,
    logged,
    consents,
    keys,
    client: (agency, officer) => clientOf(gateway, agency, officer),
    clientOf,
    another: async (url) => {
      const other = await start(0, false, url);
      others.push(other);
      return other;
    },
    close: async () => {
      for (const other of others) await other.close();
      await gateway.close();
      await trust.close();
      for (const standIn of standIns.values()) await standIn.close();
      await database.close();
    },
  };
}
