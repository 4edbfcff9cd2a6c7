import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import { blanked, type AskAnswer } from '../support/asks.js';
import { anEmergency } from '../support/emergencies.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

const ASK = '/v1/exchanges/requests';
const LOOKING = { headers: { 'x-log-purpose': 'lawfulness' } };

/** What an override's answer says besides. */
type OverrideAnswer = AskAnswer & { readonly expiresAt?: string; readonly reviewDueAt?: string };

interface ShownAlert {
  readonly id: string;
  readonly kind: string;
  readonly disclosureId: string;
  readonly counterpart: string;
  readonly addressed: readonly string[];
  readonly dueAt: string;
  readonly acknowledgedBy: string | null;
}

let world: GatewayWorld;
let other: RunningGateway;
beforeAll(async () => {
  world = await gatewayWorld();
  other = await world.another();
});
afterAll(() => world.close());

/** Each of its own officer: what one used before must not be in the other's way. */
const askingAs = (officer: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  anEmergency({
    officer: { id: officer, role: officer === 'np-5200' ? 'police-inspector' : 'police-ppu-officer' },
    ...changes,
  });

const inspector = (): AgencyClient => world.client('northmoor-police', 'np-5200');
const governance = (agency: string, officer: string): AgencyClient => world.client(agency, officer);

function ask(officer: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
  return world.client('northmoor-police', officer).post(ASK, askingAs(officer, changes));
}

async function alertsOf(agency: string, officer: string): Promise<readonly ShownAlert[]> {
  const { status, body } = await governance(agency, officer).get('/v1/alerts');
  expect(status).toBe(200);
  return (body as { alerts: ShownAlert[] }).alerts;
}

function reviewed(agency: string, officer: string, disclosure: string, finding: string): Promise<Reply> {
  const body = { finding, text: 'read the record and spoke to the inspector’s supervisor', officer };
  return governance(agency, officer).post(`/v1/disclosures/${disclosure}/reviews`, body);
}

const shown = ({ body }: Reply): OverrideAnswer => body as OverrideAnswer;
const reasonOf = ({ body }: Reply): string | undefined => (body as { reason?: string }).reason;
const hoursBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 3_600_000;

describe('6-16: an emergency override at 03:00', () => {
  let answer: OverrideAnswer;
  let askedAt: string;

  it('gives within seconds what the emergency names, without an involvement, and nothing it does not name', async () => {
    askedAt = new Date().toISOString();
    const reply = await inspector().post(ASK, anEmergency());
    expect(reply.status).toBe(200);
    answer = shown(reply);
    const statuses = Object.fromEntries(answer.items.map(({ category, status }) => [category, status]));
    expect(statuses).toMatchObject({ 'case-narrative': 'withheld', 'full-medical-record': 'withheld' });
    expect(['released', 'not-held']).toContain(statuses['protection-status']);
    expect(answer.record['protection-status']).toMatchObject({ outOfHoursTelephone: '01632 960011' });
  });

  it('runs out four hours later, and is to be reviewed by 17:00 of the next working day', () => {
    expect(hoursBetween(askedAt, answer.expiresAt ?? '')).toBeCloseTo(4, 1);
    const due = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit' });
    expect(due.format(new Date(answer.reviewDueAt ?? ''))).toBe('17:00');
    expect([0, 6]).not.toContain(new Date(answer.reviewDueAt ?? '').getUTCDay());
  });

  it('is on record with both parties as an override', async () => {
    for (const [agency, officer] of [
      ['northmoor-council', 'nmc-ig-1'],
      ['northmoor-police', 'np-ig-1'],
    ] as const) {
      const { body } = await governance(agency, officer).get(`/v1/disclosures/${answer.disclosureId}`, LOOKING);
      const [record] = (body as { records: { kind: string; emergency: boolean; reviewed: boolean; details: object }[] })
        .records;
      expect(record).toMatchObject({ kind: 'override', emergency: true, reviewed: false, outcome: 'partly-released' });
      expect(record?.details).toMatchObject({
        override: { expiresAt: answer.expiresAt, reviewDueAt: answer.reviewDueAt },
      });
    }
  });

  it('has alerted the custodian’s duty contact and data protection officer, and nobody else', async () => {
    const alerts = await alertsOf('northmoor-council', 'nmc-ig-1');
    expect(alerts.filter(({ disclosureId }) => disclosureId === answer.disclosureId)).toMatchObject([
      {
        kind: 'override',
        counterpart: 'northmoor-police',
        addressed: ['duty-contact', 'data-protection-officer'],
        dueAt: answer.reviewDueAt,
        acknowledgedBy: null,
      },
    ]);
    expect(await alertsOf('northmoor-nhs-trust', 'nnt-ig-1')).toEqual([]);
    expect(world.logged.join('')).toContain('information governance was alerted');
  });

  it('is acknowledged by one named officer, once', async () => {
    const [alert] = await alertsOf('northmoor-council', 'nmc-ig-1');
    const path = `/v1/alerts/${alert?.id ?? ''}/acknowledgement`;
    const first = await governance('northmoor-council', 'nmc-ig-1').post(path, { officer: 'nmc-ig-1' });
    expect(first).toMatchObject({ status: 200, body: { acknowledgedBy: 'nmc-ig-1' } });
    const again = await governance('northmoor-council', 'nmc-ig-2').post(path, { officer: 'nmc-ig-2' });
    expect(again.status).toBe(409);
    expect(await alertsOf('northmoor-council', 'nmc-ig-1')).toEqual([]);
    const foreign = await governance('northmoor-nhs-trust', 'nnt-ig-1').post(path, { officer: 'nnt-ig-1' });
    expect(foreign.status).toBe(404);
  });

  it('goes on for the same child and case while it is open: an answer that was lost is asked for again', async () => {
    const reply = await inspector().post(ASK, anEmergency());
    expect(reply.status).toBe(200);
    expect(shown(reply).expiresAt).toBe(answer.expiresAt);
    expect(shown(reply).disclosureId).not.toBe(answer.disclosureId);
  });

  it.each([
    ['another child', { subject: { role: 'child', nhsNumber: '9990000085' } }],
    ['another case', { caseReference: 'np-2026-0301' }],
    [
      'more than it named',
      {
        emergency: { ...(anEmergency()['emergency'] as object), categories: ['protection-status', 'present-concern'] },
      },
    ],
  ])('blocks the same officer’s next one for %s, on either gateway', async (_what, changes) => {
    const refused = await inspector().post(ASK, anEmergency(changes));
    expect(refused.status).toBe(403);
    expect(reasonOf(refused)).toBe('override-unreviewed');
    const there = await world.clientOf(other, 'northmoor-police', 'np-5200').post(ASK, anEmergency(changes));
    expect(blanked(there.bytes.toString())).toBe(blanked(refused.bytes.toString()));
  });

  it('is not asked for again once its hours have run out', async () => {
    await world.database.asSuperuser(
      `UPDATE gateway.override_used SET used_at = used_at - interval '5 hours', expires_at = expires_at - interval '5 hours'`,
    );
    expect(reasonOf(await inspector().post(ASK, anEmergency()))).toBe('override-unreviewed');
  });

  it('JUSTIFIED: reviewed by the custodian, each of its disclosures, its officer may make another', async () => {
    const { body } = await governance('northmoor-council', 'nmc-ig-1').get(
      '/v1/disclosures?kind=override&reviewed=false',
      LOOKING,
    );
    const waiting = (body as { disclosures: { id: string }[] }).disclosures;
    expect(waiting.map(({ id }) => id)).toContain(answer.disclosureId);
    expect(waiting).toHaveLength(2);
    for (const { id } of waiting)
      expect(await reviewed('northmoor-council', 'nmc-ig-2', id, 'justified')).toMatchObject({
        status: 201,
        body: { disclosureId: id, finding: 'justified', status: 'reviewed' },
      });
    for (const [agency, officer] of [
      ['northmoor-council', 'nmc-ig-1'],
      ['northmoor-police', 'np-ig-1'],
    ] as const) {
      const path = `/v1/disclosures?kind=override&reviewed=true`;
      const seen = await governance(agency, officer).get(path, LOOKING);
      expect((seen.body as { disclosures: unknown[] }).disclosures).toHaveLength(2);
    }
    expect(await alertsOf('northmoor-council', 'nmc-ig-1')).toHaveLength(1);
    expect((await inspector().post(ASK, anEmergency({ caseReference: 'np-2026-0302' }))).status).toBe(200);
  });

  it('UNJUSTIFIED: an incident at both agencies, its 72 hours begun', async () => {
    const { disclosureId } = shown(await ask('np-4472'));
    const before = new Date().toISOString();
    const review = await reviewed('northmoor-council', 'nmc-ig-1', disclosureId, 'unjustified');
    const { incident } = review.body as { incident?: { notifyBy: string } };
    expect(hoursBetween(before, incident?.notifyBy ?? '')).toBeCloseTo(72, 1);
    for (const [agency, officer] of [
      ['northmoor-council', 'nmc-ig-1'],
      ['northmoor-police', 'np-ig-1'],
    ] as const) {
      const incidents = (await alertsOf(agency, officer)).filter(({ kind }) => kind === 'incident');
      expect(incidents).toMatchObject([{ disclosureId, dueAt: incident?.notifyBy }]);
    }
  });

  it('reviewed by the agency that used it counts once a second of its officers agrees, the graver finding of the two', async () => {
    const { disclosureId } = shown(await ask('np-4473'));
    const first = await reviewed('northmoor-police', 'np-ig-1', disclosureId, 'justified');
    expect(first).toMatchObject({ status: 201, body: { status: 'awaits-second' } });
    expect((await reviewed('northmoor-police', 'np-ig-1', disclosureId, 'justified')).status).toBe(409);
    expect(reasonOf(await ask('np-4473', { caseReference: 'np-2026-0303' }))).toBe('override-unreviewed');
    const second = await reviewed('northmoor-police', 'np-ig-2', disclosureId, 'justified-with-advice');
    expect(second).toMatchObject({ status: 201, body: { status: 'reviewed' } });
    expect((await ask('np-4473', { caseReference: 'np-2026-0303' })).status).toBe(200);
  });

  it('is reviewed by nobody who does not govern, and by no agency that has no record of it', async () => {
    const { disclosureId } = shown(await ask('np-4473', { caseReference: 'np-2026-0303' }));
    expect((await reviewed('northmoor-police', 'np-4473', disclosureId, 'justified')).status).toBe(403);
    expect((await reviewed('northmoor-nhs-trust', 'nnt-ig-1', disclosureId, 'justified')).status).toBe(404);
    const posed = { finding: 'justified', text: 'for a colleague', officer: 'np-ig-2' };
    const path = `/v1/disclosures/${disclosureId}/reviews`;
    expect((await governance('northmoor-police', 'np-ig-1').post(path, posed)).status).toBe(401);
  });

  it('of many at once by one officer, each in another case, on two gateways, lets one through', async () => {
    const officer = 'np-4471';
    const here = world.clientOf(world.gateway, 'northmoor-police', officer);
    const there = world.clientOf(other, 'northmoor-police', officer);
    const cases = Array.from({ length: 8 }, (_, index) => `np-2026-04${String(index).padStart(2, '0')}`);
    const replies = await Promise.all(
      cases.map((caseReference, index) =>
        (index % 2 === 0 ? here : there).post(ASK, askingAs(officer, { caseReference })),
      ),
    );
    const through = replies.filter(({ status }) => status === 200);
    expect(through).toHaveLength(1);
    const refused = replies.filter(({ status }) => status === 403);
    expect(refused.map(reasonOf)).toEqual(Array.from({ length: 7 }, () => 'override-unreviewed'));
  });

  it('that gives nothing uses none: after a mistyped number the officer asks again', async () => {
    const unknown = await ask('np-4472', {
      subject: { role: 'child', nhsNumber: '9990000514' },
      caseReference: 'np-7',
    });
    expect(unknown.status).toBe(403);
    expect(reasonOf(unknown)).toBe('request-refused');
    expect((await ask('np-4472', { caseReference: 'np-7' })).status).toBe(200);
  });
});
