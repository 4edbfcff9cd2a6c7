import { sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { isEs256, signEs256 } from '../../src/core/signing/ecdsa-p256.js';
import { p256KeyPair } from '../unit/signing/agency-keys.js';

const { publicKey, privateKey } = p256KeyPair();
const message = Buffer.from('what is signed');

const byNode = (signature: Uint8Array, key = publicKey): boolean =>
  verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);

/** Signatures until one has the shape: an r or s that begins with zeros comes once in 256. */
function signatureWhere(has: (signature: Uint8Array) => boolean): Uint8Array {
  for (;;) {
    const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    if (has(signature)) return signature;
  }
}

it('a signature made here is one to Node, and the other way round', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const ours = signEs256(bytes, privateKey);
      const theirs = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(ours).toHaveLength(64);
      expect(verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, ours)).toBe(true);
      expect(isEs256(bytes, publicKey, theirs)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  ['r begins with a zero', (signature: Uint8Array) => signature[0] === 0],
  ['s begins with a zero', (signature: Uint8Array) => signature[32] === 0],
  ['r begins with a zero before a high bit', (of: Uint8Array) => of[0] === 0 && (of[1] ?? 0) >= 0x80],
  ['both begin with a high bit', (of: Uint8Array) => (of[0] ?? 0) >= 0x80 && (of[32] ?? 0) >= 0x80],
])('a signature is one where %s', (_, has) => {
  expect(isEs256(message, publicKey, signatureWhere(has))).toBe(true);
});

it('whatever else 64 bytes are, they are judged as Node judges them', () => {
  const zeros = fc.constant(new Uint8Array(32));
  const small = fc
    .uint8Array({ minLength: 1, maxLength: 1 })
    .map((one) => Uint8Array.from([...Array(31).fill(0), ...one]));
  const ones = fc.constant(new Uint8Array(32).fill(0xff));
  const number = fc.oneof(zeros, small, ones, fc.uint8Array({ minLength: 32, maxLength: 32 }));
  fc.assert(
    fc.property(number, number, (r, s) => {
      const signature = Uint8Array.from([...r, ...s]);
      expect(isEs256(message, publicKey, signature)).toBe(byNode(signature));
    }),
  );
});

it('no other length is a signature, DER least of all', () => {
  const good = signEs256(message, privateKey);
  const der = new Uint8Array(sign('sha256', message, privateKey));
  for (const other of [good.subarray(0, 63), Uint8Array.from([0, ...good]), new Uint8Array(), der])
    expect(isEs256(message, publicKey, other)).toBe(false);
});
