import { verifyAnswer } from '../../../src/core/signing/answer-signature.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { CATALOGUE, type ProblemSlug } from '../../../src/platform/problems/catalogue.js';
import { aFlag } from '../../support/fhir-flags.js';
import { smallFhir, type SmallFhir } from '../../support/small-fhir.js';

interface Issue {
  readonly severity: string;
  readonly code: string;
  readonly details?: { readonly coding: readonly { readonly code: string }[] };
  readonly diagnostics?: string;
  readonly expression?: readonly string[];
  readonly location?: readonly string[];
}

interface Outcome {
  readonly resourceType: string;
  readonly issue: readonly Issue[];
}

const FLAG = '/fhir/R4/Flag';
const SEARCH = '/fhir/R4/Flag/_search';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

let api: SmallFhir;

beforeAll(async () => {
  api = await smallFhir();
});
afterAll(() => api.close());
beforeEach(() => {
  api.flags.pushed.length = 0;
  api.readable.clear();
});

type Reply = Awaited<ReturnType<SmallFhir['send']>>;

/** What an outcome says, once it is sure that it is one. */
function outcomeOf(reply: Reply): Outcome {
  expect(reply.headers['content-type']).toBe('application/fhir+json');
  const outcome = reply.json<Outcome>();
  expect(outcome.resourceType).toBe('OperationOutcome');
  expect(outcome.issue.length).toBeGreaterThan(0);
  return outcome;
}

describe('a Flag that is raised', () => {
  it('is answered with itself, where it is to be found, and the receipt', async () => {
    const reply = await api.post(FLAG, aFlag());
    expect(reply.statusCode).toBe(201);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/fhir+json',
      location: 'https://gateway.example/fhir/R4/Flag/019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44/_history/1',
      etag: 'W/"1"',
      'last-modified': 'Wed, 25 Nov 2026 10:00:00 GMT',
    });
    expect(reply.json()).toMatchObject({
      resourceType: 'Flag',
      id: '019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44',
      meta: { versionId: '1', lastUpdated: '2026-11-25T10:00:00.000Z' },
      status: 'active',
      category: [{ coding: [{ code: 'safeguarding' }] }],
      code: { coding: [{ system: 'http://snomed.info/sct', code: '836881000000105' }] },
      period: { start: '2026-11-20' },
      author: { identifier: { value: 'northmoor-nhs-trust' } },
      extension: expect.arrayContaining([
        {
          url: 'https://gateway.example/fhir/R4/StructureDefinition/flag-receipt',
          valueString: expect.stringMatching(/^ey/),
        },
        {
          url: 'https://gateway.example/fhir/R4/StructureDefinition/flag-delivery',
          extension: [
            { url: 'recipient', valueString: 'northmoor-council' },
            { url: 'status', valueString: 'pending' },
          ],
        },
      ]),
    });
    expect(api.flags.pushed).toMatchObject([{ officer: { id: 'nnt-211', role: 'ed-nurse' }, urgency: 'urgent' }]);
  });

  it('is answered by signed bytes', async () => {
    const reply = await api.post(FLAG, aFlag());
    expect(verifyAnswer(String(reply.headers['x-jws-signature']), reply.rawPayload, api.publicKey).ok).toBe(true);
  });

  it.each(['return=OperationOutcome', 'respond-async; return="minimal"'])(
    'is answered with what was left out of it, for %s',
    async (prefer) => {
      const reply = await api.post(FLAG, aFlag({ language: 'en-GB' }), { prefer });
      expect(reply.statusCode).toBe(201);
      const { issue } = outcomeOf(reply);
      expect(issue.every(({ severity }) => severity === 'information')).toBe(true);
      expect(issue.flatMap(({ expression = [] }) => expression)).toEqual(['Flag.meta.profile', 'Flag.language']);
      expect(reply.body).toContain('flag-receipt');
    },
  );

  it.each([
    'application/fhir+json',
    'application/fhir+json; charset=utf-8',
    'application/fhir+json;charset="UTF-8"; fhirVersion=4.0',
  ])('comes as %s', async (type) => {
    expect((await api.post(FLAG, aFlag(), { 'content-type': type })).statusCode).toBe(201);
  });

  it.each([
    'application/json',
    'application/fhir+xml',
    'application/fhir+json; charset=iso-8859-1',
    'application/fhir+json; fhirVersion=5.0',
    'text/plain',
    'application/x-www-form-urlencoded',
  ])('does not come as %s', async (type) => {
    const reply = await api.post(FLAG, aFlag(), { 'content-type': type });
    expect(reply.statusCode).toBe(415);
    expect(outcomeOf(reply).issue).toMatchObject([{ code: 'not-supported' }]);
    expect(api.flags.pushed).toEqual([]);
  });

  it.each([
    ['if-none-exist', FLAG, { 'if-none-exist': 'identifier=1' }],
    ['a query', `${FLAG}?identifier=9990000018`, {}],
  ])('on a condition, by %s, is not: it would be raised against its sender’s word', async (_what, path, headers) => {
    const reply = await api.post(path, aFlag(), headers);
    expect(reply.statusCode).toBe(400);
    expect(outcomeOf(reply).issue[0]?.code).toBe('invalid');
    expect(reply.body).not.toContain('9990000018');
    expect(api.flags.pushed).toEqual([]);
  });
});

describe('a Flag that is refused', () => {
  it('without the start of its period names it', async () => {
    const reply = await api.post(FLAG, aFlag({ period: undefined }));
    expect(reply.statusCode).toBe(422);
    expect(outcomeOf(reply).issue).toMatchObject([
      {
        severity: 'error',
        code: 'invalid',
        expression: ['Flag.period.start'],
        details: { coding: [{ code: 'unprocessable' }] },
      },
    ]);
  });

  it('for its shape names each element', async () => {
    const reply = await api.post(FLAG, aFlag({ status: 'on', category: [{ coding: [{ colour: 'red' }] }] }));
    expect(reply.statusCode).toBe(400);
    expect(
      outcomeOf(reply)
        .issue.flatMap(({ expression = [] }) => expression)
        .sort(),
    ).toEqual(['Flag.category[0].coding[0].colour', 'Flag.status']);
  });

  it('as a push is refused in its own terms', async () => {
    api.flags.fails = new GatewayProblem('malformed', {
      errors: [
        { pointer: '/subject/nhsNumber', detail: 'must be a valid nhs-number' },
        { pointer: '/handling/0', detail: 'is not an obligation' },
        { pointer: '/officer/role', detail: 'is not a role' },
        { pointer: '/notice/waivedReason', detail: 'is not a reason' },
      ],
    });
    const security = [{ system: 'https://gateway.example/fhir/R4/CodeSystem/handling', code: 'burn-after-reading' }];
    const notice = {
      url: 'https://gateway.example/fhir/R4/StructureDefinition/flag-notice',
      extension: [
        { url: 'given', valueBoolean: false },
        { url: 'waivedReason', valueCode: 'because' },
      ],
    };
    const reply = await api.post(FLAG, aFlag({ meta: { security }, extension: [notice] }));
    expect(outcomeOf(reply).issue.map(({ expression }) => expression)).toEqual([
      ['Flag.subject.identifier.value'],
      ['Flag.meta.security[0]'],
      ['Flag'],
      ['Flag.extension[0]'],
    ]);
  });

  it('says all that the problem says, and nothing of its cause', async () => {
    api.flags.fails = new GatewayProblem('request-refused', {
      more: {
        reason: 'no-legal-power',
        remedy: 'cite a power',
        escalation: { contact: { name: 'Duty desk', phone: '01632 960400' } },
        receipt: 'ey.r.s',
      },
      cause: new Error('Ada Example, 999 000 0018'),
    });
    const reply = await api.post(FLAG, aFlag());
    expect(reply.statusCode).toBe(403);
    expect(outcomeOf(reply)).toMatchObject({
      extension: [
        {
          url: expect.stringMatching(/problem$/),
          extension: expect.arrayContaining([{ url: 'receipt', valueString: 'ey.r.s' }]),
        },
      ],
      issue: [{ code: 'forbidden', details: { coding: [{ code: 'request-refused' }] } }],
    });
    expect(reply.body).toContain('01632 960400');
    expect(reply.body).not.toMatch(/Ada|999/);
  });

  it('with the same problem is answered with the same bytes, whoever it is about', async () => {
    const answers = [];
    for (const value of ['9990000018', '9990000026']) {
      api.flags.fails = new GatewayProblem('request-refused', { more: { reason: 'request-refused' } });
      const identifier = { system: NUMBER, value };
      const correlated = { 'x-correlation-id': '0b0e7b0e-52a5-4f0c-9b0c-0f6f6f1d2a3b' };
      answers.push((await api.post(FLAG, aFlag({ subject: { identifier } }), correlated)).body);
    }
    expect(answers[0]).toBe(answers[1]);
  });

  it.each(Object.entries(CATALOGUE).map(([slug, { status }]) => [slug as ProblemSlug, status] as const))(
    'by `%s` is an OperationOutcome of status %i',
    async (slug, status) => {
      api.flags.fails = new GatewayProblem(slug);
      const reply = await api.post(FLAG, aFlag());
      expect(reply.statusCode).toBe(status);
      expect(outcomeOf(reply).issue).toMatchObject([{ details: { coding: [{ code: slug }] } }]);
      expect(reply.body.includes('duty desk, 01632 960000')).toBe(status >= 500);
    },
  );

  it('by a defect says nothing of it', async () => {
    api.flags.fails = new Error('Ada Example, 999 000 0018');
    const reply = await api.post(FLAG, aFlag());
    expect(reply.statusCode).toBe(500);
    expect(outcomeOf(reply).issue).toMatchObject([{ code: 'exception' }]);
    expect(reply.body).not.toMatch(/Ada|999/);
  });
});

describe('hostile JSON', () => {
  it.each([
    ['NUL', '{"resourceType":"Flag","code":{"text":"a\\u0000"}}', 'Flag.code.text'],
    ['a lone surrogate', '{"resourceType":"Flag","code":{"text":"\\ud800"}}', 'Flag.code.text'],
    ['a key given twice', '{"resourceType":"Flag","status":"active","status":"inactive"}', 'Flag.status'],
    ['__proto__', '{"resourceType":"Flag","__proto__":{"status":"active"}}', 'Flag.__proto__'],
    ['a 20-digit number', '{"resourceType":"Flag","id":12345678901234567890}', 'Flag.id'],
    ['half an object', '{"resourceType":"Flag"', 'Flag'],
    ['a list for the root', '[]', 'Flag'],
    ['nothing at all', '', 'Flag'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'Flag'],
    [
      'an extension within another, a thousand times',
      `{"resourceType":"Flag","extension":[${'{"url":"a","extension":['.repeat(1000)}${']}'.repeat(1000)}]}`,
      /^Flag\.extension\[0\]\.extension\[0\]/,
    ],
    ['a key of a hundred backticks', `{"resourceType":"Flag","${'`'.repeat(100)}":1}`, /^Flag\.`/],
  ])('%s is refused where it stands', async (_what, body, expression) => {
    const reply = await api.post(FLAG, body);
    expect(reply.statusCode).toBe(400);
    const named = outcomeOf(reply).issue.flatMap((issue) => issue.expression ?? []);
    expect(named).toContainEqual(typeof expression === 'string' ? expression : expect.stringMatching(expression));
    expect(api.flags.pushed).toEqual([]);
  });

  it('beyond the cap is too long', async () => {
    const reply = await api.post(FLAG, aFlag({ code: { text: 'x'.repeat(200_000) } }));
    expect(reply.statusCode).toBe(413);
    expect(outcomeOf(reply).issue).toMatchObject([{ code: 'too-long' }]);
  });
});

describe('a search', () => {
  const about = (value: string): string => `patient.identifier=${encodeURIComponent(`${NUMBER}|${value}`)}`;
  const id = '019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44';

  beforeEach(() => {
    api.readable.set(id, {
      id,
      version: 1,
      lastUpdated: '2026-11-20T09:00:00.000Z' as never,
      author: 'northmoor-nhs-trust',
      flag: {
        subject: { nhsNumber: '9990000018', role: 'child' },
        code: null,
        period: { start: '2026-11-20', end: null },
        reviewBy: null,
        purpose: 'child-mash-triage',
        content: { 'present-concern': { natureOfConcern: 'neglect' } },
        notice: null,
        wishes: null,
        handling: ['nopat'],
        recipients: null,
        supersedes: null,
        urgency: 'urgent',
      },
    });
  });

  it('finds the flags about somebody that the caller may read, and counts nothing', async () => {
    const reply = await api.post(SEARCH, about('999 000 0018'), FORM);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('application/fhir+json');
    expect(reply.json()).toMatchObject({
      resourceType: 'Bundle',
      type: 'searchset',
      link: [{ relation: 'self', url: 'https://gateway.example/fhir/R4/Flag/_search' }],
      entry: [
        {
          fullUrl: `https://gateway.example/fhir/R4/Flag/${id}`,
          resource: { id, meta: { security: [{ code: 'NOPAT' }] }, category: [{}, { coding: [{ code: 'neglect' }] }] },
          search: { mode: 'match' },
        },
      ],
    });
    expect(reply.json()).not.toHaveProperty('total');
  });

  it.each([
    ['somebody else', () => about('9990000026')],
    ['another status', () => `${about('9990000018')}&status=inactive`],
  ])('for %s finds nothing, in as many words', async (_what, form) => {
    const reply = await api.post(SEARCH, form(), FORM);
    expect(reply.json()).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      link: [{ relation: 'self', url: 'https://gateway.example/fhir/R4/Flag/_search' }],
    });
  });

  it.each<readonly [string, () => string, unknown]>([
    ['nobody', () => 'status=active', undefined],
    ['a number of another register', () => 'patient.identifier=urn%3Amrn%7C1', 'http.patient.identifier'],
    ['a number without its register', () => 'patient.identifier=9990000018', 'http.patient.identifier'],
    ['a number whose check digit is wrong', () => about('9990000019'), 'http.patient.identifier'],
    ['the same twice', () => `${about('9990000018')}&${about('9990000018')}`, 'http.patient.identifier'],
    ['two people', () => `${about('9990000018')}&${about('9990000026').replace('patient', 'subject')}`, undefined],
    ...[
      '_sort=date',
      '_count=1',
      '_summary=count',
      '_total=accurate',
      '_include=Flag:subject',
      '_filter=code eq 1',
      'code=1',
      'patient.name=Ava',
      'author=x',
      'category=neglect',
    ].map(
      (parameter) =>
        [
          `\`${parameter}\``,
          () => `${about('9990000018')}&${parameter}`,
          `http.${parameter.split('=')[0] ?? ''}`,
        ] as const,
    ),
    ['half an escape', () => 'patient.identifier=%E0%A4%A', undefined],
    ['NUL', () => 'status=%00', undefined],
    ['JSON', () => '{"patient.identifier":"1"}', expect.any(String)],
  ])('for %s is refused by place, and says back nothing of it', async (_what, form, location) => {
    const reply = await api.post(SEARCH, form(), FORM);
    expect(reply.statusCode).toBe(400);
    expect(outcomeOf(reply).issue[0]?.location).toEqual(location === undefined ? undefined : [location]);
    expect(reply.body).not.toContain('999000001');
  });

  it('comes as a form alone', async () => {
    const reply = await api.post(SEARCH, { 'patient.identifier': 'x' });
    expect(reply.statusCode).toBe(415);
    outcomeOf(reply);
  });

  it.each([
    ['GET', `${FLAG}?identifier=${NUMBER}|9990000018`],
    ['GET', `${FLAG}?patient=9990000018`],
    ['GET', FLAG],
    ['GET', `${FLAG}/${id}?identifier=9990000018`],
    ['POST', `${SEARCH}?identifier=9990000018`],
  ] as const)('%s %s names somebody in an address: refused, and written down nowhere', async (method, url) => {
    api.log.lines.length = 0;
    const reply = await api.send({
      method,
      url,
      ...(method === 'POST' && { payload: about('9990000018'), headers: FORM }),
    });
    expect(reply.statusCode).toBe(400);
    outcomeOf(reply);
    const written = api.log.lines.map(({ fields }) => ({ ...fields, error: undefined }));
    expect(written.length).toBeGreaterThan(0);
    expect(reply.body + JSON.stringify(written)).not.toContain('9990000018');
  });

  it('leads to the flag itself, and to the version that stands', async () => {
    const [read, version, other] = await Promise.all(
      [`${FLAG}/${id}`, `${FLAG}/${id}/_history/1`, `${FLAG}/${id}/_history/2`].map((url) =>
        api.send({ method: 'GET', url }),
      ),
    );
    expect(read?.json()).toMatchObject({ resourceType: 'Flag', id });
    expect(read?.headers).toMatchObject({ etag: 'W/"1"' });
    expect(version?.json()).toEqual(read?.json());
    expect(other?.statusCode).toBe(404);
  });

  it('of a flag that is not there is answered as of one that is another’s: not found', async () => {
    const reply = await api.send({ method: 'GET', url: `${FLAG}/019aba3c-1f0e-7c55-9c1e-000000000000` });
    expect(reply.statusCode).toBe(404);
    expect(outcomeOf(reply).issue).toMatchObject([{ code: 'not-found' }]);
  });
});

describe('what is not served', () => {
  it.each([
    ['PUT', `${FLAG}/019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44`, 405, 'GET'],
    ['PATCH', `${FLAG}/019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44`, 405, 'GET'],
    ['DELETE', `${FLAG}/019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44`, 405, 'GET'],
    ['PUT', FLAG, 405, 'POST'],
    ['DELETE', '/fhir/R4/metadata', 405, 'GET'],
    ['POST', '/fhir/R4/Patient', 404, undefined],
    ['GET', '/fhir/R4/Patient/1', 404, undefined],
    ['GET', '/fhir/R4/Flag/a/b/c', 404, undefined],
    ['POST', '/fhir/R4', 404, undefined],
    ['GET', '/fhir/R4/_history', 404, undefined],
  ] as const)('%s %s is an OperationOutcome of status %i', async (method, url, status, allow) => {
    const body =
      method === 'GET' || method === 'DELETE'
        ? {}
        : { payload: '{}', headers: { 'content-type': 'application/fhir+json' } };
    const reply = await api.send({ method, url, ...body });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['allow']).toBe(allow);
    expect(outcomeOf(reply).issue).toMatchObject([{ code: 'not-supported' }]);
  });

  it('beside the FHIR address is a problem as everywhere', async () => {
    const reply = await api.send({ method: 'GET', url: '/fhir/R4x/Flag' });
    expect(reply.headers['content-type']).toBe('application/problem+json');
  });
});

describe('the CapabilityStatement', () => {
  it('is for anyone, and says what is served and no more', async () => {
    const reply = await api.fastify.inject({ method: 'GET', url: '/fhir/R4/metadata' });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('application/fhir+json; charset=utf-8');
    const statement = reply.json<{
      fhirVersion: string;
      rest: { resource: { type: string; interaction: { code: string }[]; searchParam?: { name: string }[] }[] }[];
    }>();
    expect(statement).toMatchObject({ resourceType: 'CapabilityStatement', kind: 'instance', fhirVersion: '4.0.1' });
    const said = statement.rest.flatMap(({ resource }) =>
      resource.map(({ type, interaction }) => [type, interaction.map(({ code }) => code)]),
    );
    expect(said).toEqual([
      ['Flag', ['create', 'read', 'vread', 'search-type']],
      ['CodeSystem', ['read']],
    ]);
  });

  it('has searches that are answered as it says', async () => {
    const { rest } = (await api.fastify.inject({ method: 'GET', url: '/fhir/R4/metadata' })).json<{
      rest: { resource: { searchParam?: { name: string; type: string }[] }[] }[];
    }>();
    const parameters = rest[0]?.resource[0]?.searchParam ?? [];
    expect(parameters.length).toBe(3);
    for (const { name, type } of parameters) {
      const person = `.identifier=${encodeURIComponent(`${NUMBER}|9990000018`)}`;
      const form = type === 'reference' ? `${name}${person}` : `patient${person}&${name}=active`;
      expect((await api.post(SEARCH, form, FORM)).statusCode).toBe(200);
    }
  });

  it('has codes of its own, which are where they say they are', async () => {
    const url = '/fhir/R4/CodeSystem/safeguarding-flag-category';
    const reply = await api.fastify.inject({ method: 'GET', url });
    const system = reply.json<{ url: string; count: number; concept: { code: string }[] }>();
    expect(system).toMatchObject({
      resourceType: 'CodeSystem',
      url: `https://gateway.example${url}`,
      content: 'complete',
    });
    expect(system.concept.map(({ code }) => code)).toContain('safeguarding');
    expect(system.count).toBe(system.concept.length);
  });
});
