import { generateKeyPairSync } from 'node:crypto';
import { jwkThumbprint, p256PublicJwk, parsePublicJwk } from '../../../src/core/signing/jwk.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { p256KeyPair } from './agency-keys.js';

const { jwk, privateKey } = p256KeyPair();

it('RFC 7638 §3.1: the thumbprint of the example key', () => {
  const example: JsonObject = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  };
  expect(jwkThumbprint(example)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
});

it('RFC 8037 §A.3: the thumbprint of the example Ed25519 key', () => {
  const example = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  expect(jwkThumbprint(example)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

it('a public P-256 key is read, and its thumbprint ignores what is not its own', () => {
  const result = parsePublicJwk({ ...jwk, use: 'sig', alg: 'ES256', kid: 'x', key_ops: ['verify'] }, ['ES256']);
  expect(result).toMatchObject({ ok: true, value: { algorithms: ['ES256'], thumbprint: jwkThumbprint(jwk) } });
});

it('a private key shows only its public half', () => {
  expect(p256PublicJwk(privateKey)).toEqual(jwk);
});

it.each([
  { because: 'it is private', key: { ...jwk, d: jwk.x }, fault: 'private' },
  { because: 'it is a shared secret', key: { kty: 'oct', k: 'AA' }, fault: 'private' },
  { because: 'its private member is null', key: { ...jwk, d: null }, fault: 'private' },
  { because: 'it is for encryption', key: { ...jwk, use: 'enc' }, fault: 'unsupported' },
  { because: 'it may not verify', key: { ...jwk, key_ops: ['encrypt'] }, fault: 'unsupported' },
  { because: 'its algorithm is another', key: { ...jwk, alg: 'ES384' }, fault: 'unsupported' },
  { because: 'its curve is another', key: { ...jwk, crv: 'P-384' }, fault: 'unsupported' },
  { because: 'its kind is unknown', key: { kty: 'AKP' }, fault: 'unsupported' },
  { because: 'a coordinate is missing', key: { kty: 'EC', crv: 'P-256', x: jwk.x }, fault: 'malformed' },
  { because: 'a coordinate is padded', key: { ...jwk, x: `${jwk.x}=` }, fault: 'malformed' },
  { because: 'a coordinate is short', key: { ...jwk, x: jwk.x.slice(4) }, fault: 'malformed' },
  { because: 'the point is not on the curve', key: { ...jwk, y: jwk.x }, fault: 'malformed' },
  { because: 'it is the point at infinity', key: { ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) }, fault: 'malformed' },
  { because: 'an RSA key has no modulus', key: { kty: 'RSA', e: 'AQAB' }, fault: 'malformed' },
  { because: 'an RSA key has no exponent', key: { kty: 'RSA', n: jwk.x }, fault: 'malformed' },
  { because: 'its Edwards curve is another', key: { kty: 'OKP', crv: 'Ed448', x: jwk.x }, fault: 'unsupported' },
  { because: 'an Edwards key is short', key: { kty: 'OKP', crv: 'Ed25519', x: 'AA' }, fault: 'malformed' },
  { because: 'it is a list', key: [jwk], fault: 'malformed' },
  { because: 'it is absent', key: undefined, fault: 'malformed' },
])('a key is refused as $fault when $because', ({ key, fault }) => {
  expect(parsePublicJwk(key, ['ES256'])).toEqual({ ok: false, fault });
});

it('an RSA key under 2048 bits is refused', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  expect(parsePublicJwk({ kty: kty ?? '', n: n ?? '', e: e ?? '' }, ['PS256'])).toEqual({
    ok: false,
    fault: 'unsupported',
  });
});
