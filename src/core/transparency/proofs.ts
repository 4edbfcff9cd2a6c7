import { completeNodes, foldNodes, splitPoint, type ReadNode, type TreeNode } from './tree-nodes.js';

/** What a proof is made of: each step is one hash, folded from the complete subtrees it names. */
export type ProofPlan = readonly (readonly TreeNode[])[];

/**
 * Which subtrees prove that the leaf at `index` is in the tree of `size`, leaf to root.
 *
 * A plan, so that whoever holds the tiles can read them all at once before folding.
 *
 * @throws RangeError unless 0 <= index < size
 * @see RFC 9162 §2.1.3.1
 */
export function planInclusion(index: bigint, size: bigint): ProofPlan {
  if (index < 0n || index >= size) throw new RangeError('a leaf is proved in a tree that holds it');
  const steps: TreeNode[][] = [];
  let [from, to] = [0n, size];
  while (to - from > 1n) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      steps.unshift(completeNodes(middle, to));
      to = middle;
    } else {
      steps.unshift(completeNodes(from, middle));
      from = middle;
    }
  }
  return steps;
}

/**
 * Which subtrees prove that the tree of `oldSize` is a prefix of the tree of `size`.
 *
 * @throws RangeError unless 0 < oldSize <= size: an empty tree is a prefix of everything and proves nothing
 * @see RFC 9162 §2.1.4.1
 */
export function planConsistency(oldSize: bigint, size: bigint): ProofPlan {
  if (oldSize <= 0n || oldSize > size)
    throw new RangeError('consistency is proved between a size above 0 and a later one');
  const steps: TreeNode[][] = [];
  let [from, to] = [0n, size];
  while (to !== oldSize) {
    const middle = from + splitPoint(to - from);
    if (oldSize <= middle) {
      steps.unshift(completeNodes(middle, to));
      to = middle;
    } else {
      steps.unshift(completeNodes(from, middle));
      from = middle;
    }
  }
  // Where the old tree is itself a complete subtree from the left edge, its root is the verifier's already.
  if (from > 0n) steps.unshift(completeNodes(from, to));
  return steps;
}

/** The proof's hashes in order, 32 bytes each, from a reader of complete subtrees. */
export function foldPlan(plan: ProofPlan, read: ReadNode): Uint8Array[] {
  return plan.map((step) => foldNodes(step, read));
}
