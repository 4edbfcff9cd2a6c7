import { generateKeyPairSync } from 'node:crypto';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { RememberedKeys } from '../../../src/identity/http/remembered-keys.js';

function newJwk(): { publicJwk: Json; privateJwk: Json } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicJwk: publicKey.export({ format: 'jwk' }) as unknown as Json,
    privateJwk: privateKey.export({ format: 'jwk' }) as unknown as Json,
  };
}

it('gives the same key object for the same key, so that it is imported once', () => {
  const keys = new RememberedKeys();
  const { publicJwk } = newJwk();

  expect(keys.parse(publicJwk, ['ES256'])).toBe(keys.parse(publicJwk, ['ES256']));
});

it('never takes a key with a private member for the same key without', () => {
  const keys = new RememberedKeys();
  const { publicJwk, privateJwk } = newJwk();
  keys.parse(publicJwk, ['ES256']);

  expect(keys.parse(privateJwk, ['ES256'])).toEqual({ ok: false, fault: 'private' });
});

it('never takes a key allowed for one algorithm as allowed for another', () => {
  const keys = new RememberedKeys();
  const { publicJwk } = newJwk();
  keys.parse(publicJwk, ['ES256']);

  expect(keys.parse(publicJwk, ['PS256'])).toMatchObject({ ok: false });
});

it('forgets the oldest rather than grow without end', () => {
  const keys = new RememberedKeys();
  const { publicJwk } = newJwk();
  const first = keys.parse(publicJwk, ['ES256']);
  for (let kid = 0; kid < 2_000; kid += 1) keys.parse({ ...(publicJwk as object), kid: String(kid) }, ['ES256']);

  expect(keys.parse(publicJwk, ['ES256'])).not.toBe(first);
});
