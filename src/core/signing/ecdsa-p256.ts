import { type KeyObject, sign, verify } from 'node:crypto';

/** Of r and of s: a number below the order of P-256, big-endian. */
const NUMBER_BYTES = 32;
/** Of a signature, r and then s (IEEE P1363), as JWS wants it (RFC 7518 §3.4). */
const SIGNATURE_BYTES = 2 * NUMBER_BYTES;
/** DER (X.690 §8.3, §8.9). */
const SEQUENCE = 0x30;
const INTEGER = 0x02;

// Node converts between the two encodings as well (`dsaEncoding`), and for each conversion has OpenSSL copy the key into
// its older form: that costs as much as the signature itself, and these few bytes cost nothing.

/** ECDSA with SHA-256 over the bytes, by a private P-256 key: r and s, 32 bytes each. */
export function signEs256(bytes: Uint8Array, privateKey: KeyObject): Uint8Array {
  return fromDer(sign('sha256', bytes, privateKey));
}

/** Whether r and s are an ECDSA signature with SHA-256 over the bytes, by the holder of a public P-256 key. */
export function isEs256(bytes: Uint8Array, publicKey: KeyObject, signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && verify('sha256', bytes, publicKey, toDer(signature));
}

/** INVARIANT: `der` was written by OpenSSL, so both integers are there, positive and below 2^256. */
function fromDer(der: Uint8Array): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const afterR = 4 + (der[3] ?? 0);
  placeNumber(der.subarray(4, afterR), signature.subarray(0, NUMBER_BYTES));
  placeNumber(der.subarray(afterR + 2), signature.subarray(NUMBER_BYTES));
  return signature;
}

/** Right-aligned; an integer may have a zero more before it, or be shorter. */
function placeNumber(integer: Uint8Array, place: Uint8Array): void {
  const digits = integer.length > NUMBER_BYTES ? integer.subarray(integer.length - NUMBER_BYTES) : integer;
  place.set(digits, NUMBER_BYTES - digits.length);
}

function toDer(signature: Uint8Array): Uint8Array {
  const r = shortest(signature.subarray(0, NUMBER_BYTES));
  const s = shortest(signature.subarray(NUMBER_BYTES));
  const contents = [INTEGER, r.length, ...r, INTEGER, s.length, ...s];
  return Uint8Array.from([SEQUENCE, contents.length, ...contents]);
}

/** As DER writes a number: no needless zero before it, and one where it would otherwise be negative. */
function shortest(number: Uint8Array): readonly number[] {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = number.subarray(first === -1 ? NUMBER_BYTES - 1 : first);
  return (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : [...digits];
}
