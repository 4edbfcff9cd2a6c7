import { randomBytes } from 'node:crypto';
import { AgencyDirectory } from '../../src/agencies/agency-directory.js';
import { AgencyRegister } from '../../src/agencies/agency-register.js';
import type { AgencyKind, Purpose, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, TeamId } from '../../src/core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';
import { DisclosureLog } from '../../src/disclosure-log/disclosure-log.js';
import { Alerts } from '../../src/exchange/conduct/alerts.js';
import { DeadLetters } from '../../src/exchange/deliveries/dead-letters.js';
import { Deliveries } from '../../src/exchange/deliveries/deliveries.js';
import { DeliveryAttempts } from '../../src/exchange/deliveries/delivery-attempts.js';
import { DeliveryWorker } from '../../src/exchange/deliveries/delivery-worker.js';
import { ForgottenDeliveries } from '../../src/exchange/deliveries/forgotten-deliveries.js';
import { QueuedDeliveries } from '../../src/exchange/deliveries/queued-deliveries.js';
import type { DeliverableMessage, DeliveryAuthority } from '../../src/exchange/delivery-authority.js';
import { Inbox } from '../../src/exchange/inbox/inbox.js';
import { InboxSeals } from '../../src/exchange/inbox/inbox-seals.js';
import { StandingReaders } from '../../src/exchange/inbox/standing-readers.js';
import type { UnseenMessages } from '../../src/exchange/inbox/unseen-messages.js';
import { Calls } from '../../src/platform/calls/calls.js';
import { SystemClock, type Clock } from '../../src/platform/clock.js';
import { connectionTo } from '../../src/platform/database/connection.js';
import type { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { AddressPolicy } from '../../src/platform/egress/address-policy.js';
import { CheckedEgress } from '../../src/platform/egress/checked-egress.js';
import { OUTBOUND_LIMITS, type Egress, type OutboundLimits } from '../../src/platform/egress/egress.js';
import { TimeOrderedIds } from '../../src/platform/ids.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { Keyring } from '../../src/platform/keys/keyring.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { SystemRandomness } from '../../src/platform/randomness.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import { budgetsOf } from './budgets.js';
import type { TestLogin } from './database.js';
import { roles } from './directory-world.js';
import { ListeningLog } from './log-world.js';

export const trust = 'northmoor-nhs-trust' as AgencyId;
export const council = 'northmoor-council' as AgencyId;
export const police = 'north-police' as AgencyId;
export const councilTeam = 'nm-csc' as TeamId;
export const policeTeam = 'np-ppu' as TeamId;
const teams = new Map<AgencyId, readonly [TeamId, TeamKind, AgencyKind]>([
  [trust, ['nnt-acute' as TeamId, 'nhs-acute' as TeamKind, 'health']],
  [council, [councilTeam, 'la-csc' as TeamKind, 'council']],
  [police, [policeTeam, 'police-pp' as TeamKind, 'police']],
]);

/** A message as it was put into an inbox. */
export interface Pushed {
  readonly messageId: string;
  readonly disclosureId: DisclosureId;
  readonly recipient: AgencyId;
}

/** A message's delivery, as its row says. */
export interface DeliveryRow {
  readonly state: string;
  readonly route: string | null;
  readonly attempts: number;
  readonly faults: number;
  readonly last_outcome: string | null;
  readonly dead_because: string | null;
  readonly receipt: string | null;
  readonly due_in: number | null;
}

/** Who decides again at the moment of delivery; a test makes it say otherwise. */
export class ToldAuthority implements DeliveryAuthority {
  readonly asked: DeliverableMessage[] = [];
  says: 'stands' | 'withheld' | Error = 'stands';

  stands(_tx: Tx, message: DeliverableMessage): Promise<'stands' | 'withheld'> {
    this.asked.push(message);
    return this.says instanceof Error ? Promise.reject(this.says) : Promise.resolve(this.says);
  }
}

/** How one gateway of a test delivers. */
export interface GatewayChoices {
  readonly authority?: DeliveryAuthority;
  readonly limits?: Partial<OutboundLimits>;
  readonly egress?: Egress;
}

/** What delivers, of one gateway. */
export interface DeliveringGateway {
  readonly jobs: Jobs;
  readonly attempts: DeliveryAttempts;
  readonly worker: DeliveryWorker;
  readonly queue: QueuedDeliveries;
  readonly forgotten: ForgottenDeliveries;
  readonly deliveries: Deliveries;
  /** Begins to work the queue. */
  start(): Promise<void>;
}

/** What a gateway delivers with; many may, over one database. */
export interface DeliveryParts {
  readonly database: PostgresDatabase;
  readonly jobsDatabase: PostgresDatabase;
  readonly urls: Readonly<Record<TestLogin, string>>;
  readonly keys: Keyring;
  readonly sealer: EntrySealer;
  readonly clock: Clock;
  readonly events: ListeningLog;
}

const randomness = new SystemRandomness();

/** Opens the keys of a master secret over a database, whose clock stands still at the moment they were made. */
export async function deliveryParts(
  databases: Pick<DeliveryParts, 'database' | 'jobsDatabase' | 'urls'>,
  secret: Uint8Array,
): Promise<DeliveryParts> {
  const clock = new SystemClock();
  const master = new MasterKey(secret);
  const { database } = databases;
  // A key signs from a minute after it was made, but the first, which signs from the moment it was made.
  const keys = await Keyring.open({ database, master, clock, randomness, logName: 'gateway.example/log' });
  const ids = new TimeOrderedIds(clock, randomness);
  return {
    ...databases,
    keys,
    clock,
    sealer: new EntrySealer({ master, randomness, ids, clock }),
    events: new ListeningLog(),
  };
}

/** A gateway that delivers; nothing is done before it is started. */
export function deliveringGateway(
  parts: DeliveryParts,
  { authority, limits, egress }: GatewayChoices,
): DeliveringGateway {
  const { database, jobsDatabase, urls, keys, sealer, clock, events } = parts;
  const ids = new TimeOrderedIds(clock, randomness);
  const directory = new AgencyDirectory(roles);
  const jobs = new Jobs(connectionTo(urls.jobs), events);
  const log = new DisclosureLog(database, keys, sealer, randomness, ids, clock);
  const calls = new Calls(database, { holds: () => Promise.resolve(true) }, budgetsOf(database));
  const alerts = new Alerts(calls, clock, ids, events, new Metrics());
  const deaths = new DeadLetters(database, keys, alerts, clock, events);
  const out =
    egress ??
    new CheckedEgress(
      { allows: () => Promise.resolve(true) },
      new AddressPolicy({ loopback: 'allowed', privateNetworks: [] }),
      undefined,
      { ...OUTBOUND_LIMITS, connectMs: 20_000, firstByteMs: 20_000, totalMs: 20_000, ...limits },
    );
  const attempts = new DeliveryAttempts(
    database, jobs, directory, log, deaths, out, keys, sealer, randomness, clock, events, authority,
  ); // prettier-ignore
  const worker = new DeliveryWorker(jobs, attempts, deaths, events);
  return {
    jobs,
    attempts,
    worker,
    queue: new QueuedDeliveries(jobs),
    forgotten: new ForgottenDeliveries(jobsDatabase, jobs, deaths, events),
    deliveries: new Deliveries(directory, jobs),
    start: async () => {
      await jobs.onModuleInit();
      await worker.onApplicationBootstrap();
    },
  };
}

/** Enrols the trust, the council and the police, each with one team. */
export async function enrolThree(database: PostgresDatabase): Promise<void> {
  const register = new AgencyRegister();
  for (const [id, [team, teamKind, kind]] of teams) {
    const dutyContact = { name: 'Duty desk', phone: '01632 960000', email: `duty@${id}.example` };
    await database.within({ parties: [id] }, (tx) =>
      register.enrol(tx, { id, name: id, kind, jurisdiction: 'england', dutyContact }, [
        { id: team, kind: teamKind, name: team },
      ]),
    );
  }
}

/** Registers a team's system, as two people and its echo would have. */
export async function registerSystem(database: PostgresDatabase, agency: AgencyId, url: string): Promise<void> {
  const register = new AgencyRegister();
  const ids = new TimeOrderedIds(new SystemClock(), randomness);
  const [team] = teams.get(agency) ?? [];
  if (team === undefined) throw new Error(`no agency \`${agency}\``);
  const id = ids.next();
  const at = new SystemClock().now();
  await database.within({ parties: [agency] }, async (tx) => {
    await register.approveEndpoint(tx, agency, {
      id,
      team,
      kind: 'delivery',
      adapter: 'json-http',
      url,
      approvedAt: at,
    });
    await register.activateEndpoint(tx, agency, id, at);
  });
}

/** Puts a message of the trust's into a recipient's inbox and queues it, in one transaction. */
export async function push(
  parts: DeliveryParts,
  queue: QueuedDeliveries,
  recipient: AgencyId,
  chosen: { readonly namedToSender?: boolean; readonly text?: string; readonly fails?: boolean } = {},
): Promise<Pushed> {
  const { database, keys, sealer, clock } = parts;
  const ids = new TimeOrderedIds(clock, randomness);
  const log = new DisclosureLog(database, keys, sealer, randomness, ids, clock);
  const readers = new StandingReaders(new AgencyDirectory(roles), clock);
  // What is delivered is judged by whoever shows or sends it.
  const inbox = new Inbox(readers, log, new InboxSeals(sealer), {} as UnseenMessages, ids, clock);
  const [team] = teams.get(recipient) ?? [];
  if (team === undefined) throw new Error(`no agency \`${recipient}\``);
  const messageId = ids.next();
  const disclosureId = ids.next() as DisclosureId;
  const madeAt: Instant = clock.now();
  await database.within({ parties: [recipient, trust] }, async (tx) => {
    await inbox.deliver(tx, {
      id: messageId,
      agency: recipient,
      team,
      sender: trust,
      kind: 'flag',
      purpose: 'child-mash-triage' as Purpose,
      madeAt,
      acknowledgeBy: secondsAfter(madeAt, 300),
      escalateBy: secondsAfter(madeAt, 600),
      consents: [],
      content: {
        of: ids.next() as ExchangeId,
        disclosureId,
        urgency: 'emergency',
        outcome: 'released',
        subject: { role: 'child' },
        items: [],
        record: { 'present-concern': { summary: chosen.text ?? 'left alone at night' } },
        disclosure: null,
        obligations: [],
        receipt: 'a.b.c',
        log: {},
      },
    });
    await queue.enqueue(tx, [
      { messageId, recipient, team, urgency: 'emergency', namedToSender: chosen.namedToSender ?? true },
    ]);
    if (chosen.fails === true) throw new Error('the push was not logged');
  });
  return { messageId, disclosureId, recipient };
}

/** What a delivery's row says; undefined where there is none. */
export async function rowOf(database: PostgresDatabase, pushed: Pushed): Promise<DeliveryRow | undefined> {
  const [row] = await database.within({ parties: [pushed.recipient, trust] }, (tx) =>
    tx.sql<DeliveryRow>(
      `SELECT state, route, attempts, faults, last_outcome, dead_because, receipt,
         extract(epoch FROM due_at - clock_timestamp())::float8 AS due_in
       FROM gateway.delivery WHERE message_id = $1`,
      [pushed.messageId],
    ),
  );
  return row;
}

/** A secret for {@link deliveryParts}. */
export function freshSecret(): Buffer {
  return randomBytes(32);
}
