import { AgencyClient, type AgencyCredentials } from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { FakeDirectory } from './fake-directory.js';
import {
  MovedClock,
  newMasterKey,
  publicUrl,
  startGateway,
  type TestGateway,
  type TestGatewayOptions,
} from './test-gateway.js';

let database: TestDatabase;
let deployment: TestGatewayOptions;
let gateways: readonly [TestGateway, TestGateway];
let clients: readonly [AgencyClient, AgencyClient];
let credentials: AgencyCredentials;
const clock = new MovedClock();
const directory = new FakeDirectory();

beforeAll(async () => {
  database = await freshDatabase();
  credentials = await directory.enrol('north-police');
  deployment = { database, directory, clock, master: newMasterKey() };
  gateways = [await startGateway(deployment), await startGateway(deployment)];
  clients = [client(gateways[0]), client(gateways[1])];
});

afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await database.close();
});

function client({ address }: TestGateway): AgencyClient {
  return new AgencyClient({
    ...credentials,
    publicUrl,
    address,
    officer: 'np-4471',
    now: () => Date.parse(clock.now()),
  });
}

function statusesOf(replies: readonly { status: number }[]): Record<number, number> {
  const counted: Record<number, number> = {};
  for (const { status } of replies) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
}

describe('a call sent many times over', () => {
  it.each([
    { what: 'one that changes something', method: 'POST', body: { text: 'one' } },
    { what: 'one that looks', method: 'GET', body: undefined },
  ])('is taken once: $what, fifty times at once, at two gateways over one database', async ({ method, body }) => {
    const prepared = await clients[0].prepare(method, '/v1/probe', body);
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? clients[0] : clients[1]).send(prepared)),
    );

    expect(statusesOf(replies)).toEqual({ 200: 1, 401: 49 });
  });

  it('is not taken by a gateway that starts later', async () => {
    const prepared = await clients[0].prepare('GET', '/v1/probe');
    expect(await clients[0].send(prepared)).toMatchObject({ status: 200 });
    const later = await startGateway(deployment);
    const reply = await client(later).send(prepared);
    await later.close();

    expect(reply).toMatchObject({ status: 401, body: { type: `${publicUrl}/problems/replayed` } });
  });

  it('is out of date before it is forgotten', async () => {
    const prepared = await clients[0].prepare('GET', '/v1/probe');
    expect(await clients[0].send(prepared)).toMatchObject({ status: 200 });
    clock.byMilliseconds += 61_000;
    const reply = await clients[0].send(prepared);
    clock.byMilliseconds -= 61_000;

    expect(reply).toMatchObject({ status: 401, body: { detail: expect.stringMatching(/`iat`/) as string } });
  });
});

describe('what a call spends', () => {
  it('is kept for longer than the call could be taken, with a minute for the difference of two clocks', async () => {
    const began = Date.now() / 1000;
    await clients[0].get('/v1/probe');
    await database.asOwner('ALTER TABLE gateway.spent_proof NO FORCE ROW LEVEL SECURITY');
    const kept = await database.asOwner<{ kind: string; until: number }>(
      `SELECT kind, extract(epoch FROM until)::float8 AS until FROM gateway.spent_proof ORDER BY until DESC LIMIT 2`,
    );
    await database.asOwner('ALTER TABLE gateway.spent_proof FORCE ROW LEVEL SECURITY');

    expect(kept.map(({ kind }) => kind).sort()).toEqual(['proof', 'signature']);
    for (const { until } of kept) expect(until - began).toBeGreaterThan(110);
  });
});

describe('when the token keys are rotated without a restart', () => {
  it('takes the tokens of both, everywhere, and signs with the new one after a minute', async () => {
    const [issuing, other] = clients;
    const kidOf = (token: string): unknown =>
      (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: unknown }).kid;
    const fresh = async (): Promise<string> =>
      ((await issuing.requestToken({ scope: 'directory.read' })).body as { access_token: string }).access_token;
    const before = await fresh();
    await gateways[0].keys.rotate('token');
    expect(kidOf(await fresh())).toBe(kidOf(before));
    const published = (
      (await issuing.send({ method: 'GET', path: '/oauth/.well-known/jwks.json', headers: {}, body: Buffer.alloc(0) }))
        .body as { keys: { kid: string }[] }
    ).keys;
    expect(published).toHaveLength(2);

    clock.byMilliseconds += 61_000;
    const after = await fresh();
    expect(kidOf(after)).not.toBe(kidOf(before));
    expect(published.map(({ kid }) => kid)).toContain(kidOf(after));

    for (const token of [before, after])
      expect(await issuing.get('/v1/probe', { token })).toMatchObject({ status: 200 });
    expect(await other.send(await issuing.prepare('GET', '/v1/probe', undefined, { token: before }))).toMatchObject({
      status: 200,
    });
    clock.byMilliseconds -= 61_000;
  });
});
