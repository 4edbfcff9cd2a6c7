import { HASH_BYTES } from './tree-hash.js';
import { completeNodes, foldNodes, rootOf } from './tree-nodes.js';
import { hashesAtLevel, nodesFromTiles, splitHashes, TILE_WIDTH, type TileAt } from './tiles.js';

/** A tile with its hashes joined, 32 bytes each, `width` of them. */
export interface Tile extends TileAt {
  readonly hashes: Uint8Array;
}

/** A tree after leaves were added. */
export interface GrownTree {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Every tile that is new or wider than before; no other tile differs. */
  readonly changed: readonly Tile[];
}

/**
 * Adds leaves to a tree of which only the right edge is at hand: work is that of the new leaves, whatever the tree's size.
 *
 * Trusts the edge; whoever holds a signed root checks it first with `edgeRoot`.
 *
 * @param size leaves so far
 * @param edge the tiles of `partialTiles(size)`, each at least so wide
 * @param leaves RFC 6962 leaf hashes, 32 bytes each, in order
 * @throws RangeError when the edge lacks a tile the size needs, or a hash is not 32 bytes
 */
export function growTree(size: bigint, edge: readonly Tile[], leaves: readonly Uint8Array[]): GrownTree {
  if (leaves.some((leaf) => leaf.length !== HASH_BYTES)) throw new RangeError('a leaf hash is 32 bytes');
  const changed: Tile[] = [];
  let added = leaves;
  for (let level = 0; added.length > 0; level++) {
    const before = hashesAtLevel(level, size);
    const first = before / BigInt(TILE_WIDTH);
    const width = Number(before % BigInt(TILE_WIDTH));
    const hashes = [...edgeHashes(edge, { level, index: first, width }), ...added];
    const full: Uint8Array[] = [];
    for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
      const held = hashes.slice(at, at + TILE_WIDTH);
      changed.push({ level, index: first + BigInt(at / TILE_WIDTH), width: held.length, hashes: Buffer.concat(held) });
      if (held.length === TILE_WIDTH) full.push(rootOf(held));
    }
    added = full;
  }
  const grown = size + BigInt(leaves.length);
  return { size: grown, root: edgeRoot(grown, [...changed, ...edge]), changed };
}

/**
 * The root of the tree of `size` from the tiles at its right edge alone.
 *
 * @throws RangeError when one of `partialTiles(size)` is absent or too narrow
 */
export function edgeRoot(size: bigint, edge: readonly Tile[]): Uint8Array {
  const read = nodesFromTiles(
    ({ level, index }) => edge.find((tile) => tile.level === level && tile.index === index)?.hashes,
  );
  return foldNodes(completeNodes(0n, size), read);
}

function edgeHashes(edge: readonly Tile[], { level, index, width }: TileAt): Uint8Array[] {
  if (width === 0) return [];
  const tile = edge.find((held) => held.level === level && held.index === index);
  if (tile === undefined || tile.hashes.length < width * HASH_BYTES) {
    throw new RangeError('a tile at the right edge of the tree is absent or too narrow');
  }
  return splitHashes(tile.hashes).slice(0, width);
}
