import { openCheckpoint } from '../../core/transparency/checkpoint.js';
import { foldPlan, planInclusion } from '../../core/transparency/proofs.js';
import {
  nodesFromTiles,
  splitHashes,
  TILE_WIDTH,
  type TileCoordinates,
  tileOf,
  tilePath,
  widthAt,
} from '../../core/transparency/tiles.js';
import { parseVerifierKey } from '../../core/transparency/verifier-key.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import { type ProofClaim, readJwks } from './evidence.js';

const timeoutMs = 10_000;
const largestAnswerBytes = 1_000_000;
const tilesSearched = 4_096;

/** What a gateway publishes, read over HTTP by someone who need not trust it. */
export class PublicLogClient {
  private readonly base: string;

  /** @param publicUrl the gateway's `PUBLIC_URL` */
  constructor(publicUrl: string) {
    this.base = publicUrl.replace(/\/+$/, '');
  }

  /** The gateway's signing keys; throws when it publishes none that can be read. */
  async jwks(): Promise<readonly JsonObject[]> {
    const keys = readJwks(await this.get('/.well-known/jwks.json'));
    if (keys === undefined) throw new Error('the gateway publishes no key set that can be read');
    return keys;
  }

  /** The log's verifier key. Ask the agencies for theirs: a log that lies can lie about its key. */
  async logKey(): Promise<string> {
    return text(await this.get('/log/key')).trim();
  }

  /**
   * Builds an inclusion proof from the log's tiles alone, under its latest checkpoint.
   *
   * @param leaf RFC 6962 leaf hash, 32 bytes
   * @param index where the entry is said to be; without it the newest million entries are searched
   * Proves nothing by itself: a checkpoint that the key did not sign comes back with an empty path, for the verifier to refuse.
   *
   * @returns undefined when the log does not hold the leaf there
   */
  async proofOf(leaf: Uint8Array, index: bigint | undefined, logKey: string): Promise<ProofClaim | undefined> {
    const note = text(await this.get('/log/checkpoint'));
    const key = parseVerifierKey(logKey);
    const checkpoint = key && openCheckpoint(note, key);
    if (checkpoint === undefined) return { index: 0n, size: 0n, path: [], checkpoint: note };
    const { size } = checkpoint;
    const found = index ?? (await this.find(leaf, size));
    if (found === undefined || found >= size) return undefined;
    const plan = planInclusion(found, size);
    const tiles = new Map<string, Uint8Array>();
    for (const tile of plan.flat().map(tileOf)) {
      if (!tiles.has(nameOf(tile))) tiles.set(nameOf(tile), await this.tile(tile, size));
    }
    const path = foldPlan(
      plan,
      nodesFromTiles((tile) => tiles.get(nameOf(tile))),
    );
    return { index: found, size, path, checkpoint: note };
  }

  private async find(leaf: Uint8Array, size: bigint): Promise<bigint | undefined> {
    const width = BigInt(TILE_WIDTH);
    const last = (size - 1n) / width;
    for (let tile = last; tile >= 0n && last - tile < BigInt(tilesSearched); tile--) {
      const hashes = splitHashes(await this.tile({ level: 0, index: tile }, size));
      const at = hashes.findIndex((hash) => Buffer.from(hash).equals(leaf));
      if (at >= 0) return tile * width + BigInt(at);
    }
    return undefined;
  }

  private tile(tile: TileCoordinates, size: bigint): Promise<Uint8Array> {
    return this.get(`/log/${tilePath({ ...tile, width: widthAt(tile, size) })}`);
  }

  private async get(path: string): Promise<Uint8Array> {
    const answer = await fetch(this.base + path, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) throw new Error(`\`${path}\` answered ${String(answer.status)}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length > largestAnswerBytes) throw new Error(`\`${path}\` answered more than a megabyte`);
    return bytes;
  }
}

function nameOf({ level, index }: TileCoordinates): string {
  return `${String(level)}/${index.toString()}`;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
