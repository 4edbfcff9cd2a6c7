import fc from 'fast-check';
import { foldPlan, planConsistency, planInclusion } from '../../src/core/transparency/proofs.js';
import { nodesFromTiles } from '../../src/core/transparency/tiles.js';
import { leafHash } from '../../src/core/transparency/tree-hash.js';
import { rootOf } from '../../src/core/transparency/tree-nodes.js';
import { parseCheckpointText } from '../../src/core/transparency/checkpoint.js';
import { decodeEntryBundle } from '../../src/core/transparency/entry-bundle.js';
import { parseNote } from '../../src/core/transparency/signed-note.js';
import { parseTilePath } from '../../src/core/transparency/tiles.js';
import { parseVerifierKey } from '../../src/core/transparency/verifier-key.js';
import { verifyConsistency } from '../../src/core/transparency/verify-consistency.js';
import { verifyInclusion } from '../../src/core/transparency/verify-inclusion.js';
import { entries, TileTree } from '../support/tile-tree.js';

/** Batches whose sum passes several tiles. */
const batches = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
const hash = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 70 }) },
);
const size = fc.bigInt({ min: -2n, max: 2n ** 66n });

describe('a log grown in batches', () => {
  it('has the root of its leaves however they were batched, and every checkpoint is a prefix of every later one (I3)', () => {
    fc.assert(
      fc.property(batches, fc.nat(), (counts, pick) => {
        const tree = new TileTree();
        const checkpoints: { size: bigint; root: Uint8Array }[] = [];
        for (const count of counts) {
          const { size: reached, root } = tree.add(entries(count, Number(tree.size)));
          checkpoints.push({ size: reached, root });
        }
        const nodes = nodesFromTiles(tree.read);
        const leaves = entries(Number(tree.size)).map(leafHash);
        expect(Buffer.from(tree.root)).toEqual(Buffer.from(rootOf(leaves)));
        for (const [at, later] of checkpoints.entries()) {
          for (const earlier of checkpoints.slice(0, at + 1)) {
            const path = foldPlan(planConsistency(earlier.size, later.size), nodes);
            const claim = { oldSize: earlier.size, oldRoot: earlier.root, size: later.size, root: later.root, path };
            expect(verifyConsistency(claim)).toBe(true);
            if (earlier.size < later.size) expect(verifyConsistency({ ...claim, root: earlier.root })).toBe(false);
          }
        }
        const index = BigInt(pick) % tree.size;
        const path = foldPlan(planInclusion(index, tree.size), nodes);
        const leaf = leaves[Number(index)] ?? Buffer.of();
        expect(verifyInclusion({ index, size: tree.size, leafHash: leaf, path, root: tree.root })).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('whatever an enemy sends', () => {
  it('is refused as a proof, and nothing throws', () => {
    fc.assert(
      fc.property(size, size, hash, hash, fc.array(hash, { maxLength: 70 }), (one, other, leaf, root, path) => {
        const included = verifyInclusion({ index: one, size: other, leafHash: leaf, root, path });
        const consistent = verifyConsistency({ oldSize: one, oldRoot: leaf, size: other, root, path });
        const same = Buffer.compare(leaf, root) === 0;
        return (!included || same) && (!consistent || same);
      }),
    );
  });

  it('never throws a parser', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.uint8Array(), (text, bytes) => {
        parseNote(`${text}\n\n— ${text} AAAA\n`);
        parseNote(text);
        parseCheckpointText(text);
        parseVerifierKey(text);
        parseTilePath(text);
        decodeEntryBundle(bytes);
      }),
    );
  });
});
