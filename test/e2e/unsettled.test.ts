import { setTimeout as pause } from 'node:timers/promises';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../src/core/vocabulary/ids.js';
import { instantOf, secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';
import { DisclosureLog } from '../../src/disclosure-log/disclosure-log.js';
import { ExchangeRecords } from '../../src/disclosure-log/exchange-records.js';
import { fsck } from '../../src/disclosure-log/fsck.js';
import { lookAtIntents, placeAt, type Place } from '../../src/exchange/persistence/unsettled-rows.js';
import { UnsettledAsks, type Settled } from '../../src/exchange/unsettled-asks.js';
import type { Clock } from '../../src/platform/clock.js';
import { Database, JobsDatabase } from '../../src/platform/database/database.js';
import { GatewayKeys } from '../../src/platform/keys/gateway-keys.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import type { Reply } from '../support/agency-client.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { ListeningLog } from '../support/log-world.js';
import { wireTo, type Wire } from '../support/wire.js';

const POLICE = 'northmoor-police' as AgencyId;
const TRUST = 'northmoor-nhs-trust' as AgencyId;

let world: GatewayWorld;
let wire: Wire;
/** Reaches its database over the wire; the world's own gateway does not. */
let gateway: RunningGateway;

beforeAll(async () => {
  world = await gatewayWorld();
  wire = await wireTo(world.database.urls.gateway);
  gateway = await world.another(wire.url);
});
afterEach(async () => {
  wire.commits = 'pass';
  wire.release();
  expect(await discrepancies()).toEqual([]);
  expect(world.logged.filter((line) => line.includes('could not be settled'))).toEqual([]);
});
afterAll(async () => {
  await world.close();
  await wire.close();
});

const soon = (): Instant => secondsAfter(instantOf(Date.now()), 1);
const settledBy = (one: RunningGateway) => one.app.get(UnsettledAsks).settle(soon());

/** Of the log once all is sequenced. */
async function discrepancies(): ReturnType<typeof fsck> {
  const { app } = world.gateway;
  const waiting = 'SELECT leaf_hash FROM gateway.pending LIMIT 1';
  while ((await app.get(Database).outside((tx) => tx.sql(waiting))).length > 0) await pause(5);
  const parts = { database: app.get(Database), sealer: app.get(EntrySealer), keys: app.get(GatewayKeys) };
  const agencies = world.world.agencies.map(({ id }) => id as AgencyId);
  return fsck(parts, { agencies, receipts: [], now: soon() });
}

function asParties<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return world.gateway.app.get(Database).within({ parties: [POLICE, TRUST] }, (tx) => tx.sql<Row>(text, values));
}

interface IntentRow {
  readonly disclosure_id: DisclosureId;
  readonly exchange_id: ExchangeId;
}

const latestIntent = async (): Promise<IntentRow> => {
  const [intent] = await asParties<IntentRow>(
    'SELECT disclosure_id, exchange_id FROM gateway.exchange_intent ORDER BY intended_at DESC LIMIT 1',
  );
  if (intent === undefined) throw new Error('no intent');
  return intent;
};

/** An intent like the latest, whose ask died. */
async function anIntentLeft(): Promise<DisclosureId> {
  const [left] = await asParties<IntentRow>(
    `INSERT INTO gateway.exchange_intent (disclosure_id, exchange_id, agency, custodian, intended_at, purpose, categories, emergency)
     SELECT gen_random_uuid(), gen_random_uuid(), agency, custodian, clock_timestamp(), purpose, categories, emergency
     FROM gateway.exchange_intent ORDER BY intended_at DESC LIMIT 1 RETURNING disclosure_id, exchange_id`,
  );
  if (left === undefined) throw new Error('no intent');
  return left.disclosure_id;
}

const slicesOf = (disclosure: DisclosureId) =>
  asParties<{ agency: string; kind: string; outcome: string; purpose: string; categories: string[] }>(
    'SELECT agency, kind, outcome, purpose, categories FROM gateway.slice WHERE disclosure_id = $1 ORDER BY agency',
    [disclosure],
  );

const outcomesOf = (disclosure: string) =>
  asParties<{ agency: string; outcome: string }>(
    'SELECT agency, outcome FROM gateway.outcome WHERE disclosure_id = $1 ORDER BY agency, at',
    [disclosure],
  );

async function ask(one: RunningGateway): Promise<AskAnswer> {
  const answer = await world.clientOf(one, POLICE, 'np-4471').post('/v1/exchanges/requests', anAsk());
  expect(answer.status).toBe(200);
  return answer.body as AskAnswer;
}

async function outcomeIsRecorded(disclosure: string): Promise<void> {
  while ((await outcomesOf(disclosure)).length < 2) await pause(5);
}

/**
 * Asks, and has something done once its fetch is over and its record is about to be written: while the authority that
 * it needs for that is held. Changes no authority.
 */
async function askMeanwhile(work: () => unknown): Promise<{ readonly reply: Promise<Reply> }> {
  const client = world.clientOf(gateway, POLICE, 'np-4471');
  const prepared = await client.prepare('POST', '/v1/exchanges/requests', anAsk());
  const nothingChanged = new Error('rolled back');
  const database = world.gateway.app.get(Database);
  let reply: Promise<Reply> | undefined;
  await database
    .outside(async (tx) => {
      await tx.change({ kind: 'policy', id: 'published' });
      reply = client.send(prepared);
      const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      while ((await tx.sql(waiting)).length === 0) await pause(2);
      await work();
      throw nothingChanged;
    })
    .catch((failure: unknown) => {
      if (failure !== nothingChanged) throw failure;
    });
  if (reply === undefined) throw nothingChanged;
  return { reply };
}

/** Settles once the commit of a record is held: others that come first, of the ask before, are let go. */
async function recordIsHeld(): Promise<void> {
  const beingWritten = `SELECT FROM pg_locks WHERE relation = 'gateway.slice'::regclass AND mode = 'RowExclusiveLock'`;
  for (;;) {
    await wire.held();
    if ((await world.database.asOwner(beingWritten)).length > 0) return;
    wire.release();
  }
}

/** Waits until a session waits for what becomes of another's transaction. */
async function sessionWaits(): Promise<void> {
  const waiting = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'transactionid' AND NOT granted AND datname = current_database()`;
  while ((await world.database.asOwner(waiting)).length === 0) await pause(5);
}

/** Asks, and loses the commit of the record. */
async function askLosing(fate: 'cut-before' | 'cut-after'): Promise<IntentRow> {
  const { reply } = await askMeanwhile(() => (wire.commits = fate));
  expect((await reply).status).toBe(503);
  wire.commits = 'pass';
  return latestIntent();
}

describe('a fetch that released nothing', () => {
  it('is put on record for both parties, once, whichever gateway looks', async () => {
    const { disclosure_id, exchange_id } = await askLosing('cut-before');
    expect(await slicesOf(disclosure_id)).toEqual([]);

    expect(await settledBy(gateway)).toEqual({ fetchedNotReleased: 1, outcomesUnknown: 0 });
    expect(await settledBy(gateway)).toEqual({ fetchedNotReleased: 0, outcomesUnknown: 0 });
    expect(await settledBy(world.gateway)).toEqual({ fetchedNotReleased: 0, outcomesUnknown: 0 });

    const { purpose, categories } = anAsk();
    const slice = { kind: 'deny', outcome: 'unavailable', purpose, categories };
    expect(await slicesOf(disclosure_id)).toEqual([
      { agency: TRUST, ...slice },
      { agency: POLICE, ...slice },
    ]);
    expect(await detailsOf(exchange_id)).toEqual([
      expect.objectContaining({ settled: 'fetched-not-released' }),
      expect.objectContaining({ settled: 'fetched-not-released' }),
    ]);
  });

  it('is put on record once by two gateways that find it at the same moment', async () => {
    const { disclosure_id } = await askLosing('cut-before');
    wire.commits = 'hold';
    const first = settledBy(gateway);
    await recordIsHeld();
    const second = settledBy(world.gateway);
    // Found, written, and waiting to hear what becomes of the other.
    await sessionWaits();
    wire.commits = 'pass';
    wire.release();

    expect((await first).fetchedNotReleased).toBe(1);
    expect((await second).fetchedNotReleased).toBe(0);
    expect(await slicesOf(disclosure_id)).toHaveLength(2);
  });

  it('is found among those that are settled, however few of them are looked at in one statement', async () => {
    await ask(gateway);
    const one = await anIntentLeft();
    await ask(gateway);
    const other = await anIntentLeft();
    const jobs = world.gateway.app.get(JobsDatabase);
    const foundBy = async (atMost: number): Promise<DisclosureId[]> => {
      const found: DisclosureId[] = [];
      for (let after: Place | undefined = placeAt(instantOf(0)); after !== undefined;) {
        const from: Place = after;
        const { unsettled, goOnAfter } = await jobs.outside((tx) => lookAtIntents(tx, from, soon(), atMost));
        found.push(...unsettled.map(({ found: { disclosureId } }) => disclosureId));
        after = goOnAfter;
      }
      return found;
    };
    for (const atMost of [1, 2, 3, 5_000]) expect(await foundBy(atMost)).toEqual([one, other]);
    expect(await settledBy(world.gateway)).toMatchObject({ fetchedNotReleased: 2 });
    for (const atMost of [1, 5_000]) expect(await foundBy(atMost)).toEqual([]);
  });

  it('is not to be settled before its time', async () => {
    const { disclosure_id } = await askLosing('cut-before');
    await world.gateway.app.get(UnsettledAsks).settle(secondsAfter(soon(), -60));
    expect(await slicesOf(disclosure_id)).toEqual([]);
    await settledBy(gateway);
  });

  it('settled while its ask still runs, keeps that ask from releasing anything', async () => {
    let settled: Settled | undefined;
    const { reply } = await askMeanwhile(async () => (settled = await settledBy(world.gateway)));

    expect(settled).toEqual({ fetchedNotReleased: 1, outcomesUnknown: 0 });
    const answer = await reply;
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(answer.body).toMatchObject({
      type: `${world.publicUrl}/problems/outcome-unknown`,
      detail: 'the call took too long and is on record as having released nothing; repeat it',
      contact: expect.any(String) as string,
    });
    expect(answer.bytes.toString()).not.toMatch(/Northmoor-Test|Contusion|"record"/);
    expect(await slicesOf((await latestIntent()).disclosure_id)).toMatchObject([{ kind: 'deny' }, { kind: 'deny' }]);
  });

  it('is found by a gateway that starts, at once and by itself', async () => {
    const { disclosure_id } = await askLosing('cut-before');
    const { app } = world.gateway;
    const clock: Clock = { now: () => secondsAfter(soon(), 60) };
    const started = new UnsettledAsks(
      app.get(Database),
      app.get(JobsDatabase),
      app.get(DisclosureLog),
      clock,
      new ListeningLog(),
    );
    started.onApplicationBootstrap();
    while ((await slicesOf(disclosure_id)).length === 0) await pause(20);
    await started.beforeApplicationShutdown();
    expect(await slicesOf(disclosure_id)).toHaveLength(2);
  });
});

describe('an answer of which nobody recorded what became', () => {
  const unknown = [
    { agency: TRUST, outcome: 'unknown' },
    { agency: POLICE, outcome: 'unknown' },
  ];

  it('whose commit was not heard of, is perhaps given: unknown, once for each party', async () => {
    const { disclosure_id } = await askLosing('cut-after');
    expect(await slicesOf(disclosure_id)).toMatchObject([
      { outcome: 'partly-released' },
      { outcome: 'partly-released' },
    ]);

    const both = await Promise.all([settledBy(gateway), settledBy(world.gateway)]);
    expect(both.reduce((sum, { outcomesUnknown }) => sum + outcomesUnknown, 0)).toBe(2);
    expect(both.map(({ fetchedNotReleased }) => fetchedNotReleased)).toEqual([0, 0]);
    await settledBy(world.gateway);
    expect(await outcomesOf(disclosure_id)).toEqual(unknown);
  });

  it('given by a gateway that died before it could record so, is unknown', async () => {
    // Once it has answered, a gateway needs no commit between a record's and its outcome's.
    await outcomeIsRecorded((await ask(gateway)).disclosureId);
    const { reply } = await askMeanwhile(() => (wire.commits = 'hold'));
    await wire.held();
    // The record's goes on; the outcome's, after the answer, does not arrive.
    wire.commits = 'cut-before';
    wire.release();
    const answer = await reply;
    expect(answer.status).toBe(200);
    const { disclosureId } = answer.body as AskAnswer;
    while (!world.logged.some((line) => line.includes('the outcome of an answer could not be recorded')))
      await pause(5);
    wire.commits = 'pass';

    expect(await settledBy(world.gateway)).toEqual({ fetchedNotReleased: 0, outcomesUnknown: 2 });
    expect(await settledBy(gateway)).toEqual({ fetchedNotReleased: 0, outcomesUnknown: 0 });
    expect(await outcomesOf(disclosureId)).toEqual(unknown);
  });

  it('is not one whose outcome is on record', async () => {
    const { disclosureId } = await ask(world.gateway);
    await outcomeIsRecorded(disclosureId);

    await settledBy(gateway);
    expect(await outcomesOf(disclosureId)).toEqual([
      { agency: TRUST, outcome: 'sent' },
      { agency: POLICE, outcome: 'sent' },
    ]);
  });
});

describe('the login that looks across agencies', () => {
  it.each([
    'SELECT sealed FROM gateway.slice',
    'SELECT subject_ref FROM gateway.slice',
    'SELECT purpose FROM gateway.exchange_intent',
    'SELECT outcome FROM gateway.outcome',
  ])('sees ids and times, never what they are about: %s', async (text) => {
    const jobs = world.gateway.app.get(JobsDatabase);
    await expect(jobs.outside((tx) => tx.sql(text))).rejects.toMatchObject({ code: '42501' });
  });
});

async function detailsOf(exchange: ExchangeId): Promise<unknown[]> {
  const { app } = world.gateway;
  return app.get(Database).within({ parties: [POLICE, TRUST] }, async (tx) => {
    const records = app.get(ExchangeRecords);
    const all = [
      ...(await records.of(tx, POLICE, exchange, 'requester')),
      ...(await records.of(tx, TRUST, exchange, 'custodian')),
    ];
    return all.map(({ details }) => details);
  });
}
