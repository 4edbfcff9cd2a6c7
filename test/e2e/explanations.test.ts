import type { Explanation } from '../../src/core/decision/explain.js';
import { anAsk, blanked } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

type Told = Explanation & { readonly id: string; readonly disclosureId: string; readonly receipt: string };

const client = () => world.client('northmoor-police', 'np-4471');
const explained = (changes: Record<string, unknown> = {}, key?: string) =>
  client().post('/v1/decisions/explain', anAsk(changes), key === undefined ? {} : { idempotencyKey: key });

/** What an agency's information governance reads of its own record of a disclosure. */
async function recordOf(agency: string, officer: string, disclosure: string) {
  const reply = await world
    .client(agency, officer)
    .get(`/v1/disclosures/${disclosure}`, { headers: { 'x-log-purpose': 'lawfulness' } });
  const { records } = reply.body as {
    readonly records: readonly {
      readonly kind: string;
      readonly outcome: string;
      readonly details: Record<string, unknown>;
    }[];
  };
  return records[0];
}

describe('POST /v1/decisions/explain', () => {
  it('says what an ask would come to, category by category, with each check and what it rests on', async () => {
    const reply = await explained();
    const told = reply.body as Told;

    expect(reply.status).toBe(200);
    expect(told.outcome).toBe('would-be-answered');
    expect(Object.fromEntries(told.items.map(({ category, would }) => [category, would]))).toMatchObject({
      'injury-findings': 'release',
      household: 'minimise',
      'full-medical-record': 'wait-for-a-person',
      'hiv-sti': 'withhold',
    });
    expect(told.policy).toMatchObject({ row: 'POL-013', file: 'policies/child-s47-enquiry.yaml', version: 1 });
    expect(told.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['power-held', 'purpose-permitted']),
    );
    expect(told.smallestChange).toEqual(expect.any(String));
  });

  it('asks no custodian’s system for anything', async () => {
    const before = world.trust.asked.length;
    await explained();
    expect(world.trust.asked).toHaveLength(before);
  });

  it('tells a refusal that does not rest on the subject with its reasons, the same for a person nobody knows', async () => {
    const changes = { categories: ['hiv-sti'], questions: [] };
    const known = await explained(changes);
    const unknown = await explained({ ...changes, subject: { role: 'child', nhsNumber: '9990000573' } });

    expect(known).toMatchObject({ status: 200, body: { outcome: 'would-be-refused' } });
    expect((known.body as Told).items).toEqual([
      expect.objectContaining({ category: 'hiv-sti', would: 'withhold', reason: 'not-relevant-to-purpose' }),
    ]);
    expect(blanked(unknown.bytes.toString())).toBe(blanked(known.bytes.toString()));
  });

  it('answers one that rests on the subject exactly as the ask itself is answered', async () => {
    const changes = { subject: { role: 'child', nhsNumber: '9990000573' } };
    const told = await explained(changes);
    const asked = await client().post('/v1/exchanges/requests', anAsk(changes));

    expect(told.status).toBe(403);
    expect(blanked(told.bytes.toString())).toBe(blanked(asked.bytes.toString()));
    expect(told.bytes).toHaveLength(asked.bytes.length);
    expect(told.headers['content-type']).toBe(asked.headers['content-type']);
  });

  it('is on record before it is answered: the custodian’s with every finding, the requester’s with what it was told', async () => {
    const told = (await explained()).body as Told;
    const own = await recordOf('northmoor-police', 'np-ig-1', told.disclosureId);
    const theirs = await recordOf('northmoor-nhs-trust', 'nnt-ig-1', told.disclosureId);

    expect(own).toMatchObject({ kind: 'consult', outcome: 'recorded' });
    expect(own?.details['decision']).toBeUndefined();
    expect(own?.details['explanation']).toMatchObject({ outcome: told.outcome, items: told.items });
    const { findings } = theirs?.details['decision'] as { readonly findings: readonly { readonly check: string }[] };
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(['need-to-know', 'subject-identified']));
  });

  it('leaves nothing of a silent refusal in the requester’s own record', async () => {
    const { body } = await explained({ subject: { role: 'child', nhsNumber: '9990000573' } });
    const own = await recordOf('northmoor-police', 'np-ig-1', (body as Told).disclosureId);

    expect(own).toMatchObject({ kind: 'consult', outcome: 'refused' });
    expect(Object.keys(own?.details ?? {}).sort()).toEqual([
      ...['ask', 'explained', 'policyVersion', 'requestDigest', 'signature'],
    ]);
  });

  it('is decided again under its key, as another disclosure that says what it retries', async () => {
    const first = (await explained({}, 'a-key-for-an-explanation-01')).body as Told;
    const second = (await explained({}, 'a-key-for-an-explanation-01')).body as Told;

    expect(second.id).toBe(first.id);
    expect(second.disclosureId).not.toBe(first.disclosureId);
    expect(
      await client().post('/v1/exchanges/requests', anAsk(), { idempotencyKey: 'a-key-for-an-explanation-01' }),
    ).toMatchObject({
      status: 422,
    });
  });
});

describe('an ask for a purpose that is never allowed', () => {
  const attempt = () =>
    client().prepare('POST', '/v1/exchanges/requests', anAsk({ purpose: 'immigration-enforcement' }));
  const deniedFor = async (purpose: string): Promise<number> => {
    const reply = await world
      .client('northmoor-police', 'np-ig-1')
      .get(`/v1/disclosures?purpose=${purpose}`, { headers: { 'x-log-purpose': 'lawfulness' } });
    return (reply.body as { readonly disclosures: readonly unknown[] }).disclosures.length;
  };

  it('is malformed, spends nothing, and is found by the information governance of whoever tried', async () => {
    const before = await deniedFor('immigration-enforcement');
    const call = await attempt();
    const first = await client().send(call);
    const again = await client().send(call);

    expect([first, again].map(({ status }) => status)).toEqual([400, 400]);
    expect(first.body).toMatchObject({ errors: [{ pointer: '/purpose' }] });
    expect(await deniedFor('immigration-enforcement')).toBe(before + 2);
    expect(world.logged.filter((line) => line.includes('never allowed')).join('')).toContain('immigration-enforcement');
    expect(world.logged.filter((line) => line.includes('never allowed')).join('')).not.toContain('np-4471');
  });
});
