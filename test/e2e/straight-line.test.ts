import { readWorld } from '../../src/cli/demo/world.js';
import { anAsk, blanked, type AskAnswer } from '../support/asks.js';
import { CONFIGURATION, gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld((seed) => ({
    ...seed,
    people: [...seed.people],
  }));
});
afterAll(() => world.close());

const ask = (changes: Record<string, unknown> = {}, officer = 'np-4471') =>
  world.client('northmoor-police', officer).post('/v1/exchanges/requests', anAsk(changes));

describe('a police system asks a health trust in a section 47 enquiry', () => {
  it('gets what the purpose allows and is told of the rest', async () => {
    const reply = await ask();
    const answer = reply.body as AskAnswer;

    expect(reply.status).toBe(200);
    expect(Object.fromEntries(answer.items.map(({ category, status }) => [category, status]))).toEqual({
      'core-identity': 'released',
      'present-concern': 'released',
      'injury-findings': 'released',
      household: 'minimised',
      'health-summary': 'minimised',
      'professionals-involved': 'released',
      'full-medical-record': 'in-review',
      'hiv-sti': 'withheld',
    });
    expect(answer.record['household']).toEqual({
      peopleWithSubject: [{ name: 'Mia Northmoor-Test', relationship: 'mother' }],
    });
    expect(Object.keys(answer.record['health-summary'] ?? {}).sort()).toEqual(['edAttendances', 'missedAppointments']);
  });

  it('asks the trust for nothing beyond the permitted categories, and names the officer', async () => {
    const before = world.trust.asked.length;
    await ask({ categories: ['injury-findings'], questions: [] });
    const asked = world.trust.asked.slice(before);

    expect(asked.map(({ type }) => type).sort()).toEqual(['Observation', 'Patient']);
    for (const { onBehalfOf } of asked) {
      const claims = JSON.parse(Buffer.from(onBehalfOf?.split('.')[1] ?? '', 'base64url').toString()) as Record<
        string,
        unknown
      >;
      expect(claims).toMatchObject({
        requester: 'northmoor-police',
        officer: 'np-4471',
        purpose: 'child-s47-enquiry',
        categories: [{ category: 'injury-findings', form: 'full' }],
      });
    }
  });

  it('sends the trust nothing at all when the ask is refused', async () => {
    const before = world.trust.asked.length;

    expect(await ask({ officer: { id: 'np-5200', role: 'police-inspector' } }, 'np-5200')).toMatchObject({
      status: 403,
    });
    expect(world.trust.asked).toHaveLength(before);
  });

  it('can be repeated under its key: the same exchange, another disclosure, which says what it retries', async () => {
    const client = world.client('northmoor-police', 'np-4471');
    const key = 'a-key-used-for-two-asks-0001';
    const first = (await client.post('/v1/exchanges/requests', anAsk(), { idempotencyKey: key })).body as AskAnswer;
    const second = (await client.post('/v1/exchanges/requests', anAsk(), { idempotencyKey: key })).body as AskAnswer;

    expect(second.id).toBe(first.id);
    expect(second.disclosureId).not.toBe(first.disclosureId);
    const claims = JSON.parse(Buffer.from(second.receipt.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ retryOf: first.disclosureId });
    expect(
      await client.post('/v1/exchanges/requests', anAsk({ urgency: 'routine' }), { idempotencyKey: key }),
    ).toMatchObject({ status: 422 });
  });

  it('tells the requester how its ask stands, and nobody else', async () => {
    const answer = (await ask()).body as AskAnswer;
    const path = `/v1/exchanges/requests/${answer.id}`;

    expect(await world.client('northmoor-police', 'np-4471').get(path)).toMatchObject({
      status: 200,
      body: { id: answer.id, outcome: 'partly-released', disclosures: [answer.disclosureId] },
    });
    expect(await world.client('northmoor-nhs-trust', 'nnt-300').get(path)).toMatchObject({ status: 404 });
  });
});

describe('refusals that do not rest on the subject say what would put them right', () => {
  it.each([
    { because: 'no necessity is given', changes: { necessity: ' ' }, reason: 'necessity-missing' },
    { because: 'nobody said whether the family was told', changes: { notice: null }, reason: 'notice-missing' },
    {
      because: 'section 47(9) binds no one toward the police',
      changes: { function: { power: 'ca89-s47', text: 'joint enquiry' } },
      reason: 'no-legal-power',
    },
    {
      because: 'section 16LA has not commenced',
      changes: { function: { power: 'ca04-s16la', text: 'joint enquiry' } },
      reason: 'policy-not-commenced',
    },
    {
      because: 'a public authority cannot rely on recognised legitimate interest',
      changes: { basis: { article6: '6-1-ea' } },
      reason: 'invalid-basis-combination',
    },
    {
      because: 'the role named is not the officer’s',
      changes: { officer: { id: 'np-4471', role: 'police-inspector' } },
      reason: 'requester-role-invalid',
    },
    {
      because: 'no policy gives anything for the purpose',
      changes: { purpose: 'child-early-help' },
      reason: 'no-legal-power',
    },
    {
      because: 'only what policy denies is asked',
      changes: { categories: ['hiv-sti'], questions: [] },
      reason: 'not-relevant-to-purpose',
    },
  ])('$reason when $because', async ({ changes, reason }) => {
    const known = await ask(changes);
    const unknown = await ask({ ...changes, subject: { role: 'child', nhsNumber: '9990000573' } });

    expect(known).toMatchObject({ status: 403, body: { reason } });
    expect((known.body as { remedy: string }).remedy).not.toBe('');
    expect(blanked(unknown.bytes.toString())).toBe(blanked(known.bytes.toString()));
  });
});

describe('I6: refusals that rest on the subject are one answer', () => {
  const child = { role: 'child', nhsNumber: '9990000085' };
  const request = { subject: child, caseReference: 'nm-2026-0418', purpose: 'child-strategy-discussion' };

  async function recorded(path: string, body: object): Promise<string> {
    const reply = await world.client('northmoor-council', 'nmc-mgr-1').post(path, {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000085' }] },
      officer: 'nmc-mgr-1',
      ...body,
    });
    expect(reply.status).toBe(201);
    return (reply.body as { id: string }).id;
  }

  async function lifted(path: string, id: string): Promise<void> {
    const reply = await world
      .client('northmoor-council', 'nmc-mgr-1')
      .post(`${path}/${id}/${path.endsWith('objections') ? 'withdrawal' : 'lifting'}`, { officer: 'nmc-mgr-1' });
    expect(reply.status).toBeLessThan(300);
  }

  it('the same for a child nobody knows, one without involvement, one objected to, one protected', async () => {
    expect(await ask(request)).toMatchObject({ status: 200 });
    const answers = new Map<string, string>();
    const note = async (cause: string, changes: Record<string, unknown>): Promise<void> => {
      const reply = await ask(changes);
      expect(reply.status).toBe(403);
      const { date: _date, 'x-correlation-id': _id, 'x-jws-signature': _signature, ...headers } = reply.headers;
      answers.set(cause, `${JSON.stringify(headers)}${blanked(reply.bytes.toString())}${String(reply.bytes.length)}`);
    };

    await note('absent', { ...request, subject: { role: 'child', nhsNumber: '9990000573' } });
    await note('no involvement', { ...request, caseReference: 'nm-2026-9999' });
    await note('another name', { ...request, subject: { ...child, familyName: 'Otherwise-Test' } });
    const objection = await recorded('/v1/objections', { ground: 'the young person is competent and objects' });
    await note('objected', request);
    await lifted('/v1/objections', objection);
    expect(await ask(request)).toMatchObject({ status: 200 });
    await recorded('/v1/protections', { kind: 'protected-person', evidence: { reference: 'held by the force' } });
    await note('protected', request);

    expect([...new Set(answers.values())]).toHaveLength(1);
  });
});

describe('an own claim that nobody confirmed', () => {
  it('answers 202 alike for a birth date that is right and one that is guessed, in the requester’s record too', async () => {
    const inspector = world.client('northmoor-police', 'np-5200');
    const claimed = await inspector.post('/v1/involvements', {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
      caseReference: 'np-own-claim',
      process: 'child-s47-enquiry',
      agency: 'northmoor-police',
      team: 'np-ppu',
      role: 'investigating-officer',
      from: new Date().toISOString().slice(0, 10),
    });
    expect(claimed).toMatchObject({ status: 201, body: { status: 'claimed' } });
    const claim = (birthDate: string) =>
      ask(
        {
          subject: { role: 'child', nhsNumber: '9990000018', birthDate },
          caseReference: 'np-own-claim',
          officer: { id: 'np-5200', role: 'police-inspector' },
        },
        'np-5200',
      );
    const right = await claim('2022-05-01');
    const guessed = await claim('2022-05-02');
    const refs = await (
      await world.database.open('gateway')
    ).within({ parties: ['northmoor-police' as never] }, (tx) =>
      tx.sql<{ ref: Buffer | null }>('SELECT subject_ref AS ref FROM gateway.slice WHERE disclosure_id = ANY($1)', [
        [right, guessed].map(({ body }) => (body as AskAnswer).disclosureId),
      ]),
    );

    expect(right.status).toBe(202);
    expect(blanked(guessed.bytes.toString())).toBe(blanked(right.bytes.toString()));
    expect(refs).toEqual([{ ref: null }, { ref: null }]);
  });
});

describe('I7, I22: what is withheld is nowhere', () => {
  it('no canary of a withheld leaf in any answer, header, log line or measure', async () => {
    const canary = 'CANARY-7f3a';
    const [first] = readWorld(CONFIGURATION).people;
    world.trust.hold(
      JSON.parse(
        JSON.stringify([
          {
            resourceType: 'Patient',
            id: 'ava',
            identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
            name: [{ use: 'official', family: first?.familyName, given: ['Ava'] }],
            birthDate: '2022-05-01',
            contact: [{ name: { text: canary } }],
            unknownField: canary,
          },
          {
            resourceType: 'Observation',
            id: 'o1',
            status: 'final',
            category: [{ coding: [{ code: 'exam' }] }],
            code: { coding: [{ system: 'http://snomed.info/sct', code: '1', display: 'Contusion' }], text: canary },
            subject: { reference: 'Patient/ava' },
            effectiveDateTime: new Date().toISOString(),
            note: [{ text: canary }],
            performer: [{ display: canary }],
          },
          {
            resourceType: 'Condition',
            id: 'c1',
            category: [{ coding: [{ code: 'problem-list-item' }] }],
            clinicalStatus: { coding: [{ code: 'active' }] },
            code: { coding: [{ display: canary }] },
            subject: { reference: 'Patient/ava' },
          },
        ]),
      ) as never,
    );
    const reply = await ask({
      categories: ['core-identity', 'injury-findings', 'hiv-sti', 'full-medical-record'],
      questions: [],
    });
    const disclosures = (reply.body as AskAnswer).disclosure
      .split('~')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join(' ');
    const measures = await (await fetch(`http://127.0.0.1:${String(world.gateway.port)}/metrics`)).text();

    expect(reply.status).toBe(200);
    for (const seen of [reply.bytes.toString(), JSON.stringify(reply.headers), disclosures, measures, ...world.logged])
      expect(seen).not.toContain(canary);
    expect(world.logged.join('')).not.toMatch(/9990000018|Northmoor-Test|eyJ/);
  });
});
