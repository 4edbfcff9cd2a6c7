import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type P256PublicJwk, p256PublicJwk } from '../../../src/core/signing/jwk.js';
import { type Es256Signer, es256Signer } from '../../../src/core/signing/signer.js';
import { instantOf } from '../../../src/core/vocabulary/time.js';

/** A fresh P-256 key pair in the forms the tests want. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly jwk: P256PublicJwk;
  readonly signer: Es256Signer;
}

export function p256KeyPair(kid = 'np-2026-1'): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { publicKey, privateKey, jwk: p256PublicJwk(publicKey), signer: es256Signer(kid, privateKey) };
}

export const now = instantOf(Date.parse('2026-12-07T10:15:00Z'));
export const nowSeconds = Date.parse('2026-12-07T10:15:00Z') / 1000;

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Signs any header and payload text, lawful or not, as an attacker with a key of their own may. */
export function forge(header: object | string, payload: string, signer: Es256Signer): string {
  const input = `${encode(typeof header === 'string' ? header : JSON.stringify(header))}.${encode(payload)}`;
  return `${input}.${encode(signer.sign(bytesOf(input)))}`;
}

export function encode(data: string | Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}
