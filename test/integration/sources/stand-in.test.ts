import { readFileSync } from 'node:fs';
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { Resource } from '../../../src/cli/stand-ins/fhir-search.js';
import { startFhirServer, type FhirServer } from '../../../src/cli/stand-ins/fhir-server.js';
import { NAMES_AND_FINDINGS, ORIGINATOR, PAIR, permitFor, sourceWorld } from './source-world.js';

const records = JSON.parse(readFileSync('config/demo/records/northmoor-nhs-trust.json', 'utf8')) as Resource[];

let server: FhirServer;
beforeEach(async () => {
  server = await startFhirServer(records);
});
afterEach(async () => {
  await server.close();
});

function post(path: string, form: string): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  });
}

describe('the stand-in of a trust', () => {
  it('answers a search by POST with a searchset of what matches', async () => {
    const response = await post(
      '/Patient/_search',
      'identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018',
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/fhir\+json; fhirVersion=4\.0/);
    expect(await response.json()).toMatchObject({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 1,
      entry: [{ fullUrl: `${server.url}/Patient/ava`, resource: { id: 'ava' }, search: { mode: 'match' } }],
    });
  });

  it('says in its capability statement what it may be asked', async () => {
    const statement = (await (await fetch(`${server.url}/metadata`)).json()) as {
      rest: { resource: { type: string; searchParam: { name: string }[] }[] }[];
    };
    for (const { type, searchParam } of statement.rest[0]?.resource ?? [])
      for (const { name } of searchParam) {
        const value = name === 'date' ? '2026-01-01' : 'x';
        expect((await post(`/${type}/_search`, `${name}=${value}`)).status).toBe(200);
      }
  });

  it.each([
    ['a parameter it does not support', '/Observation/_search', 'value-quantity=5', 400, 'not-supported'],
    ['a modifier it does not support', '/Observation/_search', 'code:not=5', 400, 'not-supported'],
    ['a type it does not serve', '/Binary/_search', '', 404, 'not-found'],
    ['a type every object has', '/constructor/_search', '', 404, 'not-found'],
    ['a form that is too large', '/Patient/_search', `_id=${'x'.repeat(20_000)}`, 400, 'invalid'],
  ])('answers %s with an OperationOutcome', async (_what, path, form, status, code) => {
    const response = await post(path, form);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code }] });
  });

  it.each(['/Patient/_search?identifier=9990000018', '/Patient?identifier=9990000018', '/Patient/ava'])(
    'does not answer GET %s: no identifier stands in an address',
    async (path) => {
      const response = await fetch(`${server.url}${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    },
  );
});

describe('a fetch from the stand-in', () => {
  it('holds what it has, is unavailable while it is down, and holds it again', async () => {
    const world = sourceWorld({ url: server.url });
    expect((await world.fetch())['injury-findings']).toMatchObject({ status: 'held' });
    await server.pause();
    expect(await world.fetch()).toEqual({
      'core-identity': { status: 'unavailable' },
      'injury-findings': { status: 'unavailable' },
    });
    await server.resume();
    expect((await world.fetch())['injury-findings']).toMatchObject({ status: 'held' });
  });

  it('asks for what the permit names and nothing else, with no identifier but in the search for the child', async () => {
    await sourceWorld({ url: server.url }).fetch(
      permitFor('injury-findings.findings', 'injury-findings.findingsInShort'),
    );
    expect(server.asked.map(({ type, parameters }) => ({ type, parameters }))).toEqual([
      { type: 'Patient', parameters: { identifier: 'https://fhir.nhs.uk/Id/nhs-number|9990000018' } },
      { type: 'Observation', parameters: { category: 'exam', patient: 'ava' } },
    ]);
  });

  it('tells the trust, signed, for whom it asks, and nothing of the child', async () => {
    await sourceWorld({ url: server.url }).fetch(NAMES_AND_FINDINGS);
    const statements = new Set(server.asked.map(({ onBehalfOf }) => onBehalfOf));
    expect(statements.size).toBe(1);
    const [statement = ''] = [...statements];
    const { payload } = await compactVerify(statement, await importJWK({ ...PAIR.jwk }, 'ES256'));
    const said = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    expect(decodeProtectedHeader(statement)).toMatchObject({ typ: 'on-behalf-of+jws', kid: 'gateway-1' });
    expect(said).toMatchObject({
      iss: 'https://gateway.example',
      aud: server.url,
      requester: ORIGINATOR.agency,
      officer: ORIGINATOR.officer,
      purpose: ORIGINATOR.purpose,
      jti: 'disclosure',
    });
    expect(Number(said['exp']) - Number(said['iat'])).toBe(30);
    expect(JSON.stringify(said)).not.toMatch(/9990000018|ava/i);
  });
});
