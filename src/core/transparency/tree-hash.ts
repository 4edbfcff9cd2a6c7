import { hash } from 'node:crypto';

/** Bytes of every hash in the tree: SHA-256. */
export const HASH_BYTES = 32;

/** The largest tree the formats can speak of: sizes are unsigned 64-bit. */
export const MAX_TREE_SIZE = 2n ** 64n - 1n;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256 of the bytes, 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/**
 * The hash of one log entry, 32 bytes.
 *
 * @see RFC 6962 §2.1: 0x00 and 0x01 keep a leaf from being passed off as a node
 */
export function leafHash(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF, entry]));
}

/** The hash over two subtrees, left before right, 32 bytes each (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE, left, right]));
}

/** The root of a log without entries: SHA-256 of nothing (RFC 6962 §2.1). A fresh copy each time. */
export function emptyRoot(): Buffer {
  return sha256(new Uint8Array(0));
}

/** Whether two hashes are the same 32 bytes; anything of another length is equal to nothing. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === HASH_BYTES && Buffer.compare(one, other) === 0;
}
