import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import type { Reply } from '../support/agency-client.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;
let other: RunningGateway;

beforeAll(async () => {
  world = await gatewayWorld();
  other = await world.another();
}, 120_000);
afterAll(() => world.close());

const AVA = { identifiers: [{ system: 'nhs-number', value: '9990000018' }] };
const ask = (): Promise<Reply> =>
  world.clientOf(other, 'northmoor-police', 'np-4471').post('/v1/exchanges/requests', anAsk());
const council = (path: string, body: object): Promise<Reply> =>
  world.client('northmoor-council', 'nmc-mgr-1').post(path, { subject: AVA, officer: 'nmc-mgr-1', ...body });

/** The order in which the log's entries and a change were committed decides; the change's own answer is its commit. */
async function race(change: () => Promise<Reply>): Promise<{ readonly during: Reply[]; readonly after: Reply }> {
  const flight = Array.from({ length: 6 }, ask);
  const changed = await change();
  expect(changed.status).toBeLessThan(300);
  // Begun after the change was committed, on another gateway: must see it.
  const after = await ask();
  return { during: await Promise.all(flight), after };
}

describe('I9: authority is read again under lock in the committing transaction', () => {
  it('a withdrawal, an inserted row of another agency, stops what rests on consent in every later answer', async () => {
    const recorded = await world.client('northmoor-nhs-trust', 'nnt-mgr-1').post('/v1/consents', {
      subject: AVA,
      scope: ['present-concern'],
      recipients: ['northmoor-police'],
      purpose: 'child-s47-enquiry',
      obtained: { by: 'nnt-211', on: new Date().toISOString().slice(0, 10), how: 'told at the clinic' },
    });
    const { id } = recorded.body as { id: string };
    const { during, after } = await race(() =>
      world.client('northmoor-nhs-trust', 'nnt-mgr-1').post(`/v1/consents/${id}/withdrawal`, {
        officer: 'nnt-mgr-1',
        at: new Date().toISOString(),
        note: 'by telephone',
      }),
    );

    for (const reply of during) expect(reply.status).toBe(200);
    const items = (after.body as AskAnswer).items;
    expect(items.find(({ category }) => category === 'present-concern')?.status).toBe('in-review');
    expect((after.body as AskAnswer).record['present-concern']).toBeUndefined();
    expect((after.body as AskAnswer).record['injury-findings']).toBeDefined();
  }, 60_000);

  it('an objection recorded by another agency refuses every later answer', async () => {
    const { during, after } = await race(() => council('/v1/objections', { ground: 'objects' }));

    for (const reply of during) expect([200, 403]).toContain(reply.status);
    expect(after).toMatchObject({ status: 403, body: { reason: 'request-refused' } });
  }, 60_000);

  it('an ended role, a revoked key and a suspended client are felt by the next call on another gateway', async () => {
    const administrators = world.client('northmoor-police', 'np-adm-1');
    const proposed = await administrators.patch('/v1/agencies/northmoor-police/officers/np-4471', {
      to: new Date().toISOString(),
      officer: 'np-adm-1',
    });
    expect([202, 400]).toContain(proposed.status);
    if (proposed.status === 400) {
      const again = await administrators.patch('/v1/agencies/northmoor-police/officers/np-4471', {
        to: new Date().toISOString(),
      });
      expect(again.status).toBe(202);
      await approve(again);
    } else await approve(proposed);
    expect(await ask()).toMatchObject({ status: 403, body: { reason: 'requester-role-invalid' } });
  }, 60_000);

  async function approve(proposed: Reply): Promise<void> {
    const { id } = proposed.body as { id: string };
    const approved = await world
      .client('northmoor-police', 'np-adm-2')
      .post(`/v1/agencies/northmoor-police/officers/np-4471/${id}/approval`, { officer: 'np-adm-2' });
    expect(approved.status).toBeLessThan(300);
  }
});

describe('I10: a proof is accepted once across gateways', () => {
  it('one proof sent fifty times to two gateways: one accepted', async () => {
    const prepared = await world
      .client('northmoor-police', 'np-5200')
      .prepare('POST', '/v1/exchanges/requests', anAsk({ officer: { id: 'np-5200', role: 'police-inspector' } }));
    const senders = [world.client('northmoor-police', 'np-5200'), world.clientOf(other, 'northmoor-police', 'np-5200')];
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => senders[index % 2]?.send(prepared) as Promise<Reply>),
    );
    const statuses = replies.map(({ status }) => status);

    expect(statuses.filter((status) => status === 403)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(49);
  }, 60_000);
});
