import {
  calculateJwkThumbprint,
  compactVerify,
  FlattenedSign,
  flattenedVerify,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { KeyObject } from 'node:crypto';
import { jwkThumbprint } from '../../../src/core/signing/jwk.js';
import { signDetachedJws, signJws, verifyDetachedJws, verifyJws } from '../../../src/core/signing/jws.js';
import { bytesOf, now, nowSeconds, p256KeyPair } from './agency-keys.js';
import { makeDpopProof } from '../../../src/core/signing/dpop-proof.js';

// Another implementation of the same RFCs: what one signs, the other must verify.
const pair = p256KeyPair();
const body = bytesOf('{"exact": "bytes"}');

it('jose verifies what we sign, attached', async () => {
  const { payload, protectedHeader } = await compactVerify(
    signJws({ typ: 'receipt+jws' }, { a: 1 }, pair.signer),
    pair.publicKey,
  );
  expect(Buffer.from(payload).toString()).toBe('{"a":1}');
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'receipt+jws' });
});

it('jose verifies what we sign, detached with `b64: false`', async () => {
  const [header = '', , signature = ''] = signDetachedJws({ typ: 'exchange+jws' }, body, pair.signer).split('.');
  const verified = await flattenedVerify({ protected: header, payload: body, signature }, pair.publicKey, {
    crit: { b64: true },
  });
  expect(verified.protectedHeader).toMatchObject({ b64: false, crit: ['b64'] });
});

it.each(['ES256', 'PS256', 'Ed25519'] as const)('we verify what jose signs with %s', async (alg) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const compact = await new SignJWT({ a: 1 }).setProtectedHeader({ alg, typ: 'receipt+jws' }).sign(privateKey);
  expect(verifyJws(compact, KeyObject.from(publicKey), { typ: 'receipt+jws', algorithms: [alg] }).ok).toBe(true);
});

it('we verify what jose signs, detached with `b64: false`', async () => {
  const { protected: header = '', signature } = await new FlattenedSign(body)
    .setProtectedHeader({ alg: 'ES256', typ: 'exchange+jws', b64: false, crit: ['b64'] })
    .sign(pair.privateKey);
  const demands = { typ: 'exchange+jws', algorithms: ['ES256'] } as const;
  expect(verifyDetachedJws(`${header}..${signature}`, body, pair.publicKey, demands).ok).toBe(true);
});

it('jose takes our proof as a JWT of its embedded key, and gives the key the same thumbprint', async () => {
  const claims = { method: 'GET', url: 'https://gateway.example/v1/inbox', accessToken: 'token', jti: 'once', at: now };
  const key = await importJWK(pair.jwk, 'ES256');
  const { payload } = await jwtVerify(makeDpopProof(claims, pair.jwk, pair.signer), key, {
    typ: 'dpop+jwt',
    currentDate: new Date(nowSeconds * 1000),
  });
  expect(payload).toMatchObject({ htm: 'GET', htu: 'https://gateway.example/v1/inbox', jti: 'once', iat: nowSeconds });
  expect(jwkThumbprint(pair.jwk)).toBe(await calculateJwkThumbprint(pair.jwk));
});
