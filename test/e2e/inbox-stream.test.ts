import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { STREAMS_OF_AN_AGENCY } from '../../src/exchange/inbox/inbox-streams.js';
import { Notices } from '../../src/platform/database/notices.js';
import type { AgencyClient } from '../support/agency-client.js';
import { openStream, type EventStream } from '../support/event-stream.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { CANARIES, ReleaseDesk, SENTENCE, type Delivered } from '../support/release-desk.js';

const POLICE = 'northmoor-police';

let world: GatewayWorld;
let other: RunningGateway;
let desk: ReleaseDesk;
const opened: EventStream[] = [];
beforeAll(async () => {
  world = await gatewayWorld(undefined, { operator: 'northmoor-council' as AgencyId });
  other = await world.another();
  desk = new ReleaseDesk(world);
});
afterEach(async () => {
  for (const stream of opened.splice(0)) {
    stream.close();
    await stream.ended;
  }
});
afterAll(() => world.close());

const at = (gateway: RunningGateway): string => `http://127.0.0.1:${String(gateway.port)}`;

async function listen(
  officer = 'np-4471',
  { lastEventId, gateway = world.gateway }: { lastEventId?: string; gateway?: RunningGateway } = {},
  client: AgencyClient = world.clientOf(gateway, POLICE, officer),
): Promise<EventStream> {
  const stream = await openStream(client, at(gateway), lastEventId === undefined ? {} : { lastEventId });
  opened.push(stream);
  return stream;
}

/** Lets a sentence of the narrative be delivered, and gives the exchange. */
async function delivered(): Promise<string> {
  const { id, exchange } = await desk.waiting();
  expect(await desk.decide(id, [await desk.sentence(id)])).toMatchObject({ status: 200 });
  return exchange;
}

async function acknowledgeAll(): Promise<void> {
  const { messages } = (await desk.police.get('/v1/inbox?limit=100')).body as { messages: readonly Delivered[] };
  for (const { messageId } of messages)
    await desk.police.post(`/v1/inbox/${messageId}/acknowledgement`, { officer: 'np-4471', action: 'read' });
}
beforeEach(acknowledgeAll);

/** Two administrators end what a stream rests on. */
async function byTwo(client: (officer: string) => AgencyClient, method: 'POST' | 'PATCH', path: string, body: object) {
  const second = 'np-adm-2';
  const proposed = await client('np-adm-1').call(method, path, body);
  expect(proposed.status).toBe(202);
  const { id } = proposed.body as { id: string };
  const approved = await client(second).post(`${path}/${id}/approval`, { officer: second });
  expect(approved.status).toBeLessThan(300);
}

describe('GET /v1/inbox/stream', () => {
  it('need not wait until it looks by itself: every gateway hears of a delivery, with its commit', async () => {
    const heard: (string | undefined)[] = [];
    const hears = new Promise<void>((resolve) => {
      other.app.get(Notices).on('inbox', (changed) => {
        heard.push(changed);
        resolve();
      });
    });
    await delivered();
    await hears;

    expect(heard).toEqual([POLICE]);
  });

  it('tells what waits and, at once, what is delivered, through whichever gateway: ids and kinds, never content', async () => {
    const first = await delivered();
    const [here, there] = [await listen(), await listen('np-4472', { gateway: other })];
    await here.events(1);
    const second = await delivered();
    const told = [await here.events(2), await there.events(2)];
    const ids = await Promise.all([first, second].map(async (exchange) => (await desk.inboxOf(exchange))?.messageId));

    expect(here).toMatchObject({ status: 200, contentType: 'text/event-stream' });
    for (const events of told)
      expect(events).toEqual(ids.map((id) => ({ event: 'message', id, data: { messageId: id, kind: 'released' } })));
    for (const { text } of [here, there])
      for (const canary of [...CANARIES, SENTENCE]) expect(text()).not.toContain(canary);
  });

  it('goes on after the last event its system had; what lies close before may be told again', async () => {
    await delivered();
    const before = await listen();
    const [event] = await before.events(1);
    before.close();
    const exchange = await delivered();
    const after = await listen('np-4471', { lastEventId: event?.id ?? '' });
    const message = await desk.inboxOf(exchange);

    expect((await after.events(2)).map(({ id }) => id)).toContain(message?.messageId);
    const late = await listen('np-4471', { lastEventId: 'ffffffff-ffff-7fff-bfff-ffffffffffff' });
    const fresh = await listen();
    await fresh.events(2);
    expect(late.text()).not.toContain('message');
  });

  it('tells a team of its own messages alone', async () => {
    await delivered();
    const [ppu, cid] = [await listen(), await listen('np-6001')];
    await ppu.events(1);
    await delivered();
    await ppu.events(2);

    expect(cid.status).toBe(200);
    expect(cid.text()).not.toContain('messageId');
  });

  it('does not open for an officer without the duty, nor for an event that is none', async () => {
    const noDuty = await listen('np-adm-1');
    const noEvent = await listen('np-4471', { lastEventId: 'yesterday' });

    expect([noDuty.status, noEvent.status]).toEqual([403, 400]);
    expect(noDuty.contentType).toContain('application/problem+json');
  });

  it('is as many as an agency may hold, at each gateway: one more is 429 until one is closed', async () => {
    const streams = await Promise.all(Array.from({ length: STREAMS_OF_AN_AGENCY }, () => listen()));
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    expect((await listen()).status).toBe(429);
    expect((await listen('np-4471', { gateway: other })).status).toBe(200);
    expect((await listen('nmc-sw-1', {}, world.client('northmoor-council', 'nmc-sw-1'))).status).toBe(200);
    streams[0]?.close();
    let status = 429;
    while (status === 429) ({ status } = await listen());
    expect(status).toBe(200);
  });

  it('ends when its officer’s role does, made so at another gateway', async () => {
    const stream = await listen('np-4473');
    const untouched = await listen();
    const path = `/v1/agencies/${POLICE}/officers/np-4473`;
    await byTwo((officer) => world.clientOf(other, POLICE, officer), 'PATCH', path, { to: new Date().toISOString() });
    await stream.ended;

    await delivered();
    expect(await untouched.events(1)).toHaveLength(1);
    expect((await listen('np-4473')).status).toBe(403);
  });

  it('ends when its gateway is told to stop, which is not kept by it', async () => {
    const stopping = await world.another();
    const stream = await listen('np-4471', { gateway: stopping });
    expect(stream.status).toBe(200);
    await stopping.close();
    await stream.ended;
  });
});

describe('a stream whose agency is suspended', () => {
  it('ends', async () => {
    const stream = await listen();
    const council = (officer: string) => world.clientOf(other, 'northmoor-council', officer);
    const path = `/v1/agencies/${POLICE}/suspension`;
    const proposed = await council('nmc-adm-1').post(path, { reason: 'a breach is looked into' });
    const { id } = proposed.body as { id: string };
    expect((await council('nmc-adm-2').post(`${path}/${id}/approval`, { officer: 'nmc-adm-2' })).status).toBeLessThan(
      300,
    );
    await stream.ended;
  });
});
