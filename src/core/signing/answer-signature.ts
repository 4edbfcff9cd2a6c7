import type { KeyObject } from 'node:crypto';
import { type JwsFault, signDetachedJws, verifyDetachedJws } from './jws.js';
import { isDigest } from './digest.js';
import type { Es256Signer } from './signer.js';

const answerType = 'exchange-answer+jws';

/**
 * Signs the exact bytes of an answer or a delivery, tied to the call it answers.
 *
 * @param req base64url SHA-256 of the call's signature in compact form
 */
export function signAnswer(body: Uint8Array, req: string, signer: Es256Signer): string {
  return signDetachedJws({ typ: answerType, kid: signer.kid, req }, body, signer);
}

/**
 * Verifies that the gateway signed these bytes in answer to a call.
 *
 * The caller compares `req` with the digest of the signature it sent; {@link readJws} gives the `kid` to look the key up by.
 *
 * @returns the first fault; never throws on hostile input
 */
export function verifyAnswer(
  compact: string,
  body: Uint8Array,
  key: KeyObject,
): { readonly ok: true; readonly req: string } | { readonly ok: false; readonly fault: JwsFault | 'claims' } {
  const verified = verifyDetachedJws(compact, body, key, { typ: answerType, algorithms: ['ES256'] });
  if (!verified.ok) return verified;
  const req = verified.header['req'];
  return isDigest(req) ? { ok: true, req } : { ok: false, fault: 'claims' };
}
