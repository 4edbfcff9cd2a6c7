import type { JsonServer } from '../../src/cli/stand-ins/json-server.js';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import type { Reply } from '../support/agency-client.js';
import { anEmergency } from '../support/emergencies.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { sourceHeldBefore, type HeldSource } from '../support/held-source.js';

// domain.md 6-16: an inspector at a door, two children unseen behind it. Nobody knows their numbers; the address has one.

const ASK = '/v1/exchanges/requests';
const LOOKING = { headers: { 'x-log-purpose': 'lawfulness' } };
const UPRN = '100000000017';
const COUNCIL = 'northmoor-council';
const TRUST = 'northmoor-nhs-trust';

interface Told {
  readonly subjectRef: string;
  readonly disclosureId: string;
  readonly outcome: string;
  readonly items: readonly { readonly category: string; readonly status: string }[];
  readonly record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly disclosure: string | null;
  readonly receipt: string;
}

interface AddressAnswer {
  readonly id: string;
  readonly disclosureId: string;
  readonly outcome: string;
  readonly subjects: readonly Told[];
  readonly explanation: string;
  readonly expiresAt: string;
  readonly reviewDueAt: string;
  readonly reason?: string;
}

interface SeenRecord {
  readonly kind: string;
  readonly outcome: string;
  readonly emergency: boolean;
  readonly subject: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

let world: GatewayWorld;
let trustWire: HeldSource;
beforeAll(async () => {
  world = await gatewayWorld(undefined, {
    sourcesBehind: async (url) => {
      trustWire = await sourceHeldBefore(url);
      return trustWire.url;
    },
  });
});
afterAll(async () => {
  await world.close();
  await trustWire.close();
});

const council = (): JsonServer => world.standIns.get(COUNCIL) as JsonServer;

/** A council's record of somebody at an address, invented whole. */
function person(
  nhsNumber: string,
  first: string,
  dateOfBirth: string,
  uprn: string,
  more: JsonObject = {},
): JsonObject {
  return {
    nhsNumber,
    accessRestricted: false,
    demographics: { name: { first, last: 'Placed-Test' }, dateOfBirth, sex: 'female', nhsNumber },
    addresses: { current: [{ line1: '9 Test Mews', town: 'Northmoor', postcode: 'ZZ99 3VZ', uprn, type: 'home' }] },
    relationships: [],
    status: { type: 'CIN', startDate: '2026-01-05', outOfHoursPhone: '01632 960011' },
    ...more,
  };
}

const address = (uprn: string = UPRN): object => ({ role: 'child', uprn });

function byAddress(officer: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const role = officer === 'np-5200' ? 'police-inspector' : 'police-ppu-officer';
  return anEmergency({ subject: address(), officer: { id: officer, role }, ...changes });
}

const ofTheTrust = {
  custodian: TRUST,
  custodianTeam: 'nnt-acute',
  categories: ['core-identity', 'present-concern'],
  emergency: { ...(anEmergency()['emergency'] as object), categories: ['core-identity', 'present-concern'] },
};

function ask(changes: Readonly<Record<string, unknown>> = {}, officer = 'np-5200', key?: string): Promise<Reply> {
  return world
    .client('northmoor-police', officer)
    .post(ASK, byAddress(officer, changes), key === undefined ? {} : { idempotencyKey: key });
}

const answerOf = ({ body }: Reply): AddressAnswer => body as AddressAnswer;

/** Somebody at the custodian looks at it, so that the officer may make another. */
async function reviewed({ body }: Reply, custodian = COUNCIL): Promise<void> {
  const officer = custodian === COUNCIL ? 'nmc-ig-1' : 'nnt-ig-1';
  const { disclosureId } = body as { disclosureId: string };
  const review = { finding: 'justified', text: 'spoke to the inspector’s supervisor', officer };
  const reply = await world.client(custodian, officer).post(`/v1/disclosures/${disclosureId}/reviews`, review);
  expect(reply.status).toBe(201);
}

async function told(changes: Readonly<Record<string, unknown>> = {}, custodian = COUNCIL): Promise<Reply> {
  const reply = await ask(changes);
  if (reply.status === 200) await reviewed(reply, custodian);
  return reply;
}

/** The council protects somebody it knows by their number. */
async function protect(nhsNumber: string, kind: string): Promise<void> {
  const lead = world.client(COUNCIL, 'nmc-lead-1');
  const registered = await lead.post('/v1/subjects', { identifiers: [{ system: 'nhs-number', value: nhsNumber }] });
  const { id } = registered.body as { id: string };
  const body = { subject: id, kind, evidence: 'on the council’s file', officer: 'nmc-lead-1' };
  expect((await lead.post('/v1/protections', body)).status).toBe(201);
}

async function recordOf(agency: string, officer: string, disclosure: string): Promise<SeenRecord> {
  const { status, body } = await world.client(agency, officer).get(`/v1/disclosures/${disclosure}`, LOOKING);
  expect(status).toBe(200);
  const [record] = (body as { records: SeenRecord[] }).records;
  if (record === undefined) throw new Error('no record');
  return record;
}

const BY_LENGTH = new Set(['receipt', 'disclosure', 'leaf']);

/** An answer with what differs between any two blanked, and of what is signed or salted the length kept. */
function seen({ status, headers, bytes }: Reply): object {
  const body = JSON.parse(bytes.toString(), (name, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (BY_LENGTH.has(name)) return `<${String(value.length)} characters>`;
    return value
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>');
  }) as unknown;
  const kept = Object.entries(headers).filter(
    ([name]) => !['date', 'x-correlation-id', 'x-jws-signature'].includes(name),
  );
  return { status, headers: kept, body };
}

describe('6-16: an emergency ask by address', () => {
  let answer: AddressAnswer;
  const AVA = '9990000018';
  const ELI = '9990000697';

  it('tells of each child whom the custodian places there, known to the gateway or not, and of nothing not named', async () => {
    const reply = await ask();
    expect(reply.status).toBe(200);
    answer = answerOf(reply);
    expect(answer.subjects).toHaveLength(2);
    for (const { items, record, disclosure, outcome } of answer.subjects) {
      expect(outcome).toBe('partly-released');
      const statuses = Object.fromEntries(items.map(({ category, status }) => [category, status]));
      expect(statuses).toMatchObject({ 'case-narrative': 'withheld', 'full-medical-record': 'withheld' });
      expect(statuses).toMatchObject({ 'protection-status': 'released', household: 'released' });
      expect(record['protection-status']).toMatchObject({ outOfHoursTelephone: '01632 960011' });
      expect(disclosure).toContain('~');
    }
    const ids = [answer.disclosureId, ...answer.subjects.map(({ disclosureId }) => disclosureId)];
    expect(new Set(ids).size).toBe(3);
    expect(new Set(answer.subjects.map(({ subjectRef }) => subjectRef)).size).toBe(2);
    expect(answer.explanation).toContain('does not say that nobody else is at the address');
  });

  it('says who else is there of grown-ups alone: no child’s record names another', () => {
    for (const { record } of answer.subjects) {
      const members = record['household']?.['members'] as readonly { givenNames: string; birthDate: string }[];
      expect(members.map(({ givenNames }) => givenNames)).toContain('Mia');
      expect(members.every(({ birthDate }) => birthDate < '2008')).toBe(true);
      expect(record['household']).not.toHaveProperty('peopleWithSubject');
    }
  });

  it('asks the custodian’s system for each child by their own number, and tells it on whose behalf', () => {
    const numbers = council().asked.map(({ subject }) => subject['nhsNumber']);
    expect(numbers).toEqual(expect.arrayContaining([AVA, ELI]));
    expect(council().asked.every(({ onBehalfOf }) => onBehalfOf !== undefined)).toBe(true);
  });

  it('is one override, on record with both, and a disclosure of each child of its own under one exchange', async () => {
    for (const [agency, officer] of [
      [COUNCIL, 'nmc-ig-1'],
      ['northmoor-police', 'np-ig-1'],
    ] as const) {
      const whole = await recordOf(agency, officer, answer.disclosureId);
      expect(whole).toMatchObject({ kind: 'override', outcome: 'partly-released', emergency: true, subject: null });
      expect(whole.details).toMatchObject({ override: { expiresAt: answer.expiresAt }, ask: { byAddress: true } });
      for (const { disclosureId, subjectRef } of answer.subjects) {
        const record = await recordOf(agency, officer, disclosureId);
        expect(record).toMatchObject({ kind: 'partial', outcome: 'partly-released', emergency: true });
        expect(record.details).toMatchObject({ partOf: answer.disclosureId });
        expect(record.details['releasedLeaves']).toContain('protection-status.status');
        expect(record.subject === subjectRef).toBe(agency === 'northmoor-police');
      }
    }
    const alerts = await world.client(COUNCIL, 'nmc-ig-1').get('/v1/alerts');
    const shown = (alerts.body as { alerts: { kind: string; disclosureId: string }[] }).alerts;
    expect(shown.filter(({ kind }) => kind === 'override')).toMatchObject([{ disclosureId: answer.disclosureId }]);
    // The address is nobody's business but of those who asked and answered: it is in no record and no line.
    expect(world.logged.join('')).not.toContain(UPRN);
  });

  it('lists the whole and each child in the status of the exchange', async () => {
    const { body } = await world.client('northmoor-police', 'np-5200').get(`${ASK}/${answer.id}`);
    const { outcome, disclosures } = body as { outcome: string; disclosures: string[] };
    expect(outcome).toBe('partly-released');
    expect([...disclosures].sort()).toEqual(
      [answer.disclosureId, ...answer.subjects.map(({ disclosureId }) => disclosureId)].sort(),
    );
  });

  it('blocks the officer’s next one until it is reviewed, and goes on for the same address and case', async () => {
    const elsewhere = await ask({ subject: address('100000000099') });
    expect(answerOf(elsewhere).reason).toBe('override-unreviewed');
    const again = answerOf(await ask());
    expect(again.subjects).toHaveLength(2);
    expect(again.expiresAt).toBe(answer.expiresAt);
    expect(again.id).not.toBe(answer.id);
    await reviewed({ body: answer } as unknown as Reply);
    await reviewed({ body: again } as unknown as Reply);
    expect((await told({ caseReference: 'np-2026-0310' })).status).toBe(200);
  });

  it('asked again under its key is the same exchange, with new disclosures', async () => {
    const key = 'by-address-0123456789';
    const first = answerOf(await ask({ caseReference: 'np-2026-0311' }, 'np-5200', key));
    const retry = await ask({ caseReference: 'np-2026-0311' }, 'np-5200', key);
    const second = answerOf(retry);
    expect(second.id).toBe(first.id);
    const idsOf = ({ disclosureId, subjects }: AddressAnswer): readonly string[] => [
      disclosureId,
      ...subjects.map((one) => one.disclosureId),
    ];
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(6);
    expect(second.subjects.map(({ subjectRef }) => subjectRef)).toEqual(first.subjects.map((one) => one.subjectRef));
    await reviewed({ body: first } as unknown as Reply);
    await reviewed(retry);
  });
});

describe('whom a protection keeps is neither confirmed nor denied', () => {
  const FIRST = person('9990000603', 'Fay', '2019-04-01', '100000000201');
  const KEPT = person('9990000611', 'Gia', '2017-04-01', '100000000201');

  it('beside another child: the answer is the one in which they are not there', async () => {
    council().hold([FIRST, KEPT]);
    const place = { subject: address('100000000201') };
    expect(answerOf(await told(place)).subjects).toHaveLength(2);
    await protect('9990000611', 'adoption');
    const beside = await told(place);
    council().hold([FIRST]);
    const alone = await told(place);
    expect(answerOf(alone).subjects).toHaveLength(1);
    expect(seen(beside)).toEqual(seen(alone));

    // The custodian alone knows of it; the requester's record holds what its answer said.
    const whole = answerOf(beside).disclosureId;
    const custodian = await recordOf(COUNCIL, 'nmc-ig-1', whole);
    expect(custodian.details['heldBack']).toMatchObject([{ findings: [{ check: 'unhidden-at-address' }] }]);
    const requester = await recordOf('northmoor-police', 'np-ig-1', whole);
    expect(requester.details).not.toHaveProperty('heldBack');
    const other = await recordOf('northmoor-police', 'np-ig-1', answerOf(alone).disclosureId);
    const keys = ({ details }: SeenRecord): readonly string[] => Object.keys(details).sort();
    expect(keys(requester)).toEqual(keys(other));
  });

  it('leaves no entry more in the public log than the answer says', async () => {
    const sequencer = await world.database.client('sequencer');
    const entries = async (): Promise<number> => {
      const { rows } = await sequencer.query<{ entries: string }>(
        'SELECT (SELECT count(id) FROM gateway.pending) + (SELECT count(index) FROM gateway.log_entry) AS entries',
      );
      return Number(rows[0]?.entries);
    };
    const place = { subject: address('100000000201') };
    const counted = async (held: readonly JsonObject[]): Promise<number> => {
      council().hold(held);
      const before = await entries();
      const reply = await ask(place);
      const after = await entries();
      await reviewed(reply);
      return after - before;
    };
    expect(await counted([FIRST, KEPT])).toBe(await counted([FIRST]));
  });

  it.each([
    ['a child whose address is protected', '100000000301', 'protected-address', '2018-02-03'],
    ['a child under protection arrangements', '100000000302', 'protected-person', '2018-02-03'],
    ['a grown-up whose address is protected', '100000000303', 'protected-address', '1990-02-03'],
  ])('with %s there the whole address answers as one where nobody lives', async (_who, uprn, kind, born) => {
    const number =
      { '100000000301': '9990000638', '100000000302': '9990000646', '100000000303': '9990000654' }[uprn] ?? '';
    council().hold([FIRST, person(number, 'Ida', born, uprn), person('9990000662', 'Joy', '2020-06-07', uprn)]);
    expect(answerOf(await told({ subject: address(uprn) })).subjects).not.toHaveLength(0);
    await protect(number, kind);
    const refuge = await told({ subject: address(uprn) });
    const empty = await told({ subject: address('100000000399') });
    expect(refuge.status).toBe(403);
    expect(seen(refuge)).toEqual(seen(empty));
  });

  it('a record that the custodian’s system marks as restricted, or more people than are looked at, likewise', async () => {
    const empty = seen(await told({ subject: address('100000000399') }));
    council().hold([
      person('9990000670', 'Kim', '2020-06-07', '100000000401'),
      person('9990000689', 'Lea', '2021-06-07', '100000000401', { accessRestricted: true }),
    ]);
    const marked = await told({ subject: address('100000000401') });
    expect(seen(marked)).toEqual(empty);
    council().hold(
      Array.from({ length: 25 }, (_, index) =>
        person(nhsNumberOf(999_100_000 + index), 'Many', '2020-06-07', '100000000402'),
      ),
    );
    const many = await told({ subject: address('100000000402') });
    expect(seen(many)).toEqual(empty);
    const reasons = await Promise.all(
      [marked, many].map(async (reply) => {
        const record = await recordOf(COUNCIL, 'nmc-ig-1', answerOf(reply).disclosureId);
        const { findings } = record.details['decision'] as { findings: { check: string; detail: string }[] };
        return findings.find(({ check }) => check === 'subject-identified')?.detail;
      }),
    );
    expect(reasons).toEqual([
      'the custodian’s system marks somebody at the address as restricted',
      'more people are placed at the address than are looked at without a person',
    ]);
  });

  it('grown-ups who live there alone are nobody’s answer', async () => {
    council().hold([person('9990000719', 'Nan', '1980-06-07', '100000000403')]);
    const grownUp = await told({ subject: address('100000000403') });
    expect(seen(grownUp)).toEqual(seen(await told({ subject: address('100000000399') })));
  });
});

describe('what is no emergency ask by address', () => {
  it.each([
    ['another purpose', { purpose: 'child-s47-enquiry' }, '/purpose'],
    ['another urgency', { urgency: 'urgent' }, '/urgency'],
    ['another kind', { kind: 'court-order' }, '/kind'],
    ['no emergency', { emergency: null }, '/emergency'],
    [
      'an identifier beside it',
      { subject: { role: 'child', uprn: UPRN, nhsNumber: '9990000018' } },
      '/subject/nhsNumber',
    ],
    [
      'a name beside it',
      { subject: { role: 'child', uprn: UPRN, familyName: 'Northmoor-Test' } },
      '/subject/familyName',
    ],
    ['a grown-up', { subject: { role: 'household-adult', uprn: UPRN } }, '/subject/role'],
    ['text that waits for a person', { textFor: ['household'] }, '/textFor'],
    ['no UPRN', { subject: { role: 'child', uprn: '12 Test Road' } }, '/subject/uprn'],
  ])('%s is malformed, and says where', async (_what, changes, pointer) => {
    const { status, body } = await ask(changes);
    expect(status).toBe(400);
    expect((body as { errors: { pointer: string }[] }).errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  it('without grounds it is refused with reasons, and no system is asked', async () => {
    const before = council().asked.length;
    const emergency = { ...(anEmergency()['emergency'] as object), text: ' ' };
    expect(answerOf(await ask({ emergency })).reason).toBe('emergency-reason-missing');
    expect(council().asked).toHaveLength(before);
  });

  it('of a custodian that cannot say who lives where, or is down, is unavailable: never nobody', async () => {
    const standIn = world.standIns.get('oak-academy');
    const school = await ask({ custodian: 'oak-academy', custodianTeam: 'oak-school' });
    expect(standIn).toBeDefined();
    expect([school.status, answerOf(school).reason]).toEqual([503, 'source-unavailable']);
    await world.standIns.get(COUNCIL)?.pause();
    const down = await ask();
    await world.standIns.get(COUNCIL)?.resume();
    expect([down.status, answerOf(down).reason]).toEqual([503, 'source-unavailable']);
  });
});

describe('of a FHIR server', () => {
  it('tells of the children whose address bears the UPRN, by their own numbers', async () => {
    const reply = await told(ofTheTrust, TRUST);
    expect(reply.status).toBe(200);
    const given = answerOf(reply).subjects.map(({ record }) => record['core-identity']?.['givenNames']);
    expect([...given].sort()).toEqual(['Ava', 'Ben']);
  });

  /** Asks, and lets the trust's answers through until it is asked for a child: then everybody there is decided, nothing logged. */
  async function heldWhileFetched(caseReference: string): Promise<{ readonly asked: Promise<Reply> }> {
    const before = world.trust.asked.length;
    const isFetched = (): boolean =>
      world.trust.asked.slice(before).some(({ parameters }) => 'identifier' in parameters);
    trustWire.hold();
    const asked = ask({ ...ofTheTrust, caseReference });
    await trustWire.answered();
    while (!isFetched()) {
      trustWire.release();
      trustWire.hold();
      await trustWire.answered();
    }
    return { asked };
  }

  it('a protection recorded between the decision and the commit holds that child back', async () => {
    const { asked } = await heldWhileFetched('np-2026-0320');
    await protect('9990000085', 'adoption');
    trustWire.release();
    const reply = await asked;
    expect(reply.status).toBe(200);
    await reviewed(reply, TRUST);
    const answer = answerOf(reply);
    expect(answer.subjects.map(({ record }) => record['core-identity']?.['givenNames'])).toEqual(['Ava']);
    const custodian = await recordOf(TRUST, 'nnt-ig-1', answer.disclosureId);
    expect(JSON.stringify(custodian.details['heldBack'])).toContain('unhidden-at-address');
  });

  it('a grown-up’s protected address recorded in between hides the place', async () => {
    const { asked } = await heldWhileFetched('np-2026-0321');
    await protect('9990000220', 'protected-address');
    trustWire.release();
    const reply = await asked;
    expect([reply.status, answerOf(reply).reason]).toEqual([403, 'request-refused']);
    // Nothing was told of, and so the override was none.
    expect((await ask({ caseReference: 'np-2026-0322', subject: address('100000000399') })).status).toBe(403);
  });
});

describe('of an agency without a system', () => {
  it('tells of the child whose deposit has the address, and of nobody by another', async () => {
    const involved = await world.client(COUNCIL, 'nmc-lead-1').post('/v1/involvements', {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
      ...{ caseReference: 'nm-2026-0417', process: 'child-s47-enquiry' },
      ...{ agency: 'fern-refuge', team: 'fern-idva', role: 'domestic-violence-adviser' },
      from: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
    });
    expect(involved.status).toBe(201);
    const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    const deposited = await world.client('fern-refuge', 'fern-idva-1').post('/v1/deposits', {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
      content: {
        'core-identity': { givenNames: 'Ava', birthDate: '2022-05-01', nhsNumber: '9990000018' },
        address: { current: [{ line1: '4 Test Passage', uprn: '100000000501' }] },
      },
      ...{ officer: 'fern-idva-1', asOf: day(0), reviewBy: day(30) },
    });
    expect(deposited.status).toBe(201);
    const ofTheCharity = { ...ofTheTrust, custodian: 'fern-refuge', custodianTeam: 'fern-idva' };
    const reply = await ask({ ...ofTheCharity, subject: address('100000000501') });
    expect(reply.status).toBe(200);
    expect(answerOf(reply).subjects).toMatchObject([{ record: { 'core-identity': { givenNames: 'Ava' } } }]);
    const review = { finding: 'justified', text: 'spoke to the supervisor', officer: 'fern-ig-1' };
    const path = `/v1/disclosures/${answerOf(reply).disclosureId}/reviews`;
    expect((await world.client('fern-refuge', 'fern-ig-1').post(path, review)).status).toBe(201);
    expect(answerOf(await ask({ ...ofTheCharity, subject: address('100000000502') })).reason).toBe('request-refused');
  });
});

describe('explained', () => {
  it('it says what would be told of each child, asks no system, and is the same for every address', async () => {
    const before = council().asked.length;
    const explained = async (uprn: string): Promise<Reply> =>
      world
        .client('northmoor-police', 'np-5200')
        .post('/v1/decisions/explain', byAddress('np-5200', { subject: address(uprn) }));
    const here = await explained(UPRN);
    expect(here.status).toBe(200);
    expect(here.body).toMatchObject({ outcome: 'would-be-answered' });
    expect(seen(here)).toEqual(seen(await explained('100000000399')));
    expect(council().asked).toHaveLength(before);
  });
});

/** A number of the test range, its check digit right; the next one where there is none. */
function nhsNumberOf(nine: number): string {
  const digits = String(nine);
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? nhsNumberOf(nine + 1000) : `${digits}${String(check)}`;
}
