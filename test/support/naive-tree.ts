import { createHash } from 'node:crypto';

// RFC 9162 §2.1 word for word over whole lists, sharing no code with src: slow, and easy to hold against the text.

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const largestPowerBelow = (count: number): number => {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
};

/** MTH(D[n]) over entries. */
export function naiveRoot(entries: readonly Uint8Array[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), only);
  const k = largestPowerBelow(entries.length);
  return sha256(Uint8Array.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

/** PATH(m, D[n]) over entries. */
export function naiveInclusion(m: number, entries: readonly Uint8Array[]): Buffer[] {
  if (entries.length === 1) return [];
  const k = largestPowerBelow(entries.length);
  return m < k
    ? [...naiveInclusion(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naiveInclusion(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

/** PROOF(m, D[n]) over entries. */
export function naiveConsistency(m: number, entries: readonly Uint8Array[], whole = true): Buffer[] {
  const n = entries.length;
  if (m === n) return whole ? [] : [naiveRoot(entries)];
  const k = largestPowerBelow(n);
  return m <= k
    ? [...naiveConsistency(m, entries.slice(0, k), whole), naiveRoot(entries.slice(k))]
    : [...naiveConsistency(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}
