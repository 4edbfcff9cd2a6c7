import { randomUUID } from 'node:crypto';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import { Database } from '../../src/platform/database/database.js';
import { exchange, type AgencyClient, type Reply } from '../support/agency-client.js';
import { anAsk, blanked } from '../support/asks.js';
import { AMPLE } from '../support/budgets.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

const DAY = 86_400;
const FAILURES = 5;

let world: GatewayWorld;
let other: RunningGateway;
beforeAll(async () => {
  world = await gatewayWorld((seeded) => seeded, {
    budgets: {
      ...AMPLE,
      asks: {
        ...AMPLE.asks,
        officer: { most: 6, withinSeconds: DAY },
        officerAndSubject: { most: 3, withinSeconds: DAY },
      },
      failures: { address: { most: FAILURES, withinSeconds: DAY } },
    },
  });
  other = await world.another();
});
afterAll(() => world.close());

const KNOWN = '9990000018';
const UNKNOWN = '9990000921';

function asked(client: AgencyClient, officer: object, nhsNumber: string, idempotencyKey: string = randomUUID()) {
  const subject = { ...(anAsk()['subject'] as object), nhsNumber };
  return client.post('/v1/exchanges/requests', anAsk({ officer, subject }), { idempotencyKey });
}

const PPU = { id: 'np-4471', role: 'police-ppu-officer' };
const INSPECTOR = { id: 'np-5200', role: 'police-inspector' };
const decided = (): Promise<number> =>
  world.gateway.app.get(Database).outside(async (tx) => {
    const [row] = await tx.sql<{ count: string }>(
      `SELECT (SELECT count(*) FROM gateway.pending) + (SELECT count(*) FROM gateway.log_entry) AS count`,
    );
    return Number(row?.count);
  });

/** An answer without what differs between any two answers. */
const bare = ({ status, headers, bytes }: Reply) => ({
  status,
  headers: Object.keys(headers).sort(),
  body: blanked(bytes.toString()),
});

describe('a budget', () => {
  it('is shared by two gateways, and a call past it is 429 and no decision', async () => {
    const clients = [world.client('northmoor-police', PPU.id), world.clientOf(other, 'northmoor-police', PPU.id)];
    const statuses: number[] = [];
    for (let time = 0; time < 3; time++) {
      statuses.push((await asked(clients[time % 2] as AgencyClient, PPU, KNOWN)).status);
    }
    expect(statuses).not.toContain(429);

    const before = await decided();
    const refused = await asked(clients[1] as AgencyClient, PPU, KNOWN);
    expect(refused).toMatchObject({ status: 429, body: { detail: 'too many requests' } });
    // A third of a day for one more about this person.
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(DAY / 3 - 120);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(DAY / 3);
    expect(await decided()).toBe(before);
  });

  it('tells nothing of the person asked about: somebody unknown counts alike and is answered alike', async () => {
    const client = world.client('northmoor-police', PPU.id);
    const before: number[] = [];
    for (let time = 0; time < 3; time++) before.push((await asked(client, PPU, UNKNOWN)).status);
    expect(before).not.toContain(429);
    const [known, unknown] = [await asked(client, PPU, KNOWN), await asked(client, PPU, UNKNOWN)];
    expect(known.status).toBe(429);
    expect(bare(unknown)).toEqual(bare(known));
  });

  it('refuses what comes after the key is judged, and leaves the key free for a later try', async () => {
    const client = world.client('northmoor-police', INSPECTOR.id);
    const key = randomUUID();
    const first = await asked(client, INSPECTOR, KNOWN, key);
    expect(first.status).toBe(403);
    for (let time = 0; time < 2; time++) await asked(client, INSPECTOR, KNOWN);

    const fresh = randomUUID();
    expect((await asked(client, INSPECTOR, KNOWN, fresh)).status).toBe(429);
    // Not 409: what was refused for its number is not running, and may be tried under the same key.
    expect((await asked(client, INSPECTOR, KNOWN, fresh)).status).toBe(429);
    expect((await asked(client, INSPECTOR, UNKNOWN, key)).status).toBe(422);
  });

  it('that refuses a call has it spent its proof', async () => {
    const client = world.client('northmoor-police', INSPECTOR.id);
    const prepared = await client.prepare('POST', '/v1/exchanges/requests', anAsk({ officer: INSPECTOR }));
    expect((await client.send(prepared)).status).toBe(429);
    expect(await client.send(prepared)).toMatchObject({ status: 401, body: { title: expect.stringMatching(/used/) } });
  });
});

describe('calls that prove nobody', () => {
  it('are turned away after some, while whoever shares their address and proves who they are is served', async () => {
    const good = world.clientOf(other, 'northmoor-council', 'nmc-mgr-1');
    expect((await good.get('/v1/agencies')).status).toBe(200);
    const address = `http://127.0.0.1:${String(other.port)}`;
    const nobody = (): Promise<Reply> => exchange(address, '/v1/agencies', 'GET', {}, Buffer.alloc(0));
    const statuses: number[] = [];
    for (let time = 0; time < FAILURES + 2; time++) statuses.push((await nobody()).status);
    expect(statuses).toEqual([...Array.from({ length: FAILURES }, () => 401), 429, 429]);
    expect((await nobody()).headers['retry-after']).toMatch(/^\d+$/);
    expect((await good.get('/v1/agencies')).status).toBe(200);
  });

  it('are not counted by the address of a proxy that nobody told the gateway of: it is everyone’s', async () => {
    const address = `http://127.0.0.1:${String(world.gateway.port)}`;
    const forwarded = { 'x-forwarded-for': '192.0.2.1' };
    for (let time = 0; time < FAILURES + 2; time++) {
      expect((await exchange(address, '/v1/agencies', 'GET', forwarded, Buffer.alloc(0))).status).toBe(401);
    }
    expect((await exchange(address, '/v1/agencies', 'GET', {}, Buffer.alloc(0))).status).toBe(401);
  });
});
