import { setTimeout as pause } from 'node:timers/promises';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import { Database } from '../../src/platform/database/database.js';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import { untilAwaited } from '../support/anchor-locks.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { wireTo, type CommitFate, type Wire } from '../support/wire.js';

let world: GatewayWorld;
let wire: Wire;
let gateway: RunningGateway;

beforeAll(async () => {
  world = await gatewayWorld();
  wire = await wireTo(world.database.urls.gateway);
  gateway = await world.another(wire.url);
});
afterEach(() => {
  wire.commits = 'pass';
  wire.release();
});
afterAll(async () => {
  await world.close();
  await wire.close();
});

const police = () => world.clientOf(gateway, 'northmoor-police', 'np-4471');

/** Entries committed so far, waiting or sequenced: in one statement, for they move from the one to the other. */
async function entries(): Promise<number> {
  const database = await world.database.open('gateway');
  const [row] = await database.outside((tx) =>
    tx.sql<{ n: string }>(
      'SELECT (SELECT count(*) FROM gateway.log_entry) + (SELECT count(*) FROM gateway.pending) AS n',
    ),
  );
  return Number(row?.n);
}

/**
 * Sends an ask and, once its fetch is over, sets what becomes of commits while its record waits for the authority that is
 * held meanwhile: the next commit is the record's.
 */
async function fetched(
  client: AgencyClient,
  fate: CommitFate,
  answered: () => void = () => undefined,
  idempotencyKey?: string,
): Promise<{ readonly answer: Promise<Reply> }> {
  const database = world.gateway.app.get(Database);
  const nothingChanged = new Error('rolled back');
  let answer: Promise<Reply> | undefined;
  const meanwhile = database.outside(async (tx) => {
    await tx.change({ kind: 'policy', id: 'published' });
    answer = client
      .post('/v1/exchanges/requests', anAsk(), idempotencyKey === undefined ? {} : { idempotencyKey })
      .then((reply) => {
        answered();
        return reply;
      });
    await untilAwaited(database, 'shared', AbortSignal.timeout(20_000));
    wire.commits = fate;
    throw nothingChanged;
  });
  await expect(meanwhile).rejects.toBe(nothingChanged);
  if (answer === undefined) throw nothingChanged;
  return { answer };
}

async function entriesOf(exchangeOrDisclosure: string): Promise<number> {
  const rows = await world.database.asOwner<{ n: string }>(
    `SELECT count(*) AS n FROM gateway.slice WHERE exchange_id::text = $1 OR disclosure_id::text = $1`,
    [exchangeOrDisclosure],
  );
  return Number(rows[0]?.n ?? 0);
}

describe('I1: no byte leaves before its record is committed', () => {
  it('nothing reaches the client while the commit is held for three seconds', async () => {
    let answered = false;
    const before = await entries();
    const reply = await fetched(police(), 'hold', () => (answered = true));
    await wire.held();
    await pause(3_000);

    expect(answered).toBe(false);
    // What is held is the record's own commit: nothing of it can be seen yet.
    expect(await entries()).toBe(before);
    wire.commits = 'pass';
    wire.release();
    expect(await reply.answer).toMatchObject({ status: 200, body: { outcome: 'partly-released' } });
    expect(await entries()).toBe(before + 1);
  });

  it.each(['cut-before', 'cut-after'] as const)(
    'the client gets no data when the commit is lost (%s)',
    async (fate) => {
      const answer = await (await fetched(police(), fate)).answer;

      expect(answer.status).toBe(503);
      expect(answer.bytes.toString()).not.toMatch(/Northmoor-Test|Contusion|"record"/);
      wire.commits = 'pass';
      expect((await police().post('/v1/exchanges/requests', anAsk())).status).toBe(200);
    },
  );

  it('every answer has exactly one entry with both parties’ slices, refusals too', async () => {
    const released = (await police().post('/v1/exchanges/requests', anAsk())).body as AskAnswer;
    const refused = (
      await world
        .clientOf(gateway, 'northmoor-police', 'np-5200')
        .post('/v1/exchanges/requests', anAsk({ officer: { id: 'np-5200', role: 'police-inspector' } }))
    ).body as AskAnswer;

    expect(await countAsSuperuser(released.disclosureId)).toBe(2);
    expect(await countAsSuperuser(refused.disclosureId)).toBe(2);
  });

  /** Each party sees its own slice; the owner, held by row-level security, sees none. */
  async function countAsSuperuser(disclosure: string): Promise<number> {
    expect(await entriesOf(disclosure)).toBe(0);
    const gatewayDatabase = await world.database.open('gateway');
    const rows = await gatewayDatabase.within(
      { parties: ['northmoor-police' as never, 'northmoor-nhs-trust' as never] },
      (tx) => tx.sql<{ n: string }>('SELECT count(*) AS n FROM gateway.slice WHERE disclosure_id = $1', [disclosure]),
    );
    return Number(rows[0]?.n ?? 0);
  }
});

describe('I17, I23: what fails is said to have failed, with a human route', () => {
  it('a source that is down is unavailable, never nothing known, and is logged', async () => {
    await world.trust.pause();
    const reply = await police().post(
      '/v1/exchanges/requests',
      anAsk({ categories: ['core-identity'], questions: [] }),
    );
    await world.trust.resume();

    expect(reply).toMatchObject({
      status: 503,
      body: {
        items: [{ category: 'core-identity', status: 'unavailable' }],
        escalation: { contact: { phone: '01632 960400' } },
      },
    });
  });

  it('a person’s share still waits for a person while the source is down', async () => {
    await world.trust.pause();
    const reply = await police().post(
      '/v1/exchanges/requests',
      anAsk({ categories: ['core-identity', 'full-medical-record'], questions: [] }),
    );
    await world.trust.resume();

    expect(reply).toMatchObject({
      status: 202,
      body: {
        outcome: 'awaiting-release',
        items: [{ status: 'unavailable' }, { status: 'in-review' }],
      },
    });
    expect(reply.headers['location']).toMatch(/\/v1\/exchanges\/requests\//);
  });
});

describe('an ask whose record was not committed', () => {
  it('may be made again at once under its key, as the same exchange and a new disclosure', async () => {
    const client = police();
    const idempotencyKey = 'a-key-of-a-lost-commit-01';
    const first = await (await fetched(client, 'cut-next', undefined, idempotencyKey)).answer;
    const again = await client.post('/v1/exchanges/requests', anAsk(), { idempotencyKey });

    expect(first.status).toBe(503);
    expect(again.status).toBe(200);
    const { retryOf } = JSON.parse(
      Buffer.from((again.body as AskAnswer).receipt.split('.')[1] ?? '', 'base64url').toString(),
    ) as { retryOf?: string };
    expect(retryOf).toBeDefined();
  });
});
