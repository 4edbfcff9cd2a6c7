import { signCheckpoint } from '../../src/core/transparency/checkpoint.js';
import { growTree, type Tile } from '../../src/core/transparency/grow-tree.js';
import { partialTiles } from '../../src/core/transparency/tiles.js';
import { verifierKey, type VerifierKey } from '../../src/core/transparency/verifier-key.js';
import type { PreparedEntry } from '../../src/disclosure-log/logged-disclosure.js';
import { logState, tileReader } from '../../src/disclosure-log/persistence/public-rows.js';
import type { Tx } from '../../src/platform/database/tx.js';
import type { LogSigner } from '../../src/platform/keys/gateway-keys.js';
import type { LoadedCheckpoint, LoadedTree } from './loaded-rows.js';

/** As many as a busy sequencer puts under one checkpoint. */
const ENTRIES_PER_CHECKPOINT = 16;

/** The right edge of a log's tree, and what its next entries make of it. */
export class TreeInMaking {
  private constructor(
    private readonly signer: LogSigner,
    private readonly key: VerifierKey,
    private reached: bigint,
    private edge: readonly Tile[],
  ) {}

  /** The tree of a log that has begun. */
  static async read(tx: Tx, signer: LogSigner): Promise<TreeInMaking> {
    const state = await logState(tx);
    if (state === undefined) throw new Error('the log has not begun');
    const needed = partialTiles(state.size);
    const hashesOf = await tileReader(tx, needed);
    const edge = needed.map((tile) => ({ ...tile, hashes: hashesOf(tile) ?? new Uint8Array(0) }));
    return new TreeInMaking(signer, verifierKey(state.origin, 'log', signer.publicKey), state.size, edge);
  }

  /** Leaves until now. */
  get size(): number {
    return Number(this.reached);
  }

  /** Adds entries, with a checkpoint every few. */
  grow(entries: readonly PreparedEntry[]): LoadedTree {
    const from = this.reached;
    const tiles = new Map<string, Tile>();
    const checkpoints: LoadedCheckpoint[] = [];
    for (let at = 0; at < entries.length; at += ENTRIES_PER_CHECKPOINT) {
      const leaves = entries.slice(at, at + ENTRIES_PER_CHECKPOINT).map(({ leafHash }) => leafHash);
      const { size, root, changed } = growTree(this.reached, this.edge, leaves);
      for (const tile of changed) tiles.set(`${String(tile.level)}/${tile.index.toString()}`, tile);
      const known = [...changed, ...this.edge];
      this.edge = partialTiles(size).flatMap(
        ({ level, index }) => known.find((tile) => tile.level === level && tile.index === index) ?? [],
      );
      this.reached = size;
      const { name: origin } = this.key;
      const note = signCheckpoint({ origin, size, root }, this.key, (bytes) => this.signer.sign(bytes));
      checkpoints.push({ size, root, note });
    }
    return { from, entries, tiles: [...tiles.values()], checkpoints };
  }
}
