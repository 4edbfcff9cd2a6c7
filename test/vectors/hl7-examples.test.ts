import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallFhir, type SmallFhir } from '../support/small-fhir.js';

const folder = join(import.meta.dirname, '..', '..', 'node_modules', 'hl7.fhir.r4.examples');
const isThere = existsSync(folder);
if (!isThere && process.env['REQUIRE_INDEPENDENT_CHECKS'] === '1')
  throw new Error('HL7’s examples are required here, and are not installed');
if (!isThere)
  console.warn('skipped: `npm install --no-save hl7.fhir.r4.examples@4.0.1` brings the examples of FHIR R4');

/** HL7's own examples of every resource of FHIR R4, each sent as a Flag. */
(isThere ? describe : describe.skip)('of the examples of FHIR R4', () => {
  let api: SmallFhir;
  const files = isThere ? readdirSync(folder).filter((name) => /^[A-Z].*\.json$/.test(name)) : [];

  beforeAll(async () => {
    api = await smallFhir();
  });
  afterAll(() => api.close());
  beforeEach(() => {
    api.flags.pushed.length = 0;
  });

  const read = (name: string): Buffer => readFileSync(join(folder, name));

  it('`flag-example`, about one of our people, is taken as a flag that has ended', async () => {
    const example = JSON.parse(read('Flag-example.json').toString()) as { subject: object };
    const identifier = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' };
    const reply = await api.post('/fhir/R4/Flag', { ...example, subject: { ...example.subject, identifier } });
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toMatchObject({
      resourceType: 'Flag',
      status: 'inactive',
      period: { start: '2015-01-17', end: '2016-12-01' },
    });
    expect(api.flags.pushed).toMatchObject([
      {
        subject: { role: 'child', nhsNumber: '9990000018' },
        period: { start: '2015-01-17', end: '2016-12-01' },
        content: { 'present-concern': { account: expect.stringMatching(/^Patient has a big dog at his home/) } },
      },
    ]);
  });

  it('`flag-example-encounter` is refused for the start of its period', async () => {
    const reply = await api.post('/fhir/R4/Flag', read('Flag-example-encounter.json'));
    expect(reply.statusCode).toBe(422);
    const { issue } = reply.json<{ issue: { expression: string[] }[] }>();
    expect(issue.flatMap(({ expression }) => expression)).toContain('Flag.period.start');
  });

  it('every other gets an OperationOutcome that says why', async () => {
    expect(files.length).toBeGreaterThan(5000);
    const otherwise: string[] = [];
    const said = new Map<string, number>();
    // Side by side: each refusal waits for its beat.
    const judged = async (name: string): Promise<void> => {
      const reply = await api.post('/fhir/R4/Flag', read(name));
      const { resourceType, issue = [] } = reply.json<{
        resourceType: string;
        issue?: { severity: string; diagnostics?: string }[];
      }>();
      const says = issue.length > 0 && issue.every(({ diagnostics = '' }) => diagnostics !== '');
      const isRefusal = reply.statusCode >= 400 && reply.statusCode < 500;
      if (resourceType !== 'OperationOutcome' || !says || !isRefusal)
        otherwise.push(`${name}: ${reply.body.slice(0, 300)}`);
      said.set(String(reply.statusCode), (said.get(String(reply.statusCode)) ?? 0) + 1);
    };
    for (let at = 0; at < files.length; at += 100) await Promise.all(files.slice(at, at + 100).map(judged));
    expect(otherwise).toEqual([]);
    expect([...said.keys()].sort()).toEqual(['400', '413', '422']);
    expect(api.flags.pushed).toEqual([]);
  });

  it('every one, sent to its own address, is told that the resource is not served', async () => {
    const types = new Set(files.map((name) => name.slice(0, name.indexOf('-'))).filter((type) => type !== 'Flag'));
    expect(types.size).toBeGreaterThan(100);
    for (const type of types) {
      const reply = await api.post(`/fhir/R4/${type}`, '{}');
      expect([type, reply.statusCode, reply.json<{ resourceType: string }>().resourceType]).toEqual([
        type,
        404,
        'OperationOutcome',
      ]);
    }
  });
});
