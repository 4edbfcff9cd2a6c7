import { HASH_BYTES, MAX_TREE_SIZE, nodeHash, sameHash } from './tree-hash.js';

/** A claim that one tree is a prefix of another. Everything in it may come from an enemy. */
export interface ConsistencyClaim {
  /** Leaves in the earlier tree. */
  readonly oldSize: bigint;
  /** 32 bytes. */
  readonly oldRoot: Uint8Array;
  /** Leaves in the later tree. */
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** 32 bytes each; empty between equal sizes. */
  readonly path: readonly Uint8Array[];
}

/**
 * Proves that nothing was changed or removed between two roots: the earlier tree is a prefix of the later.
 *
 * An old size of 0 is refused: every tree continues the empty one, so the claim would prove nothing.
 * Says nothing of who signed either root.
 *
 * @returns false when the path does not join the roots; never throws on hostile input
 * @see RFC 9162 §2.1.4.2
 */
export function verifyConsistency({ oldSize, oldRoot, size, root, path }: ConsistencyClaim): boolean {
  if (oldSize <= 0n || oldSize > size || size > MAX_TREE_SIZE) return false;
  if ([oldRoot, root, ...path].some((hash) => hash.length !== HASH_BYTES)) return false;
  if (oldSize === size) return path.length === 0 && sameHash(oldRoot, root);
  // A perfect old tree is a node of the new one, so its root is left out of the path.
  const [first, ...rest] = (oldSize & (oldSize - 1n)) === 0n && path.length > 0 ? [oldRoot, ...path] : path;
  if (first === undefined) return false;
  let [node, last] = [oldSize - 1n, size - 1n];
  while ((node & 1n) === 1n) [node, last] = [node >> 1n, last >> 1n];
  let [oldReached, reached] = [first, first];
  for (const sibling of rest) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      oldReached = nodeHash(sibling, oldReached);
      reached = nodeHash(sibling, reached);
      while ((node & 1n) === 0n && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      reached = nodeHash(reached, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n && sameHash(oldReached, oldRoot) && sameHash(reached, root);
}
