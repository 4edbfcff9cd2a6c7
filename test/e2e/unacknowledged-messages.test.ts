import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { MessageEscalation } from '../../src/exchange/inbox/message-escalation.js';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { ReleaseDesk, type Delivered } from '../support/release-desk.js';

let world: GatewayWorld;
let other: RunningGateway;
let desk: ReleaseDesk;
beforeAll(async () => {
  world = await gatewayWorld();
  await world.database.asSuperuser(
    `UPDATE gateway.agency SET alternate_contact = duty_contact WHERE id = 'northmoor-police'`,
  );
  other = await world.another();
  // Nobody is told of anything unless a test asks for it.
  for (const { app } of [world.gateway, other])
    await app.get(MessageEscalation, { strict: false }).onApplicationShutdown();
  desk = new ReleaseDesk(world);
});
afterAll(() => world.close());

const sweep = (): Promise<unknown> =>
  Promise.all([world.gateway, other].map(({ app }) => app.get(MessageEscalation, { strict: false }).sweep()));

async function delivered(): Promise<{ exchange: string; disclosureId: string }> {
  const { id, exchange } = await desk.waiting();
  const { status, body } = await desk.decide(id, [await desk.sentence(id)]);
  expect(status).toBe(200);
  return { exchange, disclosureId: (body as { disclosureId: string }).disclosureId };
}

/** Lets time pass for one message: what was to be done by then is past by so much. */
const late = (exchange: string, column: 'acknowledge_by' | 'escalate_by'): Promise<unknown> =>
  world.database.asSuperuser(
    `UPDATE gateway.inbox_message SET ${column} = now() - interval '1 minute' WHERE exchange_id = '${exchange}'`,
  );

/** Which alerts about a disclosure an agency's people have, by whom they are addressed to. */
async function toldTo(agency: string, officer: string, disclosure: string): Promise<readonly (readonly string[])[]> {
  const { body } = await world.client(agency, officer).get('/v1/alerts?limit=200');
  const { alerts } = body as {
    alerts: readonly { kind: string; disclosureId: string; addressed: readonly string[]; rules: readonly string[] }[];
  };
  const about = alerts.filter(
    ({ kind, disclosureId }) => kind === 'message-unacknowledged' && disclosureId === disclosure,
  );
  for (const { rules } of about) expect(rules).toEqual(['urgent']);
  return about.map(({ addressed }) => addressed);
}
const police = (disclosure: string) => toldTo('northmoor-police', 'np-ig-1', disclosure);
const trust = (disclosure: string) => toldTo('northmoor-nhs-trust', 'nnt-ig-1', disclosure);

const DUTY = ['duty-contact'];

describe('a message that nobody acknowledged in time', () => {
  it('is due by the clock of its urgency, and a second time by the same', async () => {
    const { exchange } = await delivered();
    const database = await world.database.open('gateway');
    const [row] = await database.within({ parties: ['northmoor-police' as AgencyId] }, (tx) =>
      tx.sql<{ first: number; second: number }>(
        `SELECT extract(epoch FROM acknowledge_by - made_at)::int AS first,
           extract(epoch FROM escalate_by - acknowledge_by)::int AS second
         FROM gateway.inbox_message WHERE exchange_id = $1`,
        [exchange],
      ),
    );

    expect(row).toEqual({ first: 86_400, second: 86_400 });
  });

  it('is brought before the force’s duty contact and the trust, once; then before others of the force, once', async () => {
    const { exchange, disclosureId } = await delivered();
    const punctual = await delivered();
    await sweep();
    expect(await police(disclosureId)).toEqual([]);

    await late(exchange, 'acknowledge_by');
    await sweep();
    await sweep();
    expect(await police(disclosureId)).toEqual([DUTY]);
    expect(await trust(disclosureId)).toEqual([DUTY]);

    await late(exchange, 'escalate_by');
    await sweep();
    await sweep();
    expect(await police(disclosureId)).toEqual([DUTY, ['alternate-contact', 'data-protection-officer']]);
    expect(await trust(disclosureId)).toEqual([DUTY]);
    expect(await police(punctual.disclosureId)).toEqual([]);
    const measures = await (await fetch(`${world.publicUrl}/metrics`)).text();
    expect(measures).toMatch(/^gateway_alerts_total\{kind="message-unacknowledged"\} [1-9]/m);
    // It waits on, and is taken as any other.
    expect(await desk.inboxOf(exchange)).toMatchObject({ disclosureId });
  });

  it('is late though somebody read it: reading is not taking on', async () => {
    const { exchange, disclosureId } = await delivered();
    await desk.inboxOf(exchange);
    await late(exchange, 'acknowledge_by');
    await sweep();

    expect(await police(disclosureId)).toEqual([DUTY]);
  });

  it('is no longer late once somebody has acknowledged it, before or after it was', async () => {
    const [before, after] = [await delivered(), await delivered()];
    const take = async (exchange: string) => {
      const { messageId } = (await desk.inboxOf(exchange)) as Delivered;
      const body = { officer: 'np-4471', action: 'taken-on' };
      expect(await desk.police.post(`/v1/inbox/${messageId}/acknowledgement`, body)).toMatchObject({ status: 201 });
    };
    await take(before.exchange);
    await late(before.exchange, 'acknowledge_by');
    await late(after.exchange, 'acknowledge_by');
    await sweep();
    await take(after.exchange);
    await late(after.exchange, 'escalate_by');
    await sweep();

    expect(await police(before.disclosureId)).toEqual([]);
    expect(await police(after.disclosureId)).toEqual([DUTY]);
  });
});
