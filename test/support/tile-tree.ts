import { growTree, type GrownTree, type Tile } from '../../src/core/transparency/grow-tree.js';
import { tilePath, TILE_WIDTH, type TileCoordinates } from '../../src/core/transparency/tiles.js';
import { leafHash } from '../../src/core/transparency/tree-hash.js';

/** A tree kept as a log keeps it: only its tiles, grown batch by batch. */
export class TileTree {
  size = 0n;
  root: Uint8Array = new Uint8Array();
  readonly tiles = new Map<string, Tile>();

  /** Adds entries in one batch, from the right edge alone. */
  add(entries: readonly Uint8Array[]): GrownTree {
    const edge = [...this.tiles.values()].filter(({ width }) => width < TILE_WIDTH);
    const grown = growTree(this.size, edge, entries.map(leafHash));
    for (const tile of grown.changed) this.tiles.set(key(tile), tile);
    [this.size, this.root] = [grown.size, grown.root];
    return grown;
  }

  readonly read = (at: TileCoordinates): Uint8Array | undefined => this.tiles.get(key(at))?.hashes;
}

/** Entries that differ, `count` of them, as bytes. */
export function entries(count: number, from = 0): Buffer[] {
  return Array.from({ length: count }, (_, at) => Buffer.from(`entry ${String(from + at)}`));
}

const key = ({ level, index }: TileCoordinates): string => tilePath({ level, index, width: TILE_WIDTH });
