import { emptyRoot, nodeHash } from './tree-hash.js';

/** A complete subtree of 2^level leaves; `index` counts such subtrees from the left. Level 0 is the leaves. */
export interface TreeNode {
  readonly level: number;
  readonly index: bigint;
}

/** Gives the hash of a complete subtree, 32 bytes; throws when it has none. */
export type ReadNode = (node: TreeNode) => Uint8Array;

/** The largest power of two smaller than `count`, which is at least 2 (RFC 9162 §2.1.1). */
export function splitPoint(count: bigint): bigint {
  return 1n << BigInt((count - 1n).toString(2).length - 1);
}

/**
 * The complete subtrees, left to right, that together are the leaves [from, to).
 *
 * Trusts that `from` is where RFC 9162 would split a tree: a multiple of the largest power of two not above `to - from`.
 */
export function completeNodes(from: bigint, to: bigint): TreeNode[] {
  const nodes: TreeNode[] = [];
  let start = from;
  const width = to - from;
  for (let level = width.toString(2).length - 1; level >= 0; level--) {
    if (((width >> BigInt(level)) & 1n) === 0n) continue;
    nodes.push({ level, index: start >> BigInt(level) });
    start += 1n << BigInt(level);
  }
  return nodes;
}

/** The hash of a run of complete subtrees, folded from the right (RFC 9162 §2.1.1); the empty root for none. */
export function foldNodes(nodes: readonly TreeNode[], read: ReadNode): Uint8Array {
  const last = nodes.at(-1);
  if (last === undefined) return emptyRoot();
  return nodes.slice(0, -1).reduceRight<Uint8Array>((right, node) => nodeHash(read(node), right), read(last));
}

/** The root over leaf hashes of 2^n leaves or any other number of them, in order (RFC 9162 §2.1.1). */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  // Perfect subtrees of equal height merge as they meet, so no slice is copied.
  const open: { hash: Uint8Array; leaves: number }[] = [];
  for (const leaf of leafHashes) {
    let right = { hash: leaf, leaves: 1 };
    for (let left = open.at(-1); left?.leaves === right.leaves; left = open.at(-1)) {
      open.pop();
      right = { hash: nodeHash(left.hash, right.hash), leaves: left.leaves * 2 };
    }
    open.push(right);
  }
  const last = open.pop();
  if (last === undefined) return emptyRoot();
  return open.reduceRight<Uint8Array>((right, left) => nodeHash(left.hash, right), last.hash);
}
