import { Injectable } from '@nestjs/common';
import { encodeEntryBundle } from '../core/transparency/entry-bundle.js';
import { HASH_BYTES } from '../core/transparency/tree-hash.js';
import { parseTilePath, TILE_WIDTH } from '../core/transparency/tiles.js';
import { Database } from '../platform/database/database.js';
import { entriesFrom, latestCheckpoint, logState, tileReader } from './persistence/public-rows.js';

/** A tile or bundle, and whether it can never be another. */
export interface PublicTile {
  readonly bytes: Uint8Array;
  readonly width: 'full' | 'partial';
}

/** The log as anyone may read it: commitments and hashes, never personal data (C2SP tlog-tiles). */
@Injectable()
export class PublicLog {
  #origin: string | undefined;

  constructor(private readonly database: Database) {}

  /** The log's name, which never changes once it has begun; undefined before its first start. */
  async origin(): Promise<string | undefined> {
    this.#origin ??= (await this.verifierKey())?.split('+', 1)[0];
    return this.#origin;
  }

  /** The latest signed checkpoint; undefined before the log's first start. */
  async checkpoint(): Promise<string | undefined> {
    return (await this.database.outside(latestCheckpoint))?.note;
  }

  /** The key that checkpoints are verified with, `name+id+base64`; undefined before the log's first start. */
  async verifierKey(): Promise<string | undefined> {
    return (await this.database.outside(logState))?.verifierKey;
  }

  /**
   * The tile or entry bundle of a path below the log's prefix, `tile/0/x001/234.p/5`.
   *
   * @returns undefined when the path is not written as C2SP writes it, or the log does not reach so far
   */
  async tile(path: string): Promise<PublicTile | undefined> {
    const named = parseTilePath(path);
    // Past what a row's number can be there is nothing, and the database need not be asked.
    if (named === undefined || named.index > MAX_TILE_INDEX) return undefined;
    const width = named.width === TILE_WIDTH ? 'full' : 'partial';
    switch (named.kind) {
      case 'hashes': {
        const hashes = await this.database.outside(async (tx) => (await tileReader(tx, [named]))(named));
        if (hashes === undefined || hashes.length < named.width * HASH_BYTES) return undefined;
        return { bytes: hashes.subarray(0, named.width * HASH_BYTES), width };
      }
      case 'entries': {
        const from = named.index * BigInt(TILE_WIDTH);
        const entries = await this.database.outside((tx) => entriesFrom(tx, from, named.width));
        return entries.length < named.width ? undefined : { bytes: encodeEntryBundle(entries), width };
      }
    }
  }
}

const MAX_TILE_INDEX = 2n ** 54n;
