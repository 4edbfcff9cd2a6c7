import type { AgencyId } from '../core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../core/vocabulary/time.js';
import type { Database } from '../platform/database/database.js';
import type { GatewayKeys } from '../platform/keys/gateway-keys.js';
import type { EntrySealer } from '../platform/sealing/entry-sealer.js';
import type { Discrepancy } from './discrepancy.js';
import { checkSlices, entriesWithoutSlice } from './fsck-slices.js';
import { checkTree } from './fsck-tree.js';
import { pendingSince, whereabouts } from './persistence/fsck-rows.js';

/** A receipt's promise: this leaf is in the log from then on. */
export interface Promised {
  /** RFC 6962 leaf hash, 32 bytes. */
  readonly leaf: Uint8Array;
  readonly mergeBy: Instant;
}

/** What to check the log against. */
export interface FsckScope {
  /** Every agency that ever had a slice: those left out go unchecked, and their entries seem to have none. */
  readonly agencies: readonly AgencyId[];
  /** Receipts that agencies hold. */
  readonly receipts: readonly Promised[];
  readonly now: Instant;
}

/** What it reads with. */
export interface FsckParts {
  readonly database: Database;
  readonly sealer: EntrySealer;
  readonly keys: GatewayKeys;
}

/** How long a receipt lets an entry wait, after the contract's `mergeBy`. */
export const MERGE_WITHIN_SECONDS = 60;

/**
 * Derives the whole log again from its entries and its slices, and says where what is stored differs.
 *
 * Reads only, repairs nothing, and may run while the log grows. Trusts the gateway's log key and the seals, and nothing
 * else in the database. What was removed together with its entry, its tiles and its checkpoints shows only against the
 * receipts given and the checkpoints that witnesses keep.
 *
 * @returns every discrepancy found; empty when there is none
 */
export async function fsck(parts: FsckParts, scope: FsckScope): Promise<readonly Discrepancy[]> {
  const { publicKey } = await parts.keys.logSigner();
  const tree = await checkTree(parts.database, publicKey);
  const slices: Discrepancy[] = [];
  for (const agency of scope.agencies) slices.push(...(await checkSlices(parts, agency)));
  const orphans = await entriesWithoutSlice(parts.database, scope.agencies);
  return [...tree, ...slices, ...orphans, ...(await late(parts, scope)), ...(await brokenPromises(parts, scope))];
}

async function late({ database }: FsckParts, { now }: FsckScope): Promise<Discrepancy[]> {
  const leaves = await database.outside((tx) => pendingSince(tx, secondsAfter(now, -MERGE_WITHIN_SECONDS)));
  return leaves.map((leaf) => ({ kind: 'sequencing-late', at: leaf.toString('base64url') }));
}

async function brokenPromises({ database }: FsckParts, { receipts, now }: FsckScope): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const { leaf, mergeBy } of receipts) {
    const place = await database.outside((tx) => whereabouts(tx, leaf));
    const at = Buffer.from(leaf).toString('base64url');
    if (place !== 'sequenced' && now > mergeBy) found.push({ kind: 'promise-broken', at });
    else if (place === 'nowhere') found.push({ kind: 'entry-lost', at });
  }
  return found;
}
