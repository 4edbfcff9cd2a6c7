import { setTimeout as pause } from 'node:timers/promises';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

describe('a gateway that is told to stop', () => {
  it('answers whole what it has begun, records that it was sent, and takes nothing more', async () => {
    const stopping = await world.another();
    const client = world.clientOf(stopping, 'northmoor-police', 'np-4471');
    const calls = await Promise.all(
      Array.from({ length: 12 }, () => client.prepare('POST', '/v1/exchanges/requests', anAsk())),
    );
    const searches = world.trust.asked.length;
    const replies = calls.map((call) => client.send(call));
    while (world.trust.asked.length < searches + 12) await pause(2);
    await stopping.close();
    const answers = await Promise.all(replies);

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    const disclosures = answers.map(({ body }) => (body as AskAnswer).disclosureId);
    expect(await sent(disclosures)).toBe(12);
    await expect(client.send(await client.prepare('GET', '/v1/policies'))).rejects.toThrow();
  });

  async function sent(disclosures: readonly string[]): Promise<number> {
    const database = await world.database.open('gateway');
    const rows = await database.within({ parties: ['northmoor-police' as never] }, (tx) =>
      tx.sql<{ n: string }>(
        `SELECT count(*) AS n FROM gateway.outcome WHERE disclosure_id = ANY($1) AND outcome = 'sent'`,
        [disclosures],
      ),
    );
    return Number(rows[0]?.n ?? 0);
  }
});
