import type { AgencyClient, Reply } from '../support/agency-client.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

const LOOKING = { headers: { 'x-log-purpose': 'lawfulness' } };
const REASON = 'the neighbour heard the threats that made her object';

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

const council = (officer: string): AgencyClient => world.client('northmoor-council', officer);

async function ask(): Promise<Reply & { body: AskAnswer }> {
  const reply = await world.client('northmoor-police', 'np-4471').post('/v1/exchanges/requests', anAsk());
  return reply as Reply & { body: AskAnswer };
}

async function objection(): Promise<string> {
  const { body, status } = await council('nmc-lead-1').post('/v1/objections', {
    subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
    ground: 'a parent objects',
    officer: 'nmc-lead-1',
  });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

function overriding(id: string, officer = 'nmc-mgr-1', changes: object = {}): Promise<Reply> {
  return council(officer).post(`/v1/objections/${id}/override`, {
    officer,
    ground: 'child-at-risk-of-harm',
    reason: REASON,
    until: new Date(Date.now() + 7 * 86_400_000).toISOString(),
    notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: inAWeek() },
    ...changes,
  });
}

const inAWeek = (): string => new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);

describe('an objection in an enquiry about a child', () => {
  it('refuses in silence until a manager overrides it, and again once that ends', async () => {
    expect(await ask()).toMatchObject({ status: 200 });
    const id = await objection();
    const refused = await ask();
    const overridden = await overriding(id);
    const given = await ask();
    const ended = await council('nmc-lead-1').post(`/v1/objections/${id}/override/end`, {
      officer: 'nmc-lead-1',
      note: 'she is safe and objects still',
    });
    const again = await ask();
    await council('nmc-lead-1').post(`/v1/objections/${id}/withdrawal`, { officer: 'nmc-lead-1' });

    expect(refused).toMatchObject({ status: 403, body: { reason: 'request-refused' } });
    expect(JSON.stringify(refused.body)).not.toContain('objection');
    expect(overridden).toMatchObject({ status: 201, body: { objection: id, ground: 'child-at-risk-of-harm' } });
    expect(given).toMatchObject({ status: 200 });
    expect(ended).toMatchObject({ status: 201 });
    expect(again).toMatchObject({ status: 403, body: { reason: 'request-refused' } });
  });

  it('overridden, is before information governance at once, on record with its reason, and reviewed', async () => {
    const id = await objection();
    const { body } = (await overriding(id)) as Reply & { body: { disclosureId: string; reviewDueAt: string } };
    const governance = council('nmc-ig-1');
    const { body: listed } = await governance.get('/v1/alerts');
    const alert = (listed as { alerts: readonly { disclosureId: string }[] }).alerts.find(
      ({ disclosureId }) => disclosureId === body.disclosureId,
    );
    const looked = await governance.get(`/v1/disclosures/${body.disclosureId}`, LOOKING);
    const review = { finding: 'justified', text: 'spoke to the manager', officer: 'nmc-ig-1' };
    const reviewed = await governance.post(`/v1/disclosures/${body.disclosureId}/reviews`, review);
    await council('nmc-lead-1').post(`/v1/objections/${id}/withdrawal`, { officer: 'nmc-lead-1' });

    expect(alert).toMatchObject({
      kind: 'objection-override',
      rules: ['child-at-risk-of-harm'],
      addressed: ['data-protection-officer'],
      counterpart: null,
      dueAt: body.reviewDueAt,
    });
    expect(looked).toMatchObject({
      status: 200,
      body: { records: [{ kind: 'override', details: { objection: id, reason: REASON, notice: { given: false } } }] },
    });
    expect(reviewed).toMatchObject({ status: 201, body: { status: 'reviewed' } });
    expect(world.logged.join('')).not.toContain('threats');
  });

  it('is overridden by a manager, and not by who recorded it, nor by another agency, nor for any reason', async () => {
    const id = await objection();
    const refused = [
      await overriding(id, 'nmc-lead-1'),
      await world.client('northmoor-police', 'np-5200').post(`/v1/objections/${id}/override`, {
        officer: 'np-5200',
        ground: 'serious-crime',
        reason: REASON,
        until: new Date(Date.now() + 86_400_000).toISOString(),
        notice: { given: true },
      }),
      await overriding(id, 'nmc-mgr-1', { ground: 'convenience' }),
      await overriding(id, 'nmc-mgr-1', { notice: null }),
      await overriding(id, 'nmc-mgr-1', { until: new Date(Date.now() + 30 * 86_400_000).toISOString() }),
    ];
    const asked = await ask();
    await council('nmc-lead-1').post(`/v1/objections/${id}/withdrawal`, { officer: 'nmc-lead-1' });

    expect(refused.map(({ status }) => status)).toEqual([403, 404, 400, 400, 400]);
    expect(refused[2]).toMatchObject({ body: { errors: [{ pointer: '/ground' }] } });
    expect(refused[3]).toMatchObject({ body: { errors: [{ pointer: '/notice' }] } });
    expect(refused[4]).toMatchObject({ body: { errors: [{ pointer: '/until' }] } });
    expect(asked).toMatchObject({ status: 403 });
  });
});
