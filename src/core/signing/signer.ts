import type { KeyObject } from 'node:crypto';
import { signEs256 } from './ecdsa-p256.js';

/** Something that signs with one P-256 key without showing it. */
export interface Es256Signer {
  /** The name under which the public half is published. */
  readonly kid: string;
  /** ECDSA P-256 with SHA-256 over the bytes: r and s, 32 bytes each (IEEE P1363), as JWS wants (RFC 7518 §3.4). */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A signer over a private key held in memory. Throws TypeError unless the key is a private P-256 key. */
export function es256Signer(kid: string, privateKey: KeyObject): Es256Signer {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new TypeError('an ES256 signer needs a private P-256 key');
  }
  return { kid, sign: (bytes) => signEs256(bytes, privateKey) };
}
