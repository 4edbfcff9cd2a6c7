import { hash } from 'node:crypto';

/** SHA-256 of bytes, or of a string's UTF-8: 32 bytes. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return new Uint8Array(hash('sha256', data, 'buffer'));
}

/** base64url SHA-256: the form of every digest in the contract, 43 characters. */
export function sha256Base64url(data: Uint8Array | string): string {
  return hash('sha256', data, 'base64url');
}

const shape = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Whether a value is the canonical base64url of 32 bytes. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && shape.test(value);
}
