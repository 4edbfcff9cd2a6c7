import * as oauth from 'oauth4webapi';
import { AgencyClient, type AgencyCredentials, type CallOptions, newKeyPair } from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { FakeDirectory } from './fake-directory.js';
import { MovedClock, newMasterKey, publicUrl, startGateway, type TestGateway } from './test-gateway.js';

// oauth4webapi checks a token and its proof as a resource server does, and shares no code with the gateway. It keeps no
// record of what was used, so single use is not among what the two are compared on.
let database: TestDatabase;
let gateway: TestGateway;
let police: AgencyClient;
let credentials: AgencyCredentials;
const directory = new FakeDirectory();

beforeAll(async () => {
  database = await freshDatabase();
  credentials = await directory.enrol('north-police');
  gateway = await startGateway({ database, directory, clock: new MovedClock(), master: newMasterKey() });
  police = new AgencyClient({ ...credentials, publicUrl, address: gateway.address, officer: 'np-4471' });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const now = Math.floor(Date.now() / 1000);
const cases: readonly { what: string; verdict: 'taken' | 'refused'; options?: () => Promise<CallOptions> }[] = [
  { what: 'all is right', verdict: 'taken' },
  {
    what: 'the proof is by another key',
    verdict: 'refused',
    options: async () => ({ proof: { key: await newKeyPair() } }),
  },
  { what: 'the proof is for another token', verdict: 'refused', options: proof({ ath: 'x'.repeat(43) }) },
  { what: 'the proof is for another method', verdict: 'refused', options: proof({ htm: 'POST' }) },
  { what: 'the proof is for another address', verdict: 'refused', options: proof({ htu: `${publicUrl}/v1/other` }) },
  { what: 'the proof has no single-use id', verdict: 'refused', options: proof({ jti: undefined }) },
  { what: 'the proof has no time', verdict: 'refused', options: proof({ iat: undefined }) },
  { what: 'the proof is ten minutes old', verdict: 'refused', options: proof({ iat: now - 600 }) },
  {
    what: 'the proof is of another type',
    verdict: 'refused',
    options: () => Promise.resolve({ proof: { header: { typ: 'JWT' } } }),
  },
  { what: 'the token is sent as Bearer', verdict: 'refused', options: () => Promise.resolve({ scheme: 'Bearer' }) },
  { what: 'there is no proof', verdict: 'refused', options: () => Promise.resolve({ headers: { dpop: undefined } }) },
];

function proof(claims: Readonly<Record<string, unknown>>): () => Promise<CallOptions> {
  return () => Promise.resolve({ proof: { claims } });
}

it.each(cases)('agrees with an independent resource server: $verdict when $what', async ({ verdict, options }) => {
  const call = await police.prepare('GET', '/v1/probe', undefined, await options?.());

  expect(await independentVerdict(call.headers)).toBe(verdict);
  expect((await police.send(call)).status).toBe(verdict === 'taken' ? 200 : 401);
});

async function independentVerdict(headers: Readonly<Record<string, unknown>>): Promise<'taken' | 'refused'> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const server: oauth.AuthorizationServer = {
    issuer: `${publicUrl}/oauth`,
    jwks_uri: `${publicUrl}/oauth/.well-known/jwks.json`,
  };
  try {
    await oauth.validateJwtAccessToken(server, new Request(`${publicUrl}/v1/probe`, { headers: given }), publicUrl, {
      requireDPoP: true,
      signingAlgorithms: ['ES256'],
      [oauth.customFetch]: (url, init) => fetch(url.replace(publicUrl, gateway.address), { headers: init.headers }),
    });
    return 'taken';
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return 'refused';
  }
}
