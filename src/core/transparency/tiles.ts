import { HASH_BYTES } from './tree-hash.js';
import { completeNodes, foldNodes, rootOf, type ReadNode, type TreeNode } from './tree-nodes.js';

/** Hashes in a full tile, entries in a full bundle: 2^8. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
/** The levels of tiles that a tree of unsigned 64-bit size can have. */
const TILE_LEVELS = 8;

/** Where a tile is. Level 0 holds leaf hashes; level n + 1 the roots of full tiles of level n. */
export interface TileCoordinates {
  readonly level: number;
  readonly index: bigint;
}

/** A tile as it is for one size of tree: its first `width` hashes, 1 to 256. */
export interface TileAt extends TileCoordinates {
  readonly width: number;
}

/** What a path under `tile/` names. */
export type TilePath =
  ({ readonly kind: 'hashes' } & TileAt) | { readonly kind: 'entries'; readonly index: bigint; readonly width: number };

/** How many hashes of a level a tree of `size` has in full tiles and the last partial one together. */
export function hashesAtLevel(level: number, size: bigint): bigint {
  return size >> BigInt(TILE_HEIGHT * level);
}

/** The right edge of a tree: its last tile of each level, where that is not full. */
export function partialTiles(size: bigint): TileAt[] {
  return Array.from({ length: TILE_LEVELS }, (_, level) => {
    const hashes = hashesAtLevel(level, size);
    return { level, index: hashes / BigInt(TILE_WIDTH), width: Number(hashes % BigInt(TILE_WIDTH)) };
  }).filter(({ width }) => width > 0);
}

/** Every tile of a tree, level by level, left to right, each as wide as that size makes it. */
export function* tilesOf(size: bigint): Generator<TileAt> {
  for (let level = 0; level < TILE_LEVELS; level++) {
    const hashes = hashesAtLevel(level, size);
    for (let index = 0n; index * BigInt(TILE_WIDTH) < hashes; index++)
      yield { level, index, width: widthAt({ level, index }, size) };
  }
}

/** How many hashes of a tile a tree of `size` has: 0 when the tile lies beyond it, at most 256. */
export function widthAt({ level, index }: TileCoordinates, size: bigint): number {
  const beyond = hashesAtLevel(level, size) - index * BigInt(TILE_WIDTH);
  if (beyond <= 0n) return 0;
  return beyond >= BigInt(TILE_WIDTH) ? TILE_WIDTH : Number(beyond);
}

/** The tile in which the hashes under a complete subtree lie side by side. */
export function tileOf({ level, index }: TreeNode): TileCoordinates {
  const height = BigInt(level % TILE_HEIGHT);
  return { level: Math.floor(level / TILE_HEIGHT), index: (index << height) / BigInt(TILE_WIDTH) };
}

/**
 * Reads complete subtrees out of tiles.
 *
 * @param read gives a tile's hashes joined, 32 bytes each, at least as many as the tree needs; undefined when absent
 * @returns a reader that throws RangeError for a subtree whose tile is absent or too narrow
 */
export function nodesFromTiles(read: (tile: TileCoordinates) => Uint8Array | undefined): ReadNode {
  return (node) => {
    const hashes = read(tileOf(node));
    const count = 1 << (node.level % TILE_HEIGHT);
    const start = Number((node.index * BigInt(count)) % BigInt(TILE_WIDTH));
    if (hashes === undefined || hashes.length < (start + count) * HASH_BYTES) {
      throw new RangeError('a tile that the tree needs is absent or too narrow');
    }
    return rootOf(splitHashes(hashes.subarray(start * HASH_BYTES, (start + count) * HASH_BYTES)));
  };
}

/** The root of the tree of `size` from its tiles alone; throws as `nodesFromTiles` does. */
export function rootFromTiles(size: bigint, read: (tile: TileCoordinates) => Uint8Array | undefined): Uint8Array {
  return foldNodes(completeNodes(0n, size), nodesFromTiles(read));
}

/** A tile's bytes as hashes of 32 bytes; throws RangeError when they do not divide. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length % HASH_BYTES !== 0) throw new RangeError('a tile is a whole number of 32-byte hashes');
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** The path of a tile below the log's prefix, `tile/0/x001/x234/067.p/8` (C2SP tlog-tiles). */
export function tilePath({ level, index, width }: TileAt): string {
  return `tile/${String(level)}/${indexPath(index)}${suffix(width)}`;
}

/** The path of an entry bundle below the log's prefix, `tile/entries/x001/x234/067` (C2SP tlog-tiles). */
export function entryBundlePath(index: bigint, width: number): string {
  return `tile/entries/${indexPath(index)}${suffix(width)}`;
}

/**
 * What a path below the log's prefix names, or undefined unless it is written in the one way that C2SP tlog-tiles allows.
 *
 * Says nothing of whether the tile exists.
 */
export function parseTilePath(path: string): TilePath | undefined {
  const match = /^tile\/(entries|[0-7])\/((?:x\d{3}\/){0,6}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  const [, place, digits, partial] = match ?? [];
  if (place === undefined || digits === undefined) return undefined;
  const index = BigInt(digits.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  // One tile has one path: no leading zero groups, and a full tile is never written as partial.
  if (indexPath(index) !== digits || (partial !== undefined && width >= TILE_WIDTH)) return undefined;
  return place === 'entries'
    ? { kind: 'entries', index, width }
    : { kind: 'hashes', level: Number(place), index, width };
}

function indexPath(index: bigint): string {
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

function suffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${String(width)}`;
}
