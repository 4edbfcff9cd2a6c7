import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readPeople, readRecords } from '../../../src/cli/demo/world.js';
import { startFhirServer } from '../../../src/cli/stand-ins/fhir-server.js';
import { startJsonServer } from '../../../src/cli/stand-ins/json-server.js';
import { JSON_SYSTEMS } from '../../../src/cli/stand-ins/json-systems.js';
import { sourceWorld, type SourceWorld } from './source-world.js';

// Who lives at an address, by systems that answer well, badly, and not at all.

const UPRN = '100000000017';
const KEY = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey';

let server: Server;
let url: string;
let status = 200;
let body: unknown;
let asked: { readonly path: string; readonly text: string; readonly onBehalfOf: unknown }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({
        path: request.url ?? '',
        text: Buffer.concat(chunks).toString(),
        onBehalfOf: request.headers['x-on-behalf-of'],
      });
      const type = request.url?.includes('_search') === true ? 'application/fhir+json' : 'application/json';
      response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  status = 200;
});

const council = (): SourceWorld => sourceWorld({ url, adapter: 'json-social-care' });
const trust = (): SourceWorld => sourceWorld({ url, adapter: 'fhir-r4' });

const one = (more: object = {}): object => ({
  nhsNumber: '9990000018',
  upn: 'A801200022101',
  accessRestricted: false,
  dateOfBirth: '2022-05-01',
  uprn: UPRN,
  ...more,
});

const patient = (more: object = {}, uprn = UPRN): object => ({
  resource: {
    resourceType: 'Patient',
    id: 'ava',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    birthDate: '2022-05-01',
    address: [
      {
        use: 'home',
        extension: [
          {
            url: KEY,
            extension: [
              { url: 'type', valueCoding: { code: 'UPRN' } },
              { url: 'value', valueString: uprn },
            ],
          },
        ],
      },
    ],
    ...more,
  },
});
const searchset = (entry: readonly object[], more: object = {}): object => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry,
  ...more,
});

describe('a JSON system', () => {
  it('is asked by one POST that has the address in its body, and answers by numbers, those asked by first', async () => {
    body = { persons: [one()] };
    expect(await council().placedAt(UPRN)).toEqual({
      is: 'found',
      people: [
        {
          identifiers: [
            { system: 'nhs-number', value: '9990000018' },
            { system: 'upn', value: 'A801200022101' },
          ],
          isChild: true,
        },
      ],
    });
    expect(asked).toMatchObject([
      { path: '/api/v2/persons/placed-at', text: JSON.stringify({ address: { uprn: UPRN } }) },
    ]);
    expect(asked[0]?.onBehalfOf).toMatch(/^ey/);
  });

  it.each<readonly [string, object, string]>([
    ['that is marked restricted', one({ accessRestricted: true }), 'kept-back'],
    ['that does not say whether it is', { ...one(), accessRestricted: undefined }, 'kept-back'],
    ['with a mistyped number, by the other one', one({ nhsNumber: '9990000019' }), 'found'],
    ['of another address', one({ uprn: '100000000018' }), 'unavailable'],
    ['that says no address', { ...one(), uprn: undefined }, 'unavailable'],
    ['with a number that is none', one({ nhsNumber: 9990000018 }), 'unavailable'],
    ['born on no day', one({ dateOfBirth: '31/02/2022' }), 'unavailable'],
  ])('with a record %s', async (_what, record, is) => {
    body = { persons: [one({ nhsNumber: '9990000085', upn: null }), record] };
    expect((await council().placedAt(UPRN)).is).toBe(is);
  });

  it('that lists nobody has nobody there; one that lists a town has too many', async () => {
    body = { persons: [] };
    expect(await council().placedAt(UPRN)).toEqual({ is: 'found', people: [] });
    body = { persons: Array.from({ length: 501 }, () => one()) };
    expect((await council().placedAt(UPRN)).is).toBe('too-many');
  });

  it.each<readonly [string, number, unknown, string]>([
    ['refuses', 404, { persons: [] }, 'refused'],
    ['fails', 500, { persons: [] }, 'not-ok'],
    ['answers something else', 200, { pupils: [] }, 'not-an-answer'],
    ['answers a list of numbers', 200, { persons: ['9990000018'] }, 'not-an-answer'],
    ['says a name twice', 200, '{"persons":[],"persons":[]}', 'not-strict-json'],
  ])('that %s is unavailable, and operators are told why', async (_what, answered, given, code) => {
    status = answered;
    body = given;
    const world = council();
    expect(await world.placedAt(UPRN)).toEqual({ is: 'unavailable' });
    expect(world.codes()).toContain(code);
  });

  it('whose shape knows of no addresses is not asked, and is unavailable', async () => {
    const world = sourceWorld({ url, adapter: 'json-school' });
    expect(await world.placedAt(UPRN)).toEqual({ is: 'unavailable' });
    expect(world.codes()).toContain('asked-by-no-address');
    expect(asked).toEqual([]);
  });
});

describe('a FHIR server', () => {
  it('is searched by POST, and answers by the patients whose address bears the UPRN', async () => {
    body = searchset([patient()]);
    expect(await trust().placedAt(UPRN)).toMatchObject({
      is: 'found',
      people: [{ identifiers: [{ system: 'nhs-number', value: '9990000018' }], isChild: true }],
    });
    expect(asked).toMatchObject([{ path: '/Patient/_search', text: `address-uprn=${UPRN}` }]);
  });

  it.each<readonly [string, object, string]>([
    ['one marked restricted', searchset([patient({ meta: { security: [{ code: 'R' }] } })]), 'kept-back'],
    ['another address', searchset([patient({}, '100000000018')]), 'unavailable'],
    ['more than one page', searchset([patient()], { link: [{ relation: 'next', url: '/next' }] }), 'too-many'],
    ['what modifies itself', searchset([patient({ implicitRules: 'https://not.example' })]), 'unavailable'],
    ['an outcome', { resourceType: 'OperationOutcome' }, 'unavailable'],
  ])('that answers %s', async (_what, given, is) => {
    body = given;
    expect((await trust().placedAt(UPRN)).is).toBe(is);
  });

  it('that knows no such parameter refuses, and is unavailable', async () => {
    status = 400;
    body = { resourceType: 'OperationOutcome' };
    expect(await trust().placedAt(UPRN)).toEqual({ is: 'unavailable' });
  });
});

describe('the stand-ins of the demonstration', () => {
  const numbersOf = async (world: SourceWorld): Promise<readonly string[]> => {
    const placed = await world.placedAt(UPRN);
    if (placed.is !== 'found') throw new Error(placed.is);
    return placed.people.filter(({ isChild }) => isChild).map(({ identifiers: [first] }) => first.value);
  };

  it.each([
    ['json-social-care', 'northmoor-council', ['9990000018', '9990000697']],
    ['json-police', 'northmoor-police', ['9990000018']],
  ])('%s of %s has children there', async (adapter, agency, numbers) => {
    const system = JSON_SYSTEMS.get(adapter);
    if (system === undefined) throw new Error('no such system');
    const standIn = await startJsonServer(system, readPeople('config', agency));
    expect(await numbersOf(sourceWorld({ url: standIn.url, adapter }))).toEqual(numbers);
    await standIn.close();
  });

  it('so has the FHIR server of the trust, and a grown-up besides', async () => {
    const standIn = await startFhirServer(readRecords('config', 'northmoor-nhs-trust'));
    const world = sourceWorld({ url: standIn.url });
    expect(await numbersOf(world)).toEqual(['9990000018', '9990000085']);
    const placed = await world.placedAt(UPRN);
    expect(placed.is === 'found' && placed.people).toHaveLength(3);
    await standIn.close();
  });
});

it('a system that is not there is unavailable, and is left alone after a while as for any other ask', async () => {
  const world = sourceWorld({ url: 'http://127.0.0.1:9', adapter: 'json-social-care' });
  for (let times = 0; times < 6; times += 1) expect(await world.placedAt(UPRN)).toEqual({ is: 'unavailable' });
  expect(world.codes()).toContain('circuit-open');
});
