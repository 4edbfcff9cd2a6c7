import { decodeJwt } from 'jose';
import type { Reply } from '../support/agency-client.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { ReleaseDesk } from '../support/release-desk.js';

// Patient, for a machine that is busy with other suites.
import.meta.jest.setTimeout(60_000);

let world: GatewayWorld;
let desk: ReleaseDesk;
beforeAll(async () => {
  world = await gatewayWorld((seeded) => ({
    ...seeded,
    cases: [
      ...seeded.cases,
      {
        reference: 'nm-2026-0421',
        process: 'child-s47-enquiry',
        subject: 'dan',
        story: false,
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [{ agency: 'northmoor-council', team: 'nmc-csc', role: 'lead-practitioner', from: 3 }],
      },
    ],
  }));
  desk = new ReleaseDesk(world);
}, 120_000);
afterAll(() => world.close());

interface Handed extends AskAnswer {
  readonly obligations: readonly string[];
  readonly conditions?: Readonly<Record<string, readonly string[]>>;
}

/** The council's conference asks the force. */
async function councilAsks(categories: readonly string[]): Promise<Reply & { body: Handed }> {
  const reply = await world.client('northmoor-council', 'nmc-sw-1').post('/v1/exchanges/requests', {
    ...anAsk({
      kind: 'safeguarding',
      purpose: 'child-cp-conference',
      custodian: 'northmoor-police',
      custodianTeam: 'np-ppu',
      officer: { id: 'nmc-sw-1', role: 'social-worker' },
      function: { power: 'ca89-s47-enquiry', text: 'initial conference' },
      categories,
      questions: [],
      basis: null,
    }),
  });
  return reply as Reply & { body: Handed };
}

const statusOf = ({ body }: { body: Handed }, category: string): string | undefined =>
  body.items.find((item) => item.category === category)?.status;

const signed = (disclosure: string): Record<string, unknown> => decodeJwt(disclosure.split('~')[0] ?? '');

async function heldFor(act: () => Promise<void>): Promise<void> {
  const council = world.client('northmoor-council', 'nmc-mgr-1');
  const { body } = await council.post('/v1/holds', {
    subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
    reason: 'the record is disputed',
    officer: 'nmc-mgr-1',
  });
  await act();
  await council.post(`/v1/holds/${(body as { id: string }).id}/release`, { officer: 'nmc-mgr-1' });
}

describe('the conditions on which something is given', () => {
  it('are policy’s for all of it, signed with it', async () => {
    const { body } = (await desk.ask({ categories: ['core-identity'], textFor: [] })) as Reply & { body: Handed };

    expect(body.obligations).toContain('purpose-bound');
    expect(signed(body.disclosure)['obligations']).toEqual(body.obligations);
    expect(body).not.toHaveProperty('conditions');
  });

  it('are a force’s own handling codes for what its system marks, with what is fact and who the person is in it', async () => {
    const { body, status } = (await world.client('northmoor-council', 'nmc-sw-1').post('/v1/exchanges/requests', {
      ...anAsk({
        kind: 'safeguarding',
        custodian: 'northmoor-police',
        custodianTeam: 'np-ppu',
        subject: { role: 'alleged-source', pncId: '2009/0412877Q' },
        caseReference: 'nm-2026-0421',
        officer: { id: 'nmc-sw-1', role: 'social-worker' },
        function: { power: 'ca89-s47-enquiry', text: 's.47 enquiry' },
        categories: ['police-incidents', 'bail-and-orders'],
        questions: [{ category: 'police-incidents', code: 'call-outs-to-address' }],
        basis: null,
      }),
    })) as Reply & { body: Handed };

    expect(status).toBe(200);
    expect(body.conditions).toEqual({ 'bail-and-orders': ['do-not-tell-subject'] });
    expect(signed(body.disclosure)['conditions']).toEqual(body.conditions);
    expect(body.record['police-incidents']?.['incidents']).toEqual([
      expect.objectContaining({ assertion: 'fact', personAs: 'suspect', reliability: 'reliable' }),
    ]);
  });

  it('are put on by the person who releases, bind what the recipient is asked for later, and go on with it', async () => {
    const before = await councilAsks(['core-identity', 'present-concern']);
    let exchange = '';
    await heldFor(async () => {
      const waiting = await desk.waiting({ categories: ['core-identity', 'present-concern'], textFor: [] });
      exchange = waiting.exchange;
      await desk.read(waiting.id);
      const choice = { decision: 'release', reason: 'needed to protect her' };
      const unknown = await desk.decide(waiting.id, [
        { ...choice, category: 'present-concern', conditions: ['tell-nobody-ever'] },
      ]);
      expect(unknown).toMatchObject({ status: 400, body: { errors: [{ pointer: '/items/0/conditions/0' }] } });
      const released = await desk.decide(waiting.id, [
        { ...choice, category: 'core-identity', conditions: ['consult-owner-before-onward'] },
        { ...choice, category: 'present-concern', conditions: ['no-onward-disclosure'] },
      ]);
      expect(released).toMatchObject({ status: 200 });
    });
    const delivered = (await desk.inboxOf(exchange)) as unknown as Handed;
    const after = await councilAsks(['core-identity', 'present-concern', 'police-incidents']);

    expect([statusOf(before, 'core-identity'), statusOf(before, 'present-concern')]).toEqual(['released', 'released']);
    expect(delivered.conditions).toEqual({
      'core-identity': ['consult-owner-before-onward'],
      ...(delivered.record['present-concern'] !== undefined && { 'present-concern': ['no-onward-disclosure'] }),
    });
    expect(signed(delivered.disclosure)['conditions']).toEqual(delivered.conditions);
    expect(statusOf(after, 'core-identity')).toBe('in-review');
    expect(statusOf(after, 'police-incidents')).not.toBe('in-review');
  });

  it('are shown to the person who decides, who may still release; what they release carries them', async () => {
    const asked = await councilAsks(['core-identity']);
    expect(asked.status).toBe(202);
    const sergeant = world.client('northmoor-police', 'np-rel-1');
    const { body } = await sergeant.get('/v1/releases?status=due&limit=200');
    const found = (body as { releases: readonly { id: string; exchange: string }[] }).releases.find(
      (one) => one.exchange === asked.body.id,
    );
    const id = found?.id ?? '';
    const shown = await sergeant.get(`/v1/releases/${id}`);
    const released = await sergeant.post(`/v1/releases/${id}/decision`, {
      decision: 'release',
      items: [{ category: 'core-identity', decision: 'release', reason: 'the trust agrees, by telephone' }],
      officer: 'np-rel-1',
    });
    const inbox = await world.client('northmoor-council', 'nmc-sw-1').get('/v1/inbox?limit=100');
    const message = (inbox.body as { messages: readonly (Handed & { of: string })[] }).messages.find(
      ({ of }) => of === asked.body.id,
    );

    expect(shown).toMatchObject({
      status: 200,
      body: { weighs: [{ check: 'conditions-kept', detail: expect.stringContaining('northmoor-nhs-trust') }] },
    });
    expect(released).toMatchObject({ status: 200 });
    expect(message?.conditions).toEqual({ 'core-identity': ['consult-owner-before-onward'] });
    expect(JSON.stringify(message)).not.toContain('northmoor-nhs-trust');
  });
});
