import { HASH_BYTES, MAX_TREE_SIZE, nodeHash, sameHash } from './tree-hash.js';

/** A claim that one leaf is in one tree. Everything in it may come from an enemy. */
export interface InclusionClaim {
  /** Zero-based position in the log. */
  readonly index: bigint;
  /** Leaves in the tree. */
  readonly size: bigint;
  /** RFC 6962 leaf hash, 32 bytes. */
  readonly leafHash: Uint8Array;
  /** Sibling hashes, leaf to root, 32 bytes each. */
  readonly path: readonly Uint8Array[];
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Proves that a leaf is in the tree a root describes.
 *
 * Proves inclusion only: says nothing of who signed the root; see `openCheckpoint`.
 *
 * @returns false when the path does not lead to the root; never throws on hostile input
 * @see RFC 9162 §2.1.3.2
 */
export function verifyInclusion({ index, size, leafHash, path, root }: InclusionClaim): boolean {
  if (index < 0n || index >= size || size > MAX_TREE_SIZE) return false;
  if ([leafHash, root, ...path].some((hash) => hash.length !== HASH_BYTES)) return false;
  let [node, last, reached] = [index, size - 1n, leafHash];
  for (const sibling of path) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      reached = nodeHash(sibling, reached);
      while ((node & 1n) === 0n && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      reached = nodeHash(reached, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n && sameHash(reached, root);
}
