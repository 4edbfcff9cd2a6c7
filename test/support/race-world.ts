import { makeKeys } from '../../src/cli/demo/credentials.js';
import { seedDirectory } from '../../src/cli/demo/seed-directory.js';
import { readRecords, type DemoAgency } from '../../src/cli/demo/world.js';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { Resource } from '../../src/cli/stand-ins/fhir-search.js';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { Database } from '../../src/platform/database/database.js';
import { AgencyClient, type Reply } from './agency-client.js';
import { anchorLocks, untilAwaited, type AnchorLock } from './anchor-locks.js';
import { anAsk } from './asks.js';
import { commitOrderOf, type CommitOrder } from './commit-order.js';
import { CONFIGURATION, gatewayWorld, type GatewayWorld } from './gateway-world.js';
import { sourceHeldBefore, type HeldSource } from './held-source.js';
import { wireTo, type Wire } from './wire.js';

/** Who runs the gateway, and so alone suspends agencies. */
export const OPERATOR = 'northmoor-council';

/** A child of its own, and a force of its own that asks about them: what one race changes, no other feels. */
export interface Trial {
  readonly force: string;
  /** Whoever asks. */
  readonly officer: string;
  readonly child: { readonly identifiers: readonly { readonly system: string; readonly value: string }[] };
  /** What the council, which leads, calls the child. */
  readonly councilsRef: string;
  /** The force's involvement, opened by the council that leads. */
  readonly involvement: string;
  readonly administrators: readonly [string, string];
  /** Names of the keys of the force's system: the one that signs its calls, and the one that gets it tokens. */
  readonly signingKid: string;
  readonly clientKid: string;
  /** The force's system at the gateway that changes authority, unless told otherwise. */
  client(officer: string, through?: RunningGateway): AgencyClient;
  /** Makes ready an ask for what the demonstration asks for, of the gateway that asks unless told otherwise. */
  ask(through?: RunningGateway): Promise<() => Promise<Reply>>;
}

/** One gateway that asks and one that changes authority, each behind a wire of its own, before one custodian. */
export interface RaceWorld {
  readonly world: GatewayWorld;
  readonly source: HeldSource;
  readonly order: CommitOrder;
  readonly asking: RunningGateway;
  readonly askingWire: Wire;
  readonly changing: RunningGateway;
  readonly changingWire: Wire;
  /** An agency's system at the gateway that changes authority. */
  client(agency: string, officer: string): AgencyClient;
  trial(): Promise<Trial>;
  /** Holds the wire's commits until that of a transaction that holds anchors so is among them; throws if `work` is done before. */
  heldCommit(wire: Wire, kind: AnchorLock['kind'], work: Promise<unknown>): Promise<void>;
  /** Waits until somebody waits for an anchor; throws if `work` is done before. */
  awaited(kind: AnchorLock['kind'], work: Promise<unknown>): Promise<void>;
  /** The anchors locked at this moment. */
  locks(): Promise<readonly AnchorLock[]>;
  close(): Promise<void>;
}

/** Starts it. */
export async function raceWorld(): Promise<RaceWorld> {
  let source: HeldSource | undefined;
  const world = await gatewayWorld(undefined, {
    operator: OPERATOR as AgencyId,
    sourcesBehind: async (trustUrl) => {
      source = await sourceHeldBefore(trustUrl);
      return source.url;
    },
  });
  if (source === undefined) throw new Error('the world has no source');
  const before = source;
  const askingWire = await wireTo(world.database.urls.gateway);
  const changingWire = await wireTo(world.database.urls.gateway);
  const asking = await world.another(askingWire.url);
  const changing = await world.another(changingWire.url);
  const database = world.gateway.app.get(Database);
  const order = await commitOrderOf(world.database);
  const records: Resource[] = [];
  let trials = 0;
  const client = (agency: string, officer: string): AgencyClient => world.clientOf(changing, agency, officer);
  return {
    world,
    source: before,
    order,
    asking,
    askingWire,
    changing,
    changingWire,
    client,
    trial: () => {
      trials += 1;
      const nhsNumber = nhsNumberOf(trials);
      records.push(...recordsOf(`child-${String(trials)}`, nhsNumber));
      world.trust.hold(records);
      return prepareTrial({ world, asking, changing, number: trials, nhsNumber });
    },
    heldCommit: async (wire, kind, work) => {
      const isDone = doneOf(work, `was committed without holding an anchor ${kind}`);
      wire.commits = 'hold';
      for (;;) {
        await Promise.race([wire.held(), isDone]);
        const locks = await anchorLocks(database);
        if (locks.some((lock) => lock.kind === kind && lock.state === 'held')) return;
        wire.release();
      }
    },
    awaited: async (kind, work) => {
      const looking = new AbortController();
      const isDone = doneOf(work, `did not wait for an anchor ${kind}`);
      await Promise.race([untilAwaited(database, kind, looking.signal), isDone]).finally(() => {
        looking.abort();
      });
    },
    locks: () => anchorLocks(database),
    close: async () => {
      for (const wire of [askingWire, changingWire]) {
        wire.commits = 'pass';
        wire.release();
      }
      before.release();
      await world.close();
      await before.close();
      await askingWire.close();
      await changingWire.close();
    },
  };
}

/** Never settles but to say that the work was done all the same. */
async function doneOf(work: Promise<unknown>, but: string): Promise<never> {
  await work;
  throw new Error(but);
}

/** A force with one officer who asks and two who administer; invented. */
function forceOf(id: string): DemoAgency {
  const team = `${id}-ppu`;
  const officer = (name: string, role: string): DemoAgency['officers'][number] => ({
    id: `${id}-${name}`,
    name: `Invented ${name} of ${id}`,
    role,
    team,
    story: false,
  });
  return {
    id,
    name: `Police of ${id}`,
    kind: 'police',
    jurisdiction: 'england',
    dutyContact: { name: `Duty desk of ${id}`, phone: '01632 960999', email: `duty@${id}.example` },
    policyDocument: `${id}-apd-2026`,
    teams: [{ id: team, kind: 'police-pp', name: 'Public protection unit' }],
    officers: [
      officer('asks', 'police-ppu-officer'),
      officer('adm-1', 'administrator'),
      officer('adm-2', 'administrator'),
    ],
    sources: [],
  };
}

/** The nth NHS number of a test range of its own, its check digit right. */
function nhsNumberOf(n: number): string {
  for (let nine = 999_001_000 + n * 2; ; nine += 1) {
    const digits = String(nine);
    const sum = Array.from(digits, Number).reduce((total, digit, position) => total + digit * (10 - position), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) return `${digits}${String(check)}`;
  }
}

/** What the trust holds of the demonstration's child, as if it were another's. */
function recordsOf(id: string, nhsNumber: string): readonly Resource[] {
  const ofAva = readRecords(CONFIGURATION, 'northmoor-nhs-trust').filter((resource) =>
    /"ava[-"]|Patient\/ava"/.test(JSON.stringify(resource)),
  );
  const text = JSON.stringify(ofAva)
    .replaceAll(/\bava\b/g, id)
    .replaceAll('9990000018', nhsNumber);
  return JSON.parse(text) as Resource[];
}

async function prepareTrial({
  world,
  asking,
  changing,
  number,
  nhsNumber,
}: {
  world: GatewayWorld;
  asking: RunningGateway;
  changing: RunningGateway;
  number: number;
  nhsNumber: string;
}): Promise<Trial> {
  const force = `force-${String(number)}`;
  const caseReference = `race-${String(number)}`;
  const small = { ...world.world, agencies: [forceOf(force)] };
  const keys = await makeKeys(small);
  await seedDirectory(world.gateway.app, small, { ...keys, approvals: {} });
  const held = keys.agencies[force];
  if (held === undefined) throw new Error(`no keys were made for \`${force}\``);
  const clientOf = (gateway: RunningGateway, officer: string): AgencyClient =>
    new AgencyClient({
      clientId: `${force}-system`,
      ...held,
      publicUrl: world.publicUrl,
      address: `http://127.0.0.1:${String(gateway.port)}`,
      officer,
    });
  const child = { identifiers: [{ system: 'nhs-number', value: nhsNumber }] };
  const lead = world.client('northmoor-council', 'nmc-lead-1');
  const registered = await lead.post('/v1/subjects', {
    ...child,
    familyName: 'Northmoor-Test',
    givenName: 'Ava',
    birthDate: '2022-05-01',
  });
  if (registered.status !== 201) throw new Error(`no child: ${registered.bytes.toString()}`);
  const opened = await lead.post('/v1/involvements', {
    subject: child,
    caseReference,
    process: 'child-s47-enquiry',
    agency: force,
    team: `${force}-ppu`,
    role: 'investigating-officer',
    from: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
  });
  if (opened.status !== 201) throw new Error(`no case: ${opened.bytes.toString()}`);
  const officer = `${force}-asks`;
  // One client for each gateway: it keeps its token, as a system does, also when its key is revoked meanwhile.
  const askers = new Map<RunningGateway, AgencyClient>();
  const askerAt = (gateway: RunningGateway): AgencyClient => {
    const asker = askers.get(gateway) ?? clientOf(gateway, officer);
    askers.set(gateway, asker);
    return asker;
  };
  return {
    force,
    officer,
    child,
    councilsRef: (registered.body as { id: string }).id,
    involvement: (opened.body as { id: string }).id,
    administrators: [`${force}-adm-1`, `${force}-adm-2`],
    signingKid: held.signingKey.kid ?? '',
    clientKid: held.clientKey.kid ?? '',
    client: (name, through = changing) => clientOf(through, name),
    ask: async (through = asking) => {
      const client = askerAt(through);
      const ask = anAsk({
        subject: { role: 'child', nhsNumber },
        caseReference,
        officer: { id: officer, role: 'police-ppu-officer' },
      });
      const prepared = await client.prepare('POST', '/v1/exchanges/requests', ask);
      return () => client.send(prepared);
    },
  };
}
