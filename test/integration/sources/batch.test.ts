import { startFhirServer } from '../../../src/cli/stand-ins/fhir-server.js';
import { FHIR, searchset } from '../../support/fhir-dialect.js';
import {
  honestly,
  hostileWays,
  says,
  startHostileSource,
  type Behaviour,
  type Dialect,
  type HostileSource,
} from '../../support/hostile-system.js';
import { stillTime, type StillTime } from '../../support/still-time.js';
import { permitFor, sourceWorld } from './source-world.js';

// A FHIR server that was registered as one that answers several searches in a batch (FHIR R4 3.1.0.11).

const UNAVAILABLE = { status: 'unavailable' };
const DEADLINE_MS = 500;
const adapter = 'fhir-r4-batch';
const permit = permitFor('core-identity.familyName', 'household.members', 'injury-findings.findings');
const MEMBERS = searchset([
  {
    resourceType: 'RelatedPerson',
    id: 'bea',
    active: true,
    patient: { reference: 'Patient/ava' },
    name: [{ family: 'Northmoor-Test', given: ['Bea'] }],
  },
]);
const FINDINGS = FHIR.honest('Observation');

/** A batch's answer in which the second search, that for findings, is answered with this text. */
function batched(findings: string, response: object = { status: '200 OK' }, type = 'batch-response'): string {
  const first = `{"response":{"status":"200"},"resource":${MEMBERS}}`;
  const second = `{"response":${JSON.stringify(response)},"resource":${findings}}`;
  return `{"resourceType":"Bundle","type":"${type}","entry":[${first},${second}]}`;
}

const DIALECT: Dialect = {
  ...FHIR,
  adapter,
  partOf: (address) => (address === '/base' ? 'batch' : FHIR.partOf(address)),
  honest: (part) => (part === 'batch' ? batched(FINDINGS) : FHIR.honest(part)),
};

/** What a behaviour makes of an answer, without a server. */
function saidBy(behaviour: Behaviour, honest: string): string {
  let said = '';
  const response = { writeHead: () => response, end: (text: string) => (said = text) };
  behaviour({ honest, headers: {}, response, socket: undefined } as unknown as Parameters<Behaviour>[0]);
  return said;
}

let time: StillTime;
beforeEach(() => {
  time = stillTime();
});
const opened: HostileSource[] = [];
afterEach(async () => {
  time.end();
  await Promise.all(opened.splice(0).map((source) => source.close()));
});

async function started(behaviour: Behaviour): Promise<HostileSource> {
  const source = await startHostileSource(DIALECT, behaviour, 'batch');
  opened.push(source);
  return source;
}

describe('a FHIR server asked in batches', () => {
  it('is asked twice, for the child and for the rest, and believed', async () => {
    const { url, asked } = await started(honestly);
    const world = sourceWorld({ url, adapter });
    expect(await world.fetch(permit)).toMatchObject({
      'core-identity': { status: 'held' },
      household: { status: 'held' },
      'injury-findings': { status: 'held' },
    });
    expect(asked).toEqual(['Patient', 'batch']);
    expect(world.codes()).toEqual([]);
  });

  it('is asked in a search where one is all there is to ask', async () => {
    const { url, asked } = await started(honestly);
    const answers = await sourceWorld({ url, adapter }).fetch(permitFor('injury-findings.findings'));
    expect(answers['injury-findings']).toMatchObject({ status: 'held' });
    expect(asked).toEqual(['Patient', 'Observation']);
  });

  const whole = hostileWays(FHIR).filter(({ name }) => !Object.hasOwn(FHIR.behaviours, name));
  it.each(whole.map(({ name, behaviour, fault }) => [name, behaviour, fault] as const))(
    'and %s holds nothing but the child, at the deadline if not before',
    async (name, behaviour, fault) => {
      // A batch may hold as much as its searches might.
      const doubled: Behaviour =
        name === 'sends more than an answer may hold' ? says((text) => text.padEnd(1_200_000, ' ')) : behaviour;
      const { url, asked } = await started(doubled);
      const world = sourceWorld({ url, adapter, limits: { totalMs: DEADLINE_MS } });
      const fetching = world.fetch(permit);
      if (fault === 'timed-out') {
        await time.until(() => asked.includes('batch'));
        await time.pass(DEADLINE_MS - 1);
        expect(world.codes()).toEqual([]);
        await time.pass(1);
      }
      const answers = await fetching;
      expect(answers).toMatchObject({ household: UNAVAILABLE, 'injury-findings': UNAVAILABLE });
      expect(answers['core-identity']).toMatchObject({ status: 'held' });
      expect(world.codes()).toEqual([fault, fault]);
    },
  );

  const ofOneSearch = hostileWays(FHIR).filter(({ name }) => Object.hasOwn(FHIR.behaviours, name));
  it.each(ofOneSearch.map(({ name, behaviour, fault }) => [name, behaviour, fault] as const))(
    'and %s in one of its answers has none of that, and loses nothing else that can still be read',
    async (_name, behaviour, fault) => {
      const { url } = await started(says(() => batched(saidBy(behaviour, FINDINGS))));
      const world = sourceWorld({ url, adapter });
      const answers = await world.fetch(permit);
      const isUnreadable = fault === 'not-strict-json';
      expect(answers['injury-findings']).toEqual(UNAVAILABLE);
      expect(answers['household']).toMatchObject(isUnreadable ? UNAVAILABLE : { status: 'held' });
      expect(world.codes()).toEqual(isUnreadable ? [fault, fault] : [fault]);
    },
  );

  it.each([
    ['says 404 of one search', batched('{}', { status: '404' }), 'refused'],
    ['says 500 of one search', batched('{}', { status: '500 Internal Server Error' }), 'not-ok'],
    ['says 206 of one search', batched(FINDINGS, { status: '206' }), 'not-ok'],
    ['does not say how one search ended', batched(FINDINGS, {}), 'not-a-batch'],
    ['says in words how one search ended', batched(FINDINGS, { status: 'fine' }), 'not-a-batch'],
    ['gives nothing for one search', batched('null'), 'not-a-searchset'],
    ['gives the other answer twice', batched(MEMBERS), 'another-type'],
  ])('and %s has none of that, and loses nothing else', async (_what, answer, fault) => {
    const { url } = await started(says(() => answer));
    const world = sourceWorld({ url, adapter });
    const answers = await world.fetch(permit);
    expect(answers['injury-findings']).toEqual(UNAVAILABLE);
    expect(answers['household']).toMatchObject({ status: 'held' });
    expect(world.codes()).toEqual([fault]);
  });

  const entries = (JSON.parse(batched(FINDINGS)) as { entry: readonly object[] }).entry;
  const withEntries = (entry: unknown): string =>
    JSON.stringify({ resourceType: 'Bundle', type: 'batch-response', entry });
  it.each([
    ['answers one search of two', withEntries(entries.slice(0, 1)), ['not-a-batch', 'not-a-batch']],
    [
      'answers three searches of two',
      withEntries([...entries, ...entries.slice(0, 1)]),
      ['not-a-batch', 'not-a-batch'],
    ],
    ['answers in another order', withEntries([...entries].reverse()), ['another-type', 'another-type']],
    ['answers with entries that are no list', withEntries({}), ['not-a-batch', 'not-a-batch']],
    ['answers with entries that are no objects', withEntries([1, null]), ['not-a-batch', 'not-a-batch']],
    [
      'answers as to a transaction',
      batched(FINDINGS, undefined, 'transaction-response'),
      ['not-a-batch', 'not-a-batch'],
    ],
    ['answers with a searchset', FINDINGS, ['not-a-batch', 'not-a-batch']],
  ])('and %s is believed of nothing but the child', async (_what, answer, faults) => {
    const { url } = await started(says(() => answer));
    const world = sourceWorld({ url, adapter });
    const answers = await world.fetch(permit);
    expect(answers).toMatchObject({ household: UNAVAILABLE, 'injury-findings': UNAVAILABLE });
    expect(world.codes()).toEqual(faults);
  });
});

describe('the stand-in of a trust', () => {
  const post = (url: string, body: unknown): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const get = (url: string): object => ({ request: { method: 'GET', url } });

  it('answers a batch search by search, in order, each for itself', async () => {
    const server = await startFhirServer([{ resourceType: 'Patient', id: 'ava' }]);
    try {
      const entry = [
        get('Patient?_id=ava'),
        get('Observation?value-quantity=5'),
        get('Binary?_id=x'),
        { request: { method: 'DELETE', url: 'Patient/ava' } },
        null,
      ];
      const response = await post(server.url, { resourceType: 'Bundle', type: 'batch', entry });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        resourceType: 'Bundle',
        type: 'batch-response',
        entry: [
          { response: { status: '200' }, resource: { type: 'searchset', entry: [{ resource: { id: 'ava' } }] } },
          { response: { status: '400', outcome: { issue: [{ code: 'not-supported' }] } } },
          { response: { status: '404', outcome: { issue: [{ code: 'not-found' }] } } },
          { response: { status: '404', outcome: { issue: [{ code: 'not-found' }] } } },
          { response: { status: '404' } },
        ],
      });
      expect(server.asked.map(({ type }) => type)).toEqual(['Patient', 'Observation']);
    } finally {
      await server.close();
    }
  });

  it.each([
    'no JSON',
    { resourceType: 'Bundle', type: 'transaction', entry: [] },
    { resourceType: 'Bundle', type: 'batch' },
  ])('answers %j, which is no batch, with an OperationOutcome', async (body) => {
    const server = await startFhirServer([]);
    try {
      const response = await post(server.url, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    } finally {
      await server.close();
    }
  });
});
