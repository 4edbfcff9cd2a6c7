import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { Reply } from '../support/agency-client.js';
import { anAsk, blanked, type AskAnswer } from '../support/asks.js';
import { anEmergency } from '../support/emergencies.js';
import { gatewayWorld, type Adapted, type GatewayWorld } from '../support/gateway-world.js';

const ASK = '/v1/exchanges/requests';
const LIMITS = {
  people: { most: 5, withinSeconds: 7200 },
  ways: { most: 3, withinSeconds: 86_400 },
  beyondOnePurpose: { officer: { most: 1, withinSeconds: 86_400 }, agency: { most: 40, withinSeconds: 86_400 } },
} as const;

/** With an officer who bears the name of a family that their force works with. */
const withNamesakes: Adapted = (demo) => ({
  ...demo,
  agencies: demo.agencies.map((agency) => ({
    ...agency,
    ...(agency.id === 'northmoor-police' && {
      officers: [
        ...agency.officers,
        { id: 'np-4474', name: 'Bo Northmoor-Test', role: 'police-ppu-officer', team: 'np-ppu', story: false },
      ],
    }),
  })),
});

let world: GatewayWorld;
let other: RunningGateway;
beforeAll(async () => {
  world = await gatewayWorld(withNamesakes, { conduct: LIMITS });
  other = await world.another();
});
afterAll(() => world.close());

/** NHS numbers of the test range with their check digits, of people nobody knows. */
function strangers(count: number): readonly string[] {
  const numbers: string[] = [];
  for (let serial = 700; numbers.length < count; serial += 1) {
    const digits = `999000${String(serial).padStart(3, '0')}`;
    const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) numbers.push(digits + String(check));
  }
  return numbers;
}

/** An ask of an officer, by one gateway or the other in turn. */
let turn = 0;
function ask(officer: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
  turn += 1;
  const to = turn % 2 === 0 ? world.gateway : other;
  const role = officer === 'np-5200' ? 'police-inspector' : 'police-ppu-officer';
  return world
    .clientOf(to, 'northmoor-police', officer)
    .post(ASK, anAsk({ officer: { id: officer, role }, ...changes }));
}

async function patternsOf(agency: string, officer: string): Promise<readonly { readonly rules: readonly string[] }[]> {
  const { body } = await world.client(agency, officer).get('/v1/alerts');
  const { alerts } = body as { alerts: { kind: string; rules: string[]; addressed: string[] }[] };
  return alerts.filter(({ kind }) => kind === 'pattern');
}

const shown = ({ body }: Reply): AskAnswer => body as AskAnswer;

const [first = '', ...people] = strangers(8);

describe('6-8: (b) a script that walks a list of people', () => {
  it('is answered as ever while it is within what one officer works on', async () => {
    expect((await ask('np-4471')).status).toBe(200);
  });

  it('waits for a person once it asked about too many, whoever of them was known, over both gateways', async () => {
    const early = await ask('np-4471', { subject: { role: 'child', nhsNumber: first } });
    for (const nhsNumber of people) {
      const refused = await ask('np-4471', { subject: { role: 'child', nhsNumber } });
      // The same refusal before and after: nothing tells a stranger from somebody known.
      expect(blanked(refused.bytes.toString())).toBe(blanked(early.bytes.toString()));
    }
    const known = await ask('np-4471');
    expect(known.status).toBe(202);
    const { items } = shown(known);
    expect(items.filter(({ status }) => status === 'in-review').map(({ reason }) => reason)).toContain(
      'pattern-suspect',
    );
    expect(items.every(({ status }) => status === 'in-review' || status === 'withheld')).toBe(true);
    const { body } = await world
      .client('northmoor-nhs-trust', 'nnt-ig-1')
      .get(`/v1/disclosures/${shown(known).disclosureId}`, { headers: { 'x-log-purpose': 'lawfulness' } });
    expect(body).toMatchObject({ records: [{ kind: 'request', outcome: 'awaiting-release' }] });
    const [record] = (body as { records: readonly { details: { decision: { findings: readonly object[] } } }[] })
      .records;
    expect(record?.details.decision.findings).toContainEqual(
      expect.objectContaining({ check: 'bulk-walk', outcome: 'person', reason: 'pattern-suspect' }),
    );
  });

  it('alerts the supervisor and data protection officer of both parties, once for all of it', async () => {
    for (const [agency, officer] of [
      ['northmoor-police', 'np-ig-1'],
      ['northmoor-nhs-trust', 'nnt-ig-1'],
    ] as const)
      expect(await patternsOf(agency, officer)).toMatchObject([
        { rules: ['bulk-walk'], addressed: ['supervisor', 'data-protection-officer'] },
      ]);
    expect(await patternsOf('northmoor-council', 'nmc-ig-1')).toEqual([]);
  });

  it('keeps no colleague waiting', async () => {
    const ben = { subject: { role: 'child', nhsNumber: '9990000085' }, caseReference: 'nm-2026-0418' };
    const asked = { ...ben, custodian: 'northmoor-council', custodianTeam: 'nmc-csc', questions: [] };
    const purpose = { purpose: 'child-strategy-discussion', categories: ['core-identity', 'present-concern'] };
    expect((await ask('np-4473', { ...asked, ...purpose })).status).toBe(200);
  });
});

/** An ask about Ben, with whom the whole public-protection team works. */
const aboutBen = (changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  ...{ subject: { role: 'child', nhsNumber: '9990000085' }, caseReference: 'nm-2026-0418' },
  ...{ custodian: 'northmoor-council', custodianTeam: 'nmc-csc', questions: [] },
  ...{ purpose: 'child-strategy-discussion', categories: ['core-identity', 'present-concern'] },
  ...changes,
});

describe('narrow asks about one person', () => {
  it('in ever other periods wait for a person: the difference of two answers was never given', async () => {
    const day = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    const ben = { subject: { role: 'child', nhsNumber: '9990000085' }, caseReference: 'nm-2026-0418' };
    const asked = (from: number): Readonly<Record<string, unknown>> => ({
      ...ben,
      ...{ custodian: 'northmoor-council', custodianTeam: 'nmc-csc', questions: [] },
      ...{ purpose: 'child-strategy-discussion', categories: ['core-identity', 'present-concern'] },
      period: { from: day(from), to: day(0) },
    });
    const statuses: number[] = [];
    for (const from of [100, 99, 98, 97]) statuses.push((await ask('np-4472', asked(from))).status);
    expect(statuses).toEqual([200, 200, 200, 202]);
    expect((await ask('np-4472', asked(100))).status).toBe(202);
  });

  it('are counted when they are only explained, too', async () => {
    const officer = { id: 'np-5200', role: 'police-inspector' };
    for (const nhsNumber of strangers(12).slice(6)) {
      const body = anAsk({ officer, subject: { role: 'child', nhsNumber } });
      await world.client('northmoor-police', 'np-5200').post('/v1/decisions/explain', body);
    }
    await ask('np-5200');
    expect(await patternsOf('northmoor-police', 'np-ig-1')).toContainEqual(
      expect.objectContaining({ rules: ['bulk-walk'] }),
    );
    const ids = (await patternsOf('northmoor-police', 'np-ig-1')).filter(({ rules }) => rules[0] === 'bulk-walk');
    expect(ids).toHaveLength(2);
  });

  it('do not keep an emergency waiting, which is alerted for both', async () => {
    const reply = await world.client('northmoor-police', 'np-5200').post(ASK, anEmergency());
    expect(reply.status).toBe(200);
    expect(shown(reply).items).toContainEqual(expect.objectContaining({ status: 'released' }));
    const rules = (await patternsOf('northmoor-council', 'nmc-ig-1')).flatMap((alert) => alert.rules);
    expect(rules).toContain('bulk-walk');
  });
});

describe('who asks about whom', () => {
  it('an officer who bears the name of the family waits for a person; the custodian alone is alerted', async () => {
    const reply = await ask('np-4474', aboutBen());
    expect(reply.status).toBe(202);
    expect(shown(reply).items.every(({ reason }) => reason === 'person-decides')).toBe(true);
    const rules = (await patternsOf('northmoor-council', 'nmc-ig-1')).flatMap((alert) => alert.rules);
    expect(rules).toContain('namesake');
    const told = (await patternsOf('northmoor-police', 'np-ig-1')).flatMap((alert) => alert.rules);
    expect(told).not.toContain('namesake');
  });

  it('someone in the news, on the watch list of whoever knows it, is for a person, whoever asks', async () => {
    const cara = [{ system: 'nhs-number', value: '9990000085' }];
    const body = {
      subject: { identifiers: cara },
      kind: 'watch-listed',
      evidence: 'in the papers',
      officer: 'nmc-lead-1',
    };
    const listed = await world.client('northmoor-council', 'nmc-lead-1').post('/v1/protections', body);
    expect([200, 201]).toContain(listed.status);
    expect((await ask('np-4473', aboutBen())).status).toBe(202);
    const rules = (await patternsOf('northmoor-council', 'nmc-ig-1')).flatMap((alert) => alert.rules);
    expect(rules).toContain('watch-listed');
  });

  it('a refusal names the alternate contact where the duty contact bears the name that was asked about, known or not', async () => {
    await world.database.asSuperuser(
      `UPDATE gateway.agency SET alternate_contact = '{"name":"Lou Alternate","phone":"01632 960099","email":"lou@alternate.example"}',
         duty_contact = '{"name":"Kim Eastvale-Test","phone":"01632 960098","email":"kim@duty.example"}'
       WHERE id = 'northmoor-council';
       UPDATE gateway.anchor SET version = version + 1 WHERE kind = 'agency' AND id = 'northmoor-council'`,
    );
    const escalationOf = async (subject: object): Promise<unknown> => {
      const { body, status } = await ask('np-5200', aboutBen({ subject: { role: 'child', ...subject } }));
      expect(status).toBe(403);
      return (body as { escalation: { contact: { name: string } } }).escalation.contact.name;
    };
    const known = { nhsNumber: '9990000158' };
    const unknown = { nhsNumber: people[0] };
    for (const subject of [known, unknown]) {
      expect(await escalationOf(subject)).toBe('Kim Eastvale-Test');
      expect(await escalationOf({ ...subject, familyName: 'Eastvale-Test' })).toBe('Lou Alternate');
    }
  });
});
