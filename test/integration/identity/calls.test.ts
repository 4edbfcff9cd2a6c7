import { createHash } from 'node:crypto';
import { SignJWT, importJWK, decodeJwt, type JWK } from 'jose';
import {
  AgencyClient,
  type AgencyCredentials,
  type Altered,
  type CallOptions,
  newKeyPair,
  type Reply,
} from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { FakeDirectory } from './fake-directory.js';
import { MovedClock, newMasterKey, publicUrl, startGateway, type TestGateway } from './test-gateway.js';

let database: TestDatabase;
let gateway: TestGateway;
let police: AgencyClient;
let policeCredentials: AgencyCredentials;
let healthCredentials: AgencyCredentials;
const directory = new FakeDirectory();

beforeAll(async () => {
  database = await freshDatabase();
  policeCredentials = await directory.enrol('north-police');
  healthCredentials = await directory.enrol('north-trust');
  gateway = await startGateway({ database, directory, clock: new MovedClock(), master: newMasterKey() });
  police = client(policeCredentials);
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

function client(credentials: AgencyCredentials): AgencyClient {
  return new AgencyClient({ ...credentials, publicUrl, address: gateway.address, officer: 'np-4471' });
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function expectRefused(reply: Reply, slug: string, detail: RegExp): void {
  expect(reply).toMatchObject({ status: 401, body: { type: `${publicUrl}/problems/${slug}` } });
  expect((reply.body as { detail: string }).detail).toMatch(detail);
  expect(reply.headers['www-authenticate']).toMatch(/^DPoP (error="\w+", )?algs="ES256"$/);
  // A refusal names what failed, and gives nothing to try with.
  expect(reply.headers['x-jws-signature']).toBeUndefined();
}

describe('a call that is right', () => {
  it('is known by its agency, officer, client and scopes', async () => {
    const reply = await police.get('/v1/probe', { scopes: ['directory.read'] });

    expect(reply).toMatchObject({
      status: 200,
      body: { agency: 'north-police', officer: 'np-4471', clientId: 'north-police-system', scopes: ['directory.read'] },
    });
  });

  it('is answered under a signature that names its own', async () => {
    const prepared = await police.prepare('POST', '/v1/probe', { text: 'one' });
    const reply = await police.send(prepared);
    const header = JSON.parse(
      Buffer.from(String(reply.headers['x-jws-signature']).split('.')[0] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>;

    expect(header).toMatchObject({
      typ: 'exchange-answer+jws',
      req: createHash('sha256').update(String(prepared.headers['x-jws-signature'])).digest('base64url'),
    });
  });

  it('may have a query, which neither proof nor signature covers', async () => {
    expect(await police.get('/v1/probe?limit=1')).toMatchObject({ status: 200 });
  });
});

describe('RFC 9449 §4.3: a proof is refused', () => {
  const proofs: readonly {
    check: string;
    fault: string;
    options: CallOptions | (() => CallOptions | Promise<CallOptions>);
  }[] = [
    { check: '1: there is none', fault: 'proof-count', options: { headers: { dpop: undefined } } },
    { check: '2: it is no JWT', fault: 'malformed', options: { headers: { dpop: 'no-jwt' } } },
    { check: '3: jti is missing', fault: 'claims', options: { proof: { claims: { jti: undefined } } } },
    { check: '3: htm is missing', fault: 'claims', options: { proof: { claims: { htm: undefined } } } },
    { check: '3: htu is missing', fault: 'claims', options: { proof: { claims: { htu: undefined } } } },
    { check: '3: iat is missing', fault: 'claims', options: { proof: { claims: { iat: undefined } } } },
    { check: '3: ath is missing', fault: 'claims', options: { proof: { claims: { ath: undefined } } } },
    { check: '4: typ is another', fault: 'typ', options: { proof: { header: { typ: 'JWT' } } } },
    { check: '8: htm is another', fault: 'htm', options: { proof: { claims: { htm: 'POST' } } } },
    { check: '9: htu is another path', fault: 'htu', options: { proof: { claims: { htu: `${publicUrl}/v1/other` } } } },
    {
      check: '9: htu is another host',
      fault: 'htu',
      options: { proof: { claims: { htu: 'http://elsewhere.test/v1/probe' } } },
    },
    { check: '11: it is too old', fault: 'iat', options: { proof: { claims: { iat: now() - 75 } } } },
    // Reckoned when it is sent: on a busy machine this future would come before the test.
    { check: '11: it is from the future', fault: 'iat', options: () => ({ proof: { claims: { iat: now() + 75 } } }) },
    { check: '12: ath is of another token', fault: 'ath', options: { proof: { claims: { ath: 'x'.repeat(43) } } } },
    {
      check: '12: the token is bound to another key',
      fault: 'thumbprint',
      options: async () => ({ proof: { key: await newKeyPair() } }),
    },
    {
      check: '6: another key signed it',
      fault: 'signature',
      options: async () => ({
        proof: { key: { privateJwk: (await newKeyPair()).privateJwk, publicJwk: (await police.proofKey()).publicJwk } },
      }),
    },
    {
      check: '7: it holds a private key',
      fault: 'private-key',
      options: async () => ({ proof: { header: { jwk: (await police.proofKey()).privateJwk } } }),
    },
    { check: '7: it holds no key', fault: 'key', options: { proof: { header: { jwk: undefined } } } },
  ];

  it.each(proofs)('$check', async ({ fault, options }) => {
    const reply = await police.get('/v1/probe', typeof options === 'function' ? await options() : options);

    expectRefused(reply, 'caller-not-authenticated', new RegExp(`fails at \`${fault}\``));
  });

  it('1: there are two', async () => {
    const prepared = await police.prepare('GET', '/v1/probe');
    const again = await police.prepare('GET', '/v1/probe');
    const headers = { ...prepared.headers, dpop: [String(prepared.headers['dpop']), String(again.headers['dpop'])] };

    expectRefused(await police.send({ ...prepared, headers }), 'caller-not-authenticated', /`proof-count`/);
  });

  it.each([
    { because: 'it is unsigned', alg: 'none' },
    { because: 'its key is shared', alg: 'HS256' },
    { because: 'it is Ed25519, which is not taken here', alg: 'EdDSA' },
  ])('5: $because', async ({ alg }) => {
    const { publicJwk } = await police.proofKey();
    const token = await police.token();
    const claims = {
      jti: 'one',
      htm: 'GET',
      htu: `${publicUrl}/v1/probe`,
      iat: now(),
      ath: createHash('sha256').update(token).digest('base64url'),
    };
    const encoded = [{ typ: 'dpop+jwt', alg, jwk: publicJwk }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const dpop = `${encoded.join('.')}.${alg === 'none' ? '' : 'AAAA'}`;

    expectRefused(await police.get('/v1/probe', { headers: { dpop } }), 'caller-not-authenticated', /`alg`/);
  });

  it('10: no nonce is demanded, and one that is brought does no harm', async () => {
    expect(await police.get('/v1/probe', { proof: { claims: { nonce: 'any' } } })).toMatchObject({ status: 200 });
  });

  it('11.1: it is used a second time, though everything else is fresh', async () => {
    const first = await police.prepare('GET', '/v1/probe');
    const second = await police.prepare('GET', '/v1/probe');
    const headers = { ...second.headers, dpop: first.headers['dpop'] };

    expect(await police.send(first)).toMatchObject({ status: 200 });
    expect(await police.send({ ...second, headers })).toMatchObject({
      status: 401,
      body: { type: `${publicUrl}/problems/replayed` },
    });
  });
});

describe('a token is refused', () => {
  it('when there is none', async () => {
    const reply = await police.get('/v1/probe', { headers: { authorization: undefined } });

    expectRefused(reply, 'caller-not-authenticated', /bring one access token/);
    // RFC 6750 §3.1: no error code for a call that brought nothing.
    expect(reply.headers['www-authenticate']).toBe('DPoP algs="ES256"');
  });

  it('when there are two', async () => {
    const prepared = await police.prepare('GET', '/v1/probe');
    const authorization = String(prepared.headers['authorization']);
    const reply = await police.send({
      ...prepared,
      headers: { ...prepared.headers, authorization: [authorization, authorization] as never },
    });

    expectRefused(reply, 'caller-not-authenticated', /bring one access token/);
  });

  it('when it is sent as Bearer, with or without a proof', async () => {
    expectRefused(await police.get('/v1/probe', { scheme: 'Bearer' }), 'caller-not-authenticated', /not `Bearer`/);
    expectRefused(
      await police.get('/v1/probe', { scheme: 'Bearer', headers: { dpop: undefined } }),
      'caller-not-authenticated',
      /not `Bearer`/,
    );
  });

  it('in the query, where it is not even looked for', async () => {
    const path = `/v1/probe?access_token=${await police.token()}`;

    expectRefused(
      await police.get(path, { headers: { authorization: undefined } }),
      'caller-not-authenticated',
      /bring one/,
    );
  });

  it('when a thief sends it with a proof by a key of their own', async () => {
    const stolen = await police.token();
    const thief = client(healthCredentials);

    expectRefused(await thief.get('/v1/probe', { token: stolen }), 'caller-not-authenticated', /`thumbprint`/);
  });

  const minted: readonly { because: string; claims?: Altered; header?: Altered }[] = [
    { because: 'its audience is another', claims: { aud: 'http://elsewhere.test' } },
    { because: 'it has no audience', claims: { aud: undefined } },
    { because: 'its issuer is another', claims: { iss: `${publicUrl}/other` } },
    { because: 'it has expired', claims: { iat: now() - 400, exp: now() - 100 } },
    { because: 'it never expires', claims: { exp: undefined } },
    { because: 'it is not yet good', claims: { nbf: now() + 3_600 } },
    { because: 'its type is another', header: { typ: 'JWT' } },
    { because: 'it has no type', header: { typ: undefined } },
    { because: 'its key is unknown', header: { kid: 'unknown' } },
    { because: 'it names no key', header: { kid: undefined } },
    { because: 'it is bound to nothing', claims: { cnf: undefined } },
    { because: 'it is bound to nothing that is known', claims: { cnf: {} } },
    { because: 'it is bound to two things', claims: { cnf: { jkt: 'a', 'x5t#S256': 'b' } } },
    {
      because: 'it is bound to a certificate, which cannot be seen here',
      claims: { cnf: { 'x5t#S256': 'x'.repeat(43) } },
    },
    { because: 'it does not say whose client it is', claims: { client_id: undefined } },
    { because: 'its subject is not its client', claims: { sub: 'north-trust-system' } },
    { because: 'its client is unknown', claims: { sub: 'nobody', client_id: 'nobody' } },
    { because: "it was obtained with a key that is not the client's", claims: { client_key: 'x'.repeat(43) } },
  ];

  it.each(minted)('when $because', async ({ claims, header }) => {
    const token = await mint(claims, header);

    expectRefused(await police.get('/v1/probe', { token }), 'caller-not-authenticated', /token|client/);
  });

  it('when it is signed with the public key as a shared secret', async () => {
    const {
      keys: [key],
    } = await gateway.keys.publicJwks();
    const genuine = decodeJwt(await police.token());
    const token = await new SignJWT(genuine)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key?.kid ?? '' })
      .sign(Buffer.from(JSON.stringify(key)));

    expectRefused(await police.get('/v1/probe', { token }), 'caller-not-authenticated', /not valid/);
  });

  it('when it is signed with the key for disclosures, which makes no tokens', async () => {
    const { kid } = await gateway.keys.signer('disclosure');
    expectRefused(
      await police.get('/v1/probe', { token: await mint({}, { kid }) }),
      'caller-not-authenticated',
      /not valid/,
    );
  });

  it('but a minted one is taken when nothing is wrong with it, so the refusals above are for what they say', async () => {
    expect(await police.get('/v1/probe', { token: await mint() })).toMatchObject({ status: 200 });
  });
});

/** A token as the authorisation server makes it, under its own key, with what a test wants otherwise. */
async function mint(claims: Altered = {}, header: Altered = {}): Promise<string> {
  const {
    keys: [key],
  } = await gateway.keys.tokenJwks();
  const genuine = decodeJwt(await police.token());
  const kept = (members: Altered): Altered =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return new SignJWT(kept({ ...genuine, ...claims }))
    .setProtectedHeader({ alg: 'ES256', ...kept({ typ: 'at+jwt', kid: key?.kid, ...header }) })
    .sign(await importJWK(key as JWK, 'ES256'));
}

describe('a call signature is refused', () => {
  const signatures: readonly {
    because: string;
    detail: RegExp;
    options: CallOptions | (() => CallOptions | Promise<CallOptions>);
  }[] = [
    { because: 'there is none', detail: /`signature-count`/, options: { headers: { 'x-jws-signature': undefined } } },
    { because: 'its key is unknown', detail: /no key/, options: { signature: { header: { kid: 'unknown' } } } },
    { because: 'it names no key', detail: /`claims`/, options: { signature: { header: { kid: undefined } } } },
    {
      because: "it is by another agency, under that agency's own key",
      detail: /no key/,
      options: () => Promise.resolve({ signature: { key: healthCredentials.signingKey } }),
    },
    {
      because: "it is by another agency, under this agency's key id",
      detail: /`signature`/,
      options: () =>
        Promise.resolve({
          signature: { key: { ...healthCredentials.signingKey, kid: policeCredentials.signingKey.kid ?? '' } },
        }),
    },
    {
      because: 'it is by the client key, which signs no calls',
      detail: /no key/,
      options: () => Promise.resolve({ signature: { key: policeCredentials.clientKey } }),
    },
    {
      because: 'one byte of the body is another',
      detail: /`signature`/,
      options: { signature: { body: '{"text":"two"}' } },
    },
    {
      because: 'one space is missing from the body',
      detail: /`signature`/,
      options: { signature: { body: '{"text": "one"}' } },
    },
    { because: 'its type is another', detail: /`typ`/, options: { signature: { header: { typ: 'JWT' } } } },
    {
      because: 'it is for another gateway',
      detail: /`aud`/,
      options: { signature: { header: { aud: 'http://elsewhere.test' } } },
    },
    { because: 'it is for another method', detail: /`htm`/, options: { signature: { header: { htm: 'PATCH' } } } },
    {
      because: 'it is for another path',
      detail: /`htu`/,
      options: { signature: { header: { htu: `${publicUrl}/v1/other` } } },
    },
    {
      because: 'it is for another idempotency key',
      detail: /`ik`/,
      options: { signature: { header: { ik: 'another-key-of-sixteen' } } },
    },
    {
      because: 'it leaves the idempotency key out',
      detail: /`ik`/,
      options: { signature: { header: { ik: undefined } } },
    },
    { because: 'it is too old', detail: /`iat`/, options: { signature: { header: { iat: now() - 75 } } } },
    // Reckoned when it is sent, as the proof's.
    {
      because: 'it is from the future',
      detail: /`iat`/,
      options: () => ({ signature: { header: { iat: now() + 75 } } }),
    },
    { because: 'it has no time', detail: /`iat`/, options: { signature: { header: { iat: undefined } } } },
    { because: 'it has no single-use id', detail: /`claims`/, options: { signature: { header: { jti: undefined } } } },
    { because: 'it names no officer', detail: /`claims`/, options: { signature: { header: { officer: undefined } } } },
  ];

  it.each(signatures)('when $because', async ({ detail, options }) => {
    const reply = await police.post(
      '/v1/probe',
      { text: 'one' },
      typeof options === 'function' ? await options() : options,
    );

    expectRefused(reply, 'signature-invalid', detail);
  });

  it.each([
    { because: 'b64 is not critical', header: { crit: undefined } },
    { because: 'the payload is encoded', header: { b64: true } },
    { because: 'something else is critical too', header: { crit: ['b64', 'exp'], exp: 1 } },
  ])('when $because', async ({ header }) => {
    const prepared = await police.prepare('POST', '/v1/probe', { text: 'one' });
    const [encoded = '', , signature = ''] = String(prepared.headers['x-jws-signature']).split('.');
    const altered = { ...(JSON.parse(Buffer.from(encoded, 'base64url').toString()) as object), ...header };
    const headers = {
      ...prepared.headers,
      'x-jws-signature': `${Buffer.from(JSON.stringify(altered)).toString('base64url')}..${signature}`,
    };

    expectRefused(await police.send({ ...prepared, headers }), 'signature-invalid', /`crit`/);
  });

  it('when there are two', async () => {
    const prepared = await police.prepare('POST', '/v1/probe', { text: 'one' });
    const signature = String(prepared.headers['x-jws-signature']);
    const reply = await police.send({
      ...prepared,
      headers: { ...prepared.headers, 'x-jws-signature': [signature, signature] },
    });

    expectRefused(reply, 'signature-invalid', /`signature-count`/);
  });

  it.each([
    { because: 'the body names another officer', body: { officer: 'np-1' } },
    { because: 'the body names another officer by id', body: { officer: { id: 'np-1', role: 'police-ppu-officer' } } },
  ])('when $because', async ({ body }) => {
    expectRefused(await police.post('/v1/probe', body), 'signature-invalid', /another officer/);
  });

  it('but not when the body names the same officer', async () => {
    expect(await police.post('/v1/probe', { officer: { id: 'np-4471' } })).toMatchObject({ status: 200 });
    expect(await police.post('/v1/probe', { officer: 'np-4471' })).toMatchObject({ status: 200 });
  });

  it('when it is used a second time, though everything else is fresh', async () => {
    const key = 'a-key-that-both-share';
    const first = await police.prepare('POST', '/v1/probe', { text: 'one' }, { idempotencyKey: key });
    const second = await police.prepare('POST', '/v1/probe', { text: 'one' }, { idempotencyKey: key });
    const headers = { ...second.headers, 'x-jws-signature': first.headers['x-jws-signature'] };

    expect(await police.send(first)).toMatchObject({ status: 200 });
    expect(await police.send({ ...second, headers })).toMatchObject({
      status: 401,
      body: { type: `${publicUrl}/problems/replayed` },
    });
  });
});

describe('in what order a call is judged', () => {
  it('looks at the caller before the body: broken JSON from nobody is 401, from somebody 400', async () => {
    expect(await police.post('/v1/probe', '{', { headers: { authorization: undefined } })).toMatchObject({
      status: 401,
    });
    expect(await police.post('/v1/probe', '{')).toMatchObject({ status: 400 });
  });

  it('spends nothing on a call that fails before its work', async () => {
    const prepared = await police.prepare('POST', '/v1/probe', { unknown: 1 });
    expect(await police.send(prepared)).toMatchObject({ status: 400 });
    expect(await police.send(prepared)).toMatchObject({ status: 400 });
  });

  it('asks for the scope once the caller is known', async () => {
    const reply = await police.get('/v1/probe', { scopes: ['coordination'] });

    expect(reply).toMatchObject({ status: 403, body: { type: `${publicUrl}/problems/insufficient-scope` } });
    expect(reply.headers['www-authenticate']).toBe(
      'DPoP error="insufficient_scope", scope="directory.read", algs="ES256"',
    );
    const unsigned = await police.get('/v1/probe', {
      scopes: ['coordination'],
      headers: { 'x-jws-signature': undefined },
    });
    expect(unsigned).toMatchObject({ status: 401 });
  });

  it('leaves an open route open, and an address that leads nowhere not found', async () => {
    expect(await police.get('/open', { headers: { authorization: undefined, dpop: undefined } })).toMatchObject({
      status: 200,
    });
    expect(await police.get('/v1/nowhere')).toMatchObject({ status: 404 });
  });

  it.each(['/v1/x/../probe', '/v1/probe/%2e%2e', '/v1/./probe'])('never takes `%s` for another path', async (path) => {
    const reply = await police.send({ ...(await police.prepare('GET', '/v1/probe')), path });

    expect([401, 404]).toContain(reply.status);
  });
});

it('takes no path but in its normal form, which is the one that is signed', async () => {
  expect(await police.get('/v1/probe/one')).toMatchObject({ status: 200 });

  expectRefused(await police.get('/v1/probe/%2e'), 'caller-not-authenticated', /normal form/);
});

describe('what stands no longer holds at once', () => {
  const agency = 'north-council';
  let credentials: AgencyCredentials;
  let council: AgencyClient;

  beforeEach(async () => {
    credentials = await directory.enrol(agency);
    council = client(credentials);
    expect(await council.get('/v1/probe')).toMatchObject({ status: 200 });
  });

  it('a suspended agency, whose tokens are still in date', async () => {
    directory.change(agency, { suspended: true });

    expectRefused(await council.get('/v1/probe'), 'caller-not-authenticated', /no longer stands/);
  });

  it('a revoked client key, and the tokens obtained with it, though another key took its place', async () => {
    const next = await newKeyPair();
    directory.change(agency, { jwks: [next.publicJwk] });

    expectRefused(await council.get('/v1/probe'), 'caller-not-authenticated', /no longer stands/);
    expect(await client({ ...credentials, clientKey: next.privateJwk }).get('/v1/probe')).toMatchObject({
      status: 200,
    });
  });

  it('a revoked signing key', async () => {
    directory.revokeSigningKey(agency, credentials.signingKey.kid ?? '');

    expectRefused(await council.get('/v1/probe'), 'signature-invalid', /no key/);
  });

  it('a scope withdrawn from the client, though its tokens name it', async () => {
    directory.change(agency, { scopes: ['coordination'] });

    expect(await council.get('/v1/probe')).toMatchObject({ status: 403 });
  });

  it('a client that is now to be bound to a certificate', async () => {
    directory.change(agency, { binding: 'certificate' });

    expectRefused(await council.get('/v1/probe'), 'caller-not-authenticated', /no longer stands/);
  });
});
