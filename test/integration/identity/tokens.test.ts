import { decodeJwt, decodeProtectedHeader, importJWK } from 'jose';
import * as openid from 'openid-client';
import { AgencyClient, type AgencyCredentials, exchange, newKeyPair, type Reply } from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { FakeDirectory } from './fake-directory.js';
import { MovedClock, newMasterKey, publicUrl, startGateway, type TestGateway } from './test-gateway.js';

let database: TestDatabase;
let gateway: TestGateway;
let twin: TestGateway;
let police: AgencyClient;
let credentials: AgencyCredentials;
const directory = new FakeDirectory();

beforeAll(async () => {
  database = await freshDatabase();
  credentials = await directory.enrol('north-police', ['exchange.request', 'directory.read']);
  const deployment = { database, directory, clock: new MovedClock(), master: newMasterKey() };
  gateway = await startGateway(deployment);
  twin = await startGateway(deployment);
  police = new AgencyClient({ ...credentials, publicUrl, address: gateway.address });
});

afterAll(async () => {
  await gateway.close();
  await twin.close();
  await database.close();
});

function expectError(reply: Reply, status: number, error: string): void {
  expect(reply).toMatchObject({ status, body: { error } });
  expect(reply.body).not.toHaveProperty('access_token');
}

describe('a token', () => {
  it('is an RFC 9068 token of 300 s, bound to the key of the proof, for this audience and the scopes asked', async () => {
    const reply = await police.requestToken({ scope: 'directory.read' });
    const { access_token: token } = reply.body as { access_token: string };
    const { publicJwk } = await police.proofKey();

    expect(reply).toMatchObject({
      status: 200,
      body: { token_type: 'DPoP', expires_in: 300, scope: 'directory.read' },
    });
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: `${publicUrl}/oauth`,
      aud: publicUrl,
      sub: 'north-police-system',
      client_id: 'north-police-system',
      scope: 'directory.read',
      cnf: { jkt: publicJwk.kid },
      client_key: credentials.clientKey.kid,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
    expect(typeof claims.jti).toBe('string');
  });

  it('is given without naming the resource, of which there is one', async () => {
    expect(await police.requestToken({ scope: 'directory.read', resource: null })).toMatchObject({ status: 200 });
  });

  it.each([
    { because: 'a scope is unknown', scope: 'directory.read everything', error: 'invalid_scope' },
    { because: 'a scope is not granted to this client', scope: 'directory.write', error: 'invalid_scope' },
    { because: 'no scope is named', scope: null, error: 'invalid_scope' },
    {
      because: 'the resource is another',
      scope: 'directory.read',
      resource: 'http://elsewhere.test',
      error: 'invalid_target',
    },
  ])('is refused, not narrowed, when $because', async ({ error, ...parameters }) => {
    expectError(await police.requestToken(parameters), 400, error);
  });

  it.each(['password', 'authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'])(
    'is not given by the grant `%s`',
    async (grant) => {
      const reply = await police.requestToken({ grant_type: grant, scope: 'directory.read' });
      expect([400, 401]).toContain(reply.status);
      expect(reply.body).not.toHaveProperty('access_token');
    },
  );

  it('is never unbound: without a proof there is none', async () => {
    const reply = await police.requestToken({ scope: 'directory.read' }, { headers: { dpop: undefined } });

    expect(reply.status).toBe(400);
    expect(reply.body).not.toHaveProperty('access_token');
  });

  it('is not given for a proof used before', async () => {
    const dpop = await police.proof('POST', '/oauth/token');
    expect(await police.requestToken({ scope: 'directory.read' }, { headers: { dpop } })).toMatchObject({
      status: 200,
    });

    expectError(await police.requestToken({ scope: 'directory.read' }, { headers: { dpop } }), 400, 'invalid_grant');
  });

  it('is not given for a proof that names another address, whatever host the request claims', async () => {
    const dpop = await police.proof('POST', '/oauth/token', undefined, {
      claims: { htu: 'http://evil.test/oauth/token' },
    });
    const headers = { dpop, host: 'evil.test', 'x-forwarded-host': 'evil.test' };

    expectError(await police.requestToken({ scope: 'directory.read' }, { headers }), 400, 'invalid_dpop_proof');
  });
});

describe('a client assertion is refused', () => {
  const seconds = (): number => Math.floor(Date.now() / 1000);
  it.each([
    { because: 'its audience is the token endpoint', claims: () => ({ aud: `${publicUrl}/oauth/token` }) },
    { because: 'its audience is a list', claims: () => ({ aud: [`${publicUrl}/oauth`] }) },
    { because: 'its audience is elsewhere', claims: () => ({ aud: 'http://elsewhere.test' }) },
    { because: 'it has expired', claims: () => ({ exp: seconds() - 60, iat: seconds() - 120 }) },
    { because: 'it does not expire', claims: () => ({ exp: undefined }) },
    { because: 'it is good for a day', claims: () => ({ exp: seconds() + 86_400 }) },
    { because: 'it has no single-use id', claims: () => ({ jti: undefined }) },
    { because: 'its issuer is another client', claims: () => ({ iss: 'north-trust-system' }) },
    { because: 'its client is unknown', claims: () => ({ iss: 'nobody', sub: 'nobody' }) },
    { because: 'it is dated in the future', claims: () => ({ iat: seconds() + 90, exp: seconds() + 150 }) },
    { because: 'it is from the future', claims: () => ({ iat: seconds() + 120, nbf: seconds() + 120 }) },
  ])('when $because', async ({ claims }) => {
    const assertion = await police.assertion(claims());

    expectError(await police.requestToken({ scope: 'directory.read' }, { assertion }), 401, 'invalid_client');
  });

  it("when it is signed with a key that is not the client's, though named as if it were", async () => {
    const { privateJwk } = await newKeyPair(credentials.clientKey.kid);
    const impostor = new AgencyClient({ ...credentials, clientKey: privateJwk, publicUrl, address: gateway.address });

    expectError(await impostor.requestToken({ scope: 'directory.read' }), 401, 'invalid_client');
  });

  it('when its agency is suspended', async () => {
    const other = await directory.enrol('south-council');
    directory.change('south-council', { suspended: true });
    const council = new AgencyClient({ ...other, publicUrl, address: gateway.address });

    expectError(await council.requestToken({ scope: 'directory.read' }), 401, 'invalid_client');
  });

  it('when its tokens are to be bound to a certificate, which cannot be seen here', async () => {
    const other = await directory.enrol('south-trust');
    directory.change('south-trust', { binding: 'certificate' });
    const trust = new AgencyClient({ ...other, publicUrl, address: gateway.address });

    for (const dpop of [await trust.proof('POST', '/oauth/token'), undefined]) {
      expectError(await trust.requestToken({ scope: 'directory.read' }, { headers: { dpop } }), 401, 'invalid_client');
    }
  });

  it("when all the client's keys are revoked", async () => {
    const other = await directory.enrol('south-school');
    directory.change('south-school', { jwks: [] });
    const school = new AgencyClient({ ...other, publicUrl, address: gateway.address });

    expectError(await school.requestToken({ scope: 'directory.read' }), 401, 'invalid_client');
  });

  it('when there is a client secret in its place', async () => {
    const reply = await police.requestToken({
      scope: 'directory.read',
      client_id: credentials.clientId,
      client_secret: 'secret',
      client_assertion: null,
      client_assertion_type: null,
    });

    expectError(reply, 401, 'invalid_client');
  });

  it('when it was used before', async () => {
    const assertion = await police.assertion();
    expect(await police.requestToken({ scope: 'directory.read' }, { assertion })).toMatchObject({ status: 200 });

    expectError(await police.requestToken({ scope: 'directory.read' }, { assertion }), 401, 'invalid_client');
  });

  it('all times but once, when it is sent sixteen times at once to two gateways', async () => {
    const elsewhere = new AgencyClient({ ...credentials, publicUrl, address: twin.address });
    for (let round = 0; round < 5; round += 1) {
      const assertion = await police.assertion();
      const replies = await Promise.all(
        Array.from({ length: 16 }, (_, at) =>
          (at % 2 === 0 ? police : elsewhere).requestToken({ scope: 'directory.read' }, { assertion }),
        ),
      );

      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(replies.filter(({ status }) => ![200, 400, 401].includes(status))).toEqual([]);
    }
  });
});

describe('what is spent', () => {
  it('is forgotten only once it is out of date', async () => {
    await database.asOwner(`ALTER TABLE gateway.oidc_payload NO FORCE ROW LEVEL SECURITY`);
    await database.asOwner(`
      INSERT INTO gateway.oidc_payload (kind, id, expires_at)
      VALUES ('ReplayDetection', 'long-past', now() - interval '1 s'), ('ReplayDetection', 'still-good', now() + interval '60 s')`);
    await police.requestToken({ scope: 'directory.read' });
    const kept = await database.asOwner<{ id: string }>(
      `SELECT id FROM gateway.oidc_payload WHERE id LIKE '%-%st' OR id = 'still-good'`,
    );
    await database.asOwner(`ALTER TABLE gateway.oidc_payload FORCE ROW LEVEL SECURITY`);

    expect(kept.map(({ id }) => id)).toEqual(['still-good']);
  });

  it('cannot be forgotten earlier, nor changed, by the login that serves', async () => {
    const login = await database.client('gateway');
    await police.requestToken({ scope: 'directory.read' });

    expect(await login.query('DELETE FROM gateway.oidc_payload')).toMatchObject({ rowCount: 0 });
    await expect(login.query('UPDATE gateway.oidc_payload SET expires_at = now()')).rejects.toThrow(
      /permission denied/,
    );
    await expect(login.query('TRUNCATE gateway.oidc_payload')).rejects.toThrow(/permission denied/);
  });
});

describe('what the authorisation server shows', () => {
  it('is its metadata, with this issuer and nothing but what it does', async () => {
    const reply = await exchange(
      gateway.address,
      '/oauth/.well-known/openid-configuration',
      'GET',
      { host: 'evil.test' },
      Buffer.alloc(0),
    );

    expect(reply).toMatchObject({
      status: 200,
      body: {
        issuer: `${publicUrl}/oauth`,
        token_endpoint: `${publicUrl}/oauth/token`,
        jwks_uri: `${publicUrl}/oauth/.well-known/jwks.json`,
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['ES256'],
        dpop_signing_alg_values_supported: ['ES256'],
      },
    });
  });

  it.each(['/oauth/.well-known/jwks.json', '/.well-known/jwks.json'])(
    'is, at `%s`, no private member of a key',
    async (path) => {
      const reply = await exchange(gateway.address, path, 'GET', {}, Buffer.alloc(0));
      const { keys } = reply.body as { keys: object[] };

      expect(reply.status).toBe(200);
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'sig' });
        for (const secret of ['d', 'p', 'q', 'k']) expect(key).not.toHaveProperty(secret);
      }
    },
  );

  it.each(['/oauth/auth', '/oauth/me', '/oauth/reg', '/oauth/token/introspection', '/oauth/session/end', '/oauth'])(
    'is nothing at `%s`',
    async (path) => {
      expect(await exchange(gateway.address, path, 'GET', {}, Buffer.alloc(0))).toMatchObject({ status: 404 });
    },
  );

  it('is what openid-client, written by others, needs to obtain a token and call with it', async () => {
    const to =
      (address: string): openid.CustomFetch =>
      (url, options) =>
        fetch(url.replace(publicUrl, address), options as RequestInit);
    const key = (await importJWK(credentials.clientKey, 'ES256')) as openid.CryptoKey;
    const configuration = await openid.discovery(
      new URL(`${publicUrl}/oauth`),
      credentials.clientId,
      undefined,
      openid.PrivateKeyJwt(key, {
        [openid.modifyAssertion]: (_header, payload) => {
          payload['aud'] = `${publicUrl}/oauth`;
        },
      }),
      { [openid.customFetch]: to(gateway.address) },
    );
    const DPoP = openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair('ES256'));
    const granted = await openid.clientCredentialsGrant(
      configuration,
      { resource: publicUrl, scope: 'directory.read' },
      { DPoP },
    );
    const signature = await police.signature('GET', '/v1/probe', Buffer.alloc(0), undefined, { officer: 'np-4471' });
    const reply = await openid.fetchProtectedResource(
      configuration,
      granted.access_token,
      new URL(`${publicUrl}/v1/probe`),
      'GET',
      null,
      new Headers({ 'x-jws-signature': signature }),
      { DPoP },
    );

    expect(granted).toMatchObject({ token_type: 'dpop', scope: 'directory.read', expires_in: 300 });
    expect(reply.status).toBe(200);
  });
});

describe('when the directory cannot be asked', () => {
  it('says so, rather than blame the client', async () => {
    const token = await police.token(['directory.read']);
    directory.isAway = true;
    const refusedToken = await police.requestToken({ scope: 'directory.read' });
    const refusedCall = await police.get('/v1/probe', { token, officer: 'np-4471' });
    directory.isAway = false;

    expect(refusedToken).toMatchObject({ status: 503 });
    expect(refusedToken.body).not.toHaveProperty('access_token');
    expect(refusedCall).toMatchObject({ status: 503, body: { type: `${publicUrl}/problems/database-unavailable` } });
    expect(await police.get('/v1/probe', { token, officer: 'np-4471' })).toMatchObject({ status: 200 });
  });
});
