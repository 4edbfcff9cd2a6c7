import { anAsk, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;
let answer: AskAnswer;
let consent: string;

const AVA = { identifiers: [{ system: 'nhs-number', value: '9990000018' }] };
const purpose = { headers: { 'x-log-purpose': 'lawfulness' } };

beforeAll(async () => {
  world = await gatewayWorld();
  answer = (await world.client('northmoor-police', 'np-4471').post('/v1/exchanges/requests', anAsk()))
    .body as AskAnswer;
  const recorded = await world.client('northmoor-nhs-trust', 'nnt-mgr-1').post('/v1/consents', {
    subject: AVA,
    scope: ['present-concern'],
    recipients: ['northmoor-police'],
    purpose: 'child-s47-enquiry',
    obtained: { by: 'nnt-211', on: new Date().toISOString().slice(0, 10), how: 'told at the clinic' },
  });
  consent = (recorded.body as { id: string }).id;
  // The database's wall falls: what still holds is the application's own.
  const tables = await world.database.asOwner<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE nspname = 'gateway' AND relkind IN ('r', 'p') AND relrowsecurity`,
  );
  expect(tables.length).toBeGreaterThan(20);
  await world.database.asSuperuser(
    tables
      .map(
        ({ name }) =>
          `ALTER TABLE gateway.${name} NO FORCE ROW LEVEL SECURITY; ALTER TABLE gateway.${name} DISABLE ROW LEVEL SECURITY;`,
      )
      .join('\n'),
  );
});
afterAll(() => world.close());

describe('I16: without row-level security, the application alone keeps agencies apart', () => {
  it('an ask’s state is the asking agency’s alone', async () => {
    const path = `/v1/exchanges/requests/${answer.id}`;

    expect((await world.client('northmoor-police', 'np-4471').get(path)).status).toBe(200);
    expect((await world.client('eastvale-council', 'evc-sw-1').get(path)).status).toBe(404);
  });

  it('a disclosure is shown to its parties, each its own record, and to nobody else', async () => {
    const path = `/v1/disclosures/${answer.disclosureId}`;
    const police = await world.client('northmoor-police', 'np-ig-1').get(path, purpose);
    const trust = await world.client('northmoor-nhs-trust', 'nnt-ig-1').get(path, purpose);
    const stranger = await world.client('eastvale-council', 'evc-ig-1').get(path, purpose);

    expect([police.status, trust.status, stranger.status]).toEqual([200, 200, 404]);
    // The findings are the custodian's; the requester's record holds what its answer said.
    expect(trust.bytes.toString()).toContain('need-to-know');
    expect(police.bytes.toString()).not.toContain('need-to-know');
    expect((await world.client('eastvale-council', 'evc-ig-1').get(`${path}/proof`)).status).toBe(404);
  });

  it('a list holds one’s own records only', async () => {
    const listed = await world.client('eastvale-council', 'evc-ig-1').get('/v1/disclosures', purpose);

    expect(listed.status).toBe(200);
    expect(listed.bytes.toString()).not.toContain(answer.disclosureId);
  });

  it('nobody ends another agency’s consent, or looks up its people', async () => {
    const council = world.client('eastvale-council', 'evc-mgr-1');

    expect((await council.post(`/v1/consents/${consent}/withdrawal`, { officer: 'evc-mgr-1' })).status).toBe(404);
    expect((await council.post('/v1/subjects/lookup', AVA)).status).toBe(404);
    expect((await council.get('/v1/agencies/northmoor-police/officers')).status).toBeGreaterThanOrEqual(400);
  });
});
