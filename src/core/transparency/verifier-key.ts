import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { sha256 } from './tree-hash.js';

const ED25519_BYTES = 32;

/** What a key signs: `log` a note as it stands (type 0x01), `witness` a timestamped cosignature (type 0x04). */
export type VerifierUse = 'log' | 'witness';

/** A key by which notes are checked, and the name it signs under. */
export interface VerifierKey {
  readonly name: string;
  readonly use: VerifierUse;
  /** Ed25519, 32 bytes raw. */
  readonly publicKey: Uint8Array;
  /** The first 4 bytes of SHA-256(name, newline, type, key): which line of a note is this key's. */
  readonly keyId: Buffer;
}

const TYPE = { log: 0x01, witness: 0x04 } as const satisfies Record<VerifierUse, number>;

/**
 * A verifier key from its parts.
 *
 * @throws RangeError when the name cannot stand in a signature line or the key is not 32 bytes
 * @see C2SP signed-note, tlog-cosignature
 */
export function verifierKey(name: string, use: VerifierUse, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new RangeError('a key name is one word without `+`');
  if (publicKey.length !== ED25519_BYTES) throw new RangeError('an Ed25519 public key is 32 bytes');
  const typed = Buffer.concat([Uint8Array.of(TYPE[use]), publicKey]);
  const keyId = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, 4);
  return { name, use, publicKey, keyId };
}

/** The key as others configure it, `name+hex key id+base64(type, key)` (C2SP signed-note). */
export function formatVerifierKey(key: VerifierKey): string {
  const typed = Buffer.concat([Uint8Array.of(TYPE[key.use]), key.publicKey]);
  return `${key.name}+${key.keyId.toString('hex')}+${typed.toString('base64')}`;
}

/** Reads a verifier key; undefined unless its id, type and length are right. Never throws. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = '', keyId, encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const typed = decodeBase64(encoded);
  if (!isKeyName(name) || typed?.length !== ED25519_BYTES + 1) return undefined;
  const use = (['log', 'witness'] as const).find((known) => TYPE[known] === typed[0]);
  if (use === undefined) return undefined;
  const key = verifierKey(name, use, typed.subarray(1));
  return key.keyId.toString('hex') === keyId ? key : undefined;
}

/** Whether a name can stand in a signature line: not empty, well-formed, no white space, no control, no `+`. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.isWellFormed() && !/[\s+\p{Cc}]/u.test(name);
}

/** Whether an Ed25519 signature (64 bytes) over the bytes is this key's (RFC 8032). Never throws. */
export function isSignedBy(key: VerifierKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = importKey(key.publicKey);
  return publicKey !== undefined && signature.length === 64 && verify(null, bytes, publicKey, signature);
}

function importKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    const x = Buffer.from(publicKey).toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
