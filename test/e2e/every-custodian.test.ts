import { worldJson } from '../../src/cli/demo/world-json.js';
import type { Reply } from '../support/agency-client.js';
import type { AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

// Every agency of the cast answers asks, whatever its records are kept in: FHIR, JSON in three shapes, or deposits.

interface Example {
  readonly name: string;
  readonly agency: string;
  readonly officer: string;
  readonly ask: Readonly<Record<string, unknown>>;
  readonly expect: { readonly status: number; readonly outcome?: string; readonly reason?: string };
}

let world: GatewayWorld;
let examples: readonly Example[];
beforeAll(async () => {
  world = await gatewayWorld();
  const { world: demo, keys, publicUrl, consents } = world;
  const parts = { world: demo, keys, publicUrl, consents, consoleUrl: '', logKey: '', urls: new Map<string, string>() };
  ({ examples } = worldJson(parts) as { examples: readonly Example[] });
});
afterAll(() => world.close());

const POLICE = 'the council asks the police, whose record system speaks JSON';
const SCHOOL = 'the council asks the school, which knows its pupils by UPN';
const REFUGE = 'the council asks the refuge about the mother, which has no system and deposited what it knows';

function askOf(name: string, changes: object = {}): Promise<Reply> {
  const example = examples.find((each) => each.name === name);
  if (example === undefined) throw new Error(`there is no example \`${name}\``);
  return world.client(example.agency, example.officer).post('/v1/exchanges/requests', { ...example.ask, ...changes });
}

async function released(name: string, changes?: object): Promise<AskAnswer> {
  const { status, body } = await askOf(name, changes);
  expect(status).toBe(200);
  return body as AskAnswer;
}

const statuses = ({ items }: AskAnswer): object =>
  Object.fromEntries(items.map(({ category, status }) => [category, status]));

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

it('every agency of the world has a system, or deposits', () => {
  const depositors = new Set(world.world.deposits.map(({ agency }) => agency));
  for (const { id, sources, teams } of world.world.agencies) {
    const served = depositors.has(id) ? teams.length : new Set(sources.map(({ team }) => team)).size;
    expect([id, served]).toEqual([id, teams.length]);
  }
});

describe('an example of world.json', () => {
  it('does what it says', async () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const { name, expect: expected } of examples) {
      const { status, body } = await askOf(name);
      expect([name, status, body]).toEqual([name, expected.status, expect.objectContaining(withoutStatus(expected))]);
    }
  });
});

function withoutStatus({ outcome, reason }: Example['expect']): object {
  return { ...(outcome !== undefined && { outcome }), ...(reason !== undefined && { reason }) };
}

describe('police records, over JSON', () => {
  it('come in the catalogue’s words, minimised where policy says so, with no free text and nothing not asked for', async () => {
    const answer = await released(POLICE);
    expect(statuses(answer)).toEqual({
      'core-identity': 'released',
      address: 'released',
      'police-incidents': 'released',
      'staff-safety': 'released',
      'domestic-abuse': 'minimised',
    });
    expect(answer.record).toEqual({
      'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Ava', birthDate: '2022-05-01', sex: 'female' },
      address: {
        current: [
          { line1: '1 Test Terrace', town: 'Northmoor', postcode: 'ZZ99 3WZ', from: '2024-02-01', kind: 'home' },
        ],
      },
      'police-incidents': {
        incidents: [
          {
            reference: 'NP/TEST/0101',
            on: daysAgo(12),
            type: 'Domestic incident, no offence',
            outcome: 'Safeguarding referral',
            role: 'present',
            childrenPresent: true,
            assertion: 'fact',
            personAs: 'other',
            reliability: 'reliable',
          },
          {
            reference: 'NP/TEST/0044',
            on: daysAgo(210),
            type: 'Concern for safety',
            outcome: 'No further action',
            role: 'subject',
            childrenPresent: true,
            assertion: 'fact',
            personAs: 'other',
            reliability: 'reliable',
          },
        ],
      },
      'staff-safety': {
        hazards: [{ hazard: 'dogs', on: daysAgo(200), advice: 'A large dog is kept in the yard; telephone first.' }],
      },
      'domestic-abuse': { known: true, latestOn: daysAgo(12), riskGrade: 'medium' },
    });
  });

  it('are asked in one request, that names one identifier, the sections permitted, their forms and the period', async () => {
    const asked = world.standIns.get('northmoor-police')?.asked ?? [];
    const before = asked.length;
    await released(POLICE, { categories: ['police-incidents', 'domestic-abuse'] });
    expect(asked.slice(before)).toEqual([
      {
        subject: { nhsNumber: '9990000018' },
        sections: [
          { name: 'occurrences', form: 'full' },
          { name: 'domesticAbuse', form: 'minimised' },
        ],
        period: { from: daysAgo(365), to: daysAgo(0) },
        onBehalfOf: expect.stringMatching(/^eyJ/) as string,
      },
    ]);
  });

  it('keep to the period that was asked for', async () => {
    const { record } = await released(POLICE, { period: { from: daysAgo(30), to: daysAgo(0) } });
    expect(record['police-incidents']?.['incidents']).toHaveLength(1);
  });

  it('are unavailable while the system is down, and there again after', async () => {
    const system = world.standIns.get('northmoor-police');
    await system?.pause();
    expect((await askOf(POLICE)).status).toBe(503);
    await system?.resume();
    await released(POLICE);
  });
});

describe('school records, over JSON', () => {
  it('are found by UPN', async () => {
    const answer = await released(SCHOOL);
    expect(statuses(answer)).toEqual({
      'core-identity': 'released',
      'education-attendance': 'released',
      'education-behaviour': 'minimised',
      'present-concern': 'released',
    });
    expect(answer.record['education-attendance']).toMatchObject({
      attendancePercent: 84.6,
      establishmentUrn: '999901',
    });
    expect(answer.record['education-behaviour']).toEqual({ exclusionsInTwelveMonths: 0 });
    expect(JSON.stringify(answer.record)).not.toContain('Free text');
  });
});

describe('deposited records', () => {
  it('are served like any other: permitted leaves released, the rest waiting for a person, what was said to be nothing not held', async () => {
    const answer = await released(REFUGE);
    expect(statuses(answer)).toEqual({
      'core-identity': 'released',
      household: 'released',
      'present-concern': 'released',
      'staff-safety': 'not-held',
      'domestic-abuse': 'in-review',
    });
    expect(answer.record['present-concern']).toMatchObject({
      natureOfConcern: 'domestic-abuse',
      raisedOn: daysAgo(10),
    });
  });

  it('say nothing of a category that was not deposited: unavailable, never not held', async () => {
    const answer = await released(REFUGE, { categories: ['core-identity', 'disability-and-communication'] });
    expect(statuses(answer)).toEqual({ 'core-identity': 'released', 'disability-and-communication': 'unavailable' });
  });
});
