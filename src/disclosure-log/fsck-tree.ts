import { openCheckpoint } from '../core/transparency/checkpoint.js';
import { growTree, type Tile } from '../core/transparency/grow-tree.js';
import { emptyRoot, leafHash, sameHash } from '../core/transparency/tree-hash.js';
import { partialTiles, tilePath, tilesOf, TILE_WIDTH } from '../core/transparency/tiles.js';
import { formatVerifierKey, verifierKey, type VerifierKey } from '../core/transparency/verifier-key.js';
import type { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import type { Discrepancy } from './discrepancy.js';
import {
  checkpointsBetween,
  countPublicRows,
  entriesAfter,
  type StoredCheckpoint,
  type StoredEntry,
} from './persistence/fsck-rows.js';
import { logState, tileReader, type LogState } from './persistence/public-rows.js';

const PAGE = 4 * TILE_WIDTH;

/** Grows the tree again from the entries, and compares every tile, root and checkpoint on the way. */
export async function checkTree(database: Database, publicKey: Uint8Array): Promise<Discrepancy[]> {
  const state = await database.outside(logState);
  if (state === undefined) return strayRows(database);
  const walk = new TreeWalk(state, verifierKey(state.origin, 'log', publicKey));
  while (await database.outside((tx) => walk.step(tx))) continue;
  // State, counts, tiles and checkpoints are compared with each other: of two snapshots the later would seem edited.
  await database.outside((tx) => walk.finish(tx), 'one-snapshot');
  return walk.found;
}

async function strayRows(database: Database): Promise<Discrepancy[]> {
  const stray = await database.outside(async (tx) => {
    const entries = await entriesAfter(tx, 0n, 1);
    const { tiles, lastSize } = await countPublicRows(tx);
    const state = await logState(tx);
    return state === undefined && (entries.length > 0 || tiles > 0 || lastSize !== undefined);
  }, 'one-snapshot');
  return stray ? [{ kind: 'state-missing', at: 'log-state' }] : [];
}

/** Goes only as far as the state it began with: what is sequenced meanwhile is for the next run. */
class TreeWalk {
  readonly found: Discrepancy[] = [];
  #size = 0n;
  #root: Uint8Array = emptyRoot();
  #edge: readonly Tile[] = [];

  constructor(
    private readonly state: LogState,
    private readonly key: VerifierKey,
  ) {
    if (state.verifierKey !== formatVerifierKey(key)) this.report('state-differs', 'verifier-key');
  }

  /** Takes the next entries; false at the end, and at a gap, which leaves all beyond it without meaning. */
  async step(tx: Tx): Promise<boolean> {
    if (this.#size === 0n) await this.checkCheckpoints(tx, -1n, 0n);
    const left = this.state.size - this.#size;
    if (left <= 0n) return false;
    const wanted = left < PAGE ? Number(left) : PAGE;
    const entries = this.denseRun(await entriesAfter(tx, this.#size, wanted));
    await this.growThrough(tx, entries);
    if (entries.length < wanted) this.report('gap', this.#size.toString());
    return entries.length === wanted;
  }

  /** Compares what is left: the right edge, the state, and whatever lies beyond. Needs one snapshot. */
  async finish(tx: Tx): Promise<void> {
    if (this.#size < this.state.size) return;
    if (!sameHash(this.#root, this.state.root)) this.report('state-differs', this.#size.toString());
    const current = await logState(tx);
    const { tiles, lastSize } = await countPublicRows(tx);
    if (lastSize !== current?.size) this.report('checkpoint-differs', String(lastSize));
    const [beyond] = await entriesAfter(tx, current?.size ?? 0n, 1);
    if (beyond !== undefined) this.report('state-differs', beyond.index.toString());
    const standsStill = current?.size === this.state.size;
    await this.compareTiles(tx, this.#edge, standsStill ? 'whole' : 'prefix');
    if (standsStill && tiles !== [...tilesOf(this.#size)].length) this.report('tile-differs', `${String(tiles)} tiles`);
  }

  private report(kind: Discrepancy['kind'], at: string): void {
    this.found.push({ kind, at });
  }

  private denseRun(entries: readonly StoredEntry[]): readonly StoredEntry[] {
    const gap = entries.findIndex(({ index }, at) => index !== this.#size + BigInt(at));
    return gap < 0 ? entries : entries.slice(0, gap);
  }

  private async growThrough(tx: Tx, entries: readonly StoredEntry[]): Promise<void> {
    const leaves = entries.map(({ index, entry, leafHash: stored }) => {
      const leaf = leafHash(entry);
      if (!sameHash(leaf, stored)) this.report('leaf-differs', index.toString());
      return leaf;
    });
    const first = this.#size;
    const last = first + BigInt(entries.length);
    const checkpoints = await checkpointsBetween(tx, first, last);
    const full: Tile[] = [];
    for (const checkpoint of checkpoints) {
      full.push(...this.grow(leaves.slice(Number(this.#size - first), Number(checkpoint.size - first))));
      this.compareCheckpoint(checkpoint);
    }
    full.push(...this.grow(leaves.slice(Number(this.#size - first))));
    await this.compareTiles(tx, full, 'whole');
  }

  /** Adds leaves and gives the tiles that became full. */
  private grow(leaves: readonly Uint8Array[]): Tile[] {
    const grown = growTree(this.#size, this.#edge, leaves);
    const candidates = [...grown.changed, ...this.#edge];
    [this.#size, this.#root] = [grown.size, grown.root];
    this.#edge = partialTiles(grown.size).flatMap(
      (needed) => candidates.find(({ level, index }) => level === needed.level && index === needed.index) ?? [],
    );
    return grown.changed.filter(({ width }) => width === TILE_WIDTH);
  }

  private async checkCheckpoints(tx: Tx, after: bigint, upTo: bigint): Promise<void> {
    for (const checkpoint of await checkpointsBetween(tx, after, upTo)) this.compareCheckpoint(checkpoint);
  }

  private compareCheckpoint({ size, root, note }: StoredCheckpoint): void {
    const opened = openCheckpoint(note, this.key);
    if (opened?.size !== size) {
      this.report('checkpoint-forged', size.toString());
    } else if (!sameHash(opened.root, this.#root) || !sameHash(root, this.#root)) {
      this.report('checkpoint-differs', size.toString());
    }
  }

  private async compareTiles(tx: Tx, tiles: readonly Tile[], how: 'whole' | 'prefix'): Promise<void> {
    const read = await tileReader(tx, tiles);
    for (const tile of tiles) {
      const stored = read(tile);
      const compared = how === 'whole' ? stored : stored?.subarray(0, tile.hashes.length);
      if (compared === undefined || Buffer.compare(compared, tile.hashes) !== 0) {
        this.report('tile-differs', tilePath(tile));
      }
    }
  }
}
