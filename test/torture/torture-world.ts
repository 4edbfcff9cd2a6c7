import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JWK } from 'jose';
import pg from 'pg';
import { AgencySystem } from '../../src/cli/demo/agency-system.js';
import { makeKeys, type DemoKeys } from '../../src/cli/demo/credentials.js';
import { seedCases } from '../../src/cli/demo/seed-cases.js';
import { readRecords, readWorld, withoutStory, type DemoWorld } from '../../src/cli/demo/world.js';
import { migrate } from '../../src/platform/database/migrate.js';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/embedded-postgres/start-embedded-postgres.js';
import { AgencyClient } from '../support/agency-client.js';
import { startCustodian, type Custodian } from './custodian.js';
import { DatabaseWire } from './database-wire.js';
import { GatewayAtWork } from './gateway-at-work.js';
import { OrderOfEvents } from './order-of-events.js';
import { Recorder } from './recorder.js';

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');

/** How a scenario wants its world. */
export interface WorldOptions {
  /** May add agencies, people and cases to the demonstration's. */
  readonly adapt?: (world: DemoWorld) => DemoWorld;
  readonly databaseSettings?: Readonly<Record<string, string>>;
  /** Done to the database's directory before the server first starts; what it gives undoes it, once the server is gone. */
  readonly beforeDatabase?: (directory: string) => Promise<() => Promise<void>>;
}

/** A durable PostgreSQL of its own, two places for gateways before it, a custodian behind, and everything watched. */
export interface TortureWorld {
  /** What was committed, as the wires saw it. */
  readonly committed: ReadonlyMap<string, number>;
  readonly database: EmbeddedPostgres;
  readonly custodian: Custodian;
  /** The first two; both run unless a scenario stopped one. */
  readonly gateways: readonly [GatewayAtWork, GatewayAtWork];
  readonly world: DemoWorld;
  readonly publicUrl: string;
  readonly masterKeyFile: string;
  /** An agency's system, calling one of the gateways for one of its officers. */
  client(agency: string, officer: string, gateway?: GatewayAtWork, signingKey?: JWK, now?: () => number): AgencyClient;
  readonly keys: DemoKeys;
  /** A statement of the superuser's, whom nothing holds: for the runner's own eyes. */
  readonly look: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  close(): Promise<void>;
}

/** Starts a world and enrols it. */
export async function tortureWorld(options: WorldOptions = {}): Promise<TortureWorld> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'sg-torture-'));
    closing.push(() => rm(directory, { recursive: true, force: true }));
    // Passable, for the account that the database server runs under.
    await chmod(directory, 0o711);
    const at = join(directory, 'database');
    closing.push(() => removeEmbeddedPostgres(at));
    const undo = await options.beforeDatabase?.(at);
    if (undo !== undefined) closing.push(undo);
    const database = await startEmbeddedPostgres({
      directory: at,
      database: 'gateway',
      // The runner tells by it in which order two transactions were committed.
      settings: { track_commit_timestamp: 'on', ...options.databaseSettings },
    });
    closing.push(() => database.stop());
    const looker = new Looker(database);
    closing.push(() => looker.close());
    await migrate({ url: database.migrationUrl, logins: database.logins });

    const order = new OrderOfEvents();
    const committed = new Map<string, number>();
    const world = (options.adapt ?? ((same) => same))(searchedOnly(withoutStory(readWorld(configuration))));
    const custodian = await startCustodian(readRecords(configuration, 'northmoor-nhs-trust'));
    closing.push(() => custodian.close());

    const recorders = [await Recorder.listening(order), await Recorder.listening(order)] as const;
    for (const recorder of recorders) closing.push(() => recorder.close());
    const publicUrl = `http://localhost:${String(recorders[0].port)}`;
    const master = randomBytes(32);
    const masterKeyFile = join(directory, 'master.key');
    await writeFile(masterKeyFile, master, { mode: 0o600 });
    const gatewayBehind = async (recorder: Recorder): Promise<GatewayAtWork> => {
      const wire = await DatabaseWire.to(database.urls.gateway, { order, committed });
      closing.push(() => wire.close());
      const urls = { ...database.urls, gateway: wire.url };
      const gateway = new GatewayAtWork(recorder, wire, { publicUrl, urls, master: master.toString('base64') });
      closing.push(() => gateway.stop());
      return gateway;
    };
    const gateways = [await gatewayBehind(recorders[0]), await gatewayBehind(recorders[1])] as const;

    const keys = await makeKeys(world);
    const sources = world.agencies
      .filter((agency) => agency.sources.length > 0)
      .map(({ id }) => [id, custodian.url] as const);
    await gateways[0].start({ seed: { world, keys, sources } });
    await seedCases(world, systemsOf(world, keys, publicUrl));
    // As if the keys had been made a day ago: a clock that is set back must not be saved by keys that are not good yet.
    await looker.look(
      `SET session_replication_role = replica;
       UPDATE gateway.gateway_key SET made_at = made_at - interval '1 day', signs_from = signs_from - interval '1 day';
       SET session_replication_role = origin`,
      [],
    );
    await gateways[1].start();
    for (const recorder of recorders) recorder.taken();

    return {
      committed,
      database,
      custodian,
      gateways,
      world,
      publicUrl,
      masterKeyFile,
      keys,
      client: (
        agency,
        officer,
        gateway = gateways[0],
        signingKey = credentialsOf(keys, agency).signingKey,
        now = Date.now,
      ) =>
        new AgencyClient({
          clientId: `${agency}-system`,
          ...credentialsOf(keys, agency),
          signingKey,
          publicUrl,
          address: gateway.address,
          officer,
          now,
        }),
      look: (text, values = []) => looker.look(text, values),
      close,
    };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** What the gateways wrote for their operators of each failure that nobody foresaw. */
export function defectsOf({ gateways }: Pick<TortureWorld, 'gateways'>): readonly string[] {
  return gateways.flatMap(({ lines }) => lines.filter((line) => line.includes('"slug":"defect"')));
}

function credentialsOf(keys: DemoKeys, agency: string): NonNullable<DemoKeys['agencies'][string]> {
  const held = keys.agencies[agency];
  if (held === undefined) throw new Error(`the world has no agency \`${agency}\``);
  return held;
}

function systemsOf(world: DemoWorld, keys: DemoKeys, publicUrl: string): ReadonlyMap<string, AgencySystem> {
  return new Map(
    world.agencies.map(({ id }) => [
      id,
      new AgencySystem(publicUrl, { clientId: `${id}-system`, ...credentialsOf(keys, id) }),
    ]),
  );
}

const LOOKS_WITHIN_MS = 120_000;

/** The superuser's connection: kept, and made anew after it was lost. */
class Looker {
  #client: Promise<pg.Client> | undefined;

  constructor(private readonly database: EmbeddedPostgres) {}

  /** Waits for a server that is about to be there again; a statement that it refuses is refused. */
  async look<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const until = performance.now() + LOOKS_WITHIN_MS;
    for (;;) {
      this.#client ??= this.#connect();
      const client = await this.#client.catch(() => undefined);
      try {
        if (client !== undefined) return (await client.query<Row>(text, [...values])).rows;
      } catch (failure) {
        if (failure instanceof pg.DatabaseError && failure.severity === 'ERROR') throw failure;
      }
      this.#client = undefined;
      await client?.end().catch(() => undefined);
      if (performance.now() > until) throw new Error('the database does not come back');
      await pause(100);
    }
  }

  async close(): Promise<void> {
    await (await this.#client?.catch(() => undefined))?.end().catch(() => undefined);
  }

  async #connect(): Promise<pg.Client> {
    const address = new URL(this.database.urls.gateway);
    address.username = 'postgres';
    address.password = await readFile(join(this.database.dataDirectory, 'superuser.secret'), 'utf8');
    const client = new pg.Client({ connectionString: address.href, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}

/** The same world, its FHIR servers asked search by search: each is then an occasion of its own to misbehave. */
function searchedOnly(world: DemoWorld): DemoWorld {
  const agencies = world.agencies.map((agency) => ({
    ...agency,
    sources: agency.sources.map((source) => ({
      ...source,
      adapter: source.adapter.replace(/^fhir-r4-batch$/, 'fhir-r4'),
    })),
  }));
  return { ...world, agencies };
}
