import { edgeRoot, growTree } from '../../src/core/transparency/grow-tree.js';
import { foldPlan, planConsistency, planInclusion } from '../../src/core/transparency/proofs.js';
import { nodesFromTiles, rootFromTiles, tilesOf } from '../../src/core/transparency/tiles.js';
import { emptyRoot, leafHash } from '../../src/core/transparency/tree-hash.js';
import { rootOf } from '../../src/core/transparency/tree-nodes.js';
import { verifyConsistency } from '../../src/core/transparency/verify-consistency.js';
import { verifyInclusion } from '../../src/core/transparency/verify-inclusion.js';
import { naiveConsistency, naiveInclusion, naiveRoot } from '../support/naive-tree.js';
import { entries, TileTree } from '../support/tile-tree.js';

const LARGEST = 64;
const all = entries(LARGEST);
const flipped = (hash: Uint8Array): Buffer => {
  const copy = Buffer.from(hash);
  copy.writeUInt8(copy.readUInt8(7) ^ 0x10, 7);
  return copy;
};

describe('RFC 9162 §2.1, every tree up to 64 leaves', () => {
  it('hashes nothing to the root of the empty tree', () => {
    expect(rootOf([])).toEqual(naiveRoot([]));
    expect(emptyRoot()).toEqual(naiveRoot([]));
  });

  it.each(Array.from({ length: LARGEST }, (_, at) => at + 1))('a tree of %i leaves', (size) => {
    const tree = new TileTree();
    for (const entry of all.slice(0, size)) tree.add([entry]);
    const held = all.slice(0, size);
    const root = naiveRoot(held);
    expect(Buffer.from(tree.root)).toEqual(root);
    expect(rootOf(held.map(leafHash))).toEqual(root);
    const nodes = nodesFromTiles(tree.read);

    for (let index = 0; index < size; index++) {
      const path = foldPlan(planInclusion(BigInt(index), BigInt(size)), nodes);
      expect(path).toEqual(naiveInclusion(index, held));
      const claim = {
        index: BigInt(index),
        size: BigInt(size),
        leafHash: leafHash(held[index] ?? Buffer.of()),
        path,
        root,
      };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, index: claim.index + 1n })).toBe(false);
      expect(verifyInclusion({ ...claim, root: flipped(root) })).toBe(false);
      expect(verifyInclusion({ ...claim, leafHash: flipped(claim.leafHash) })).toBe(false);
      expect(verifyInclusion({ ...claim, path: [...path, root] })).toBe(false);
      for (let at = 0; at < path.length; at++) {
        expect(verifyInclusion({ ...claim, path: path.map((hash, i) => (i === at ? flipped(hash) : hash)) })).toBe(
          false,
        );
        expect(verifyInclusion({ ...claim, path: path.filter((_, i) => i !== at) })).toBe(false);
      }
    }

    for (let oldSize = 1; oldSize <= size; oldSize++) {
      const oldRoot = naiveRoot(held.slice(0, oldSize));
      const path = foldPlan(planConsistency(BigInt(oldSize), BigInt(size)), nodes);
      expect(path).toEqual(naiveConsistency(oldSize, held));
      const claim = { oldSize: BigInt(oldSize), oldRoot, size: BigInt(size), root, path };
      expect(verifyConsistency(claim)).toBe(true);
      expect(verifyConsistency({ ...claim, oldRoot: flipped(oldRoot) })).toBe(false);
      expect(verifyConsistency({ ...claim, root: flipped(root) })).toBe(false);
      expect(verifyConsistency({ ...claim, path: [...path, root] })).toBe(false);
      for (let at = 0; at < path.length; at++) {
        expect(verifyConsistency({ ...claim, path: path.map((hash, i) => (i === at ? flipped(hash) : hash)) })).toBe(
          false,
        );
        expect(verifyConsistency({ ...claim, path: path.filter((_, i) => i !== at) })).toBe(false);
      }
    }
  });
});

describe('a tree grown from its right edge', () => {
  it.each([
    { first: 255, then: 1 },
    { first: 255, then: 2 },
    { first: 256, then: 256 },
    { first: 1, then: 1000 },
    { first: 65_535, then: 1 },
    { first: 65_535, then: 258 },
  ])('is the same tree when $then leaves follow $first', ({ first, then }) => {
    const tree = new TileTree();
    tree.add(entries(first));
    const before = tree.size;
    const { changed } = tree.add(entries(then, first));
    const size = BigInt(first + then);
    expect(tree.size).toBe(size);
    expect(Buffer.from(tree.root)).toEqual(Buffer.from(rootOf(entries(first + then).map(leafHash))));
    expect(Buffer.from(rootFromTiles(size, tree.read))).toEqual(Buffer.from(tree.root));
    const whole = [...tilesOf(size)];
    expect(whole.map(({ level, index, width }) => tree.read({ level, index })?.length === width * 32)).not.toContain(
      false,
    );
    expect(tree.tiles.size).toBe(whole.length);
    expect(changed.length).toBeLessThanOrEqual(2 + Math.ceil(then / 256) + 3);
    expect(before).toBe(BigInt(first));
  });

  it('refuses to grow from an edge that lacks a tile', () => {
    const tree = new TileTree();
    tree.add(entries(257));
    const edge = [...tree.tiles.values()].filter(({ width }) => width < 256);
    expect(edge).toHaveLength(2);
    expect(() => growTree(257n, edge.slice(1), [leafHash(Buffer.from('more'))])).toThrow(RangeError);
    expect(() => edgeRoot(257n, edge.slice(0, 1))).toThrow(RangeError);
  });

  it('refuses a leaf hash of another length', () => {
    expect(() => growTree(0n, [], [Buffer.alloc(31)])).toThrow(RangeError);
  });
});

describe('a path that stops short of the size it claims', () => {
  const [leaf, other] = all.map(leafHash);
  if (leaf === undefined || other === undefined) throw new Error('two leaves are needed');

  it('is refused as inclusion, though it reaches the root', () => {
    expect(verifyInclusion({ index: 0n, size: 1n, leafHash: leaf, path: [], root: leaf })).toBe(true);
    expect(verifyInclusion({ index: 0n, size: 2n, leafHash: leaf, path: [], root: leaf })).toBe(false);
  });

  it('is refused as consistency, though it joins the roots', () => {
    const root = naiveRoot(all.slice(0, 2));
    const claim = { oldSize: 1n, oldRoot: leaf, root, path: [other] };
    expect(verifyConsistency({ ...claim, size: 2n })).toBe(true);
    expect(verifyConsistency({ ...claim, size: 3n })).toBe(false);
  });
});

describe('a claim that proves nothing', () => {
  const root = naiveRoot(all);
  it.each([
    { because: 'the old tree is empty', claim: { oldSize: 0n, oldRoot: emptyRoot(), size: 64n, root, path: [] } },
    { because: 'both trees are empty', claim: { oldSize: 0n, oldRoot: root, size: 0n, root, path: [] } },
    { because: 'the old tree is the larger', claim: { oldSize: 65n, oldRoot: root, size: 64n, root, path: [] } },
    { because: 'a size is negative', claim: { oldSize: -1n, oldRoot: root, size: 64n, root, path: [] } },
    {
      because: 'a size is past 64 bits',
      claim: { oldSize: 2n ** 4000n, oldRoot: root, size: 2n ** 4000n, root, path: [] },
    },
    {
      because: 'roots are short',
      claim: { oldSize: 64n, oldRoot: root.subarray(1), size: 64n, root: root.subarray(1), path: [] },
    },
  ])('is refused as consistency when $because', ({ claim }) => {
    expect(verifyConsistency(claim)).toBe(false);
  });

  it('has no plan', () => {
    expect(() => planConsistency(0n, 5n)).toThrow(RangeError);
    expect(() => planConsistency(6n, 5n)).toThrow(RangeError);
    expect(() => planInclusion(5n, 5n)).toThrow(RangeError);
    expect(() => planInclusion(-1n, 5n)).toThrow(RangeError);
  });
});
