import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { NotSealedHere } from '../platform/keys/master-key.js';
import type { EntrySealer } from '../platform/sealing/entry-sealer.js';
import type { Discrepancy, DiscrepancyKind } from './discrepancy.js';
import { entriesAfter, leavesWithoutSlice, slicesAfter } from './persistence/fsck-rows.js';
import type { StoredSlice } from './persistence/slice-rows.js';
import { openDetails } from './slice-details.js';
import { commitmentOf, type Side } from './slice.js';

const PAGE = 500;
const COMMITMENT_BYTES = 32;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Checks each slice of an agency against the half of the entry that commits to it. */
export async function checkSlices(
  { database, sealer }: { readonly database: Database; readonly sealer: EntrySealer },
  agency: AgencyId,
): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (let after = BEFORE_ALL; ;) {
    const page = await database.within({ parties: [agency] }, async (tx) => {
      const slices = await slicesAfter(tx, agency, after, PAGE);
      // Asked for together, each slice's key costs no wait of its own.
      const kinds = await Promise.all(slices.map((slice) => faultOf(sealer, tx, slice)));
      return slices.map(({ id }, at) => ({ id, kind: kinds[at] }));
    });
    for (const { id, kind } of page) if (kind !== undefined) found.push({ kind, at: id });
    const last = page.at(-1);
    // A page that is not full was the last: to ask until one is empty would chase a log that grows.
    if (last === undefined || page.length < PAGE) return found;
    after = last.id;
  }
}

/** Finds entries of which none of these agencies has the requester's record. */
export async function entriesWithoutSlice(database: Database, agencies: readonly AgencyId[]): Promise<Discrepancy[]> {
  const [first, ...others] = agencies;
  const found: Discrepancy[] = [];
  for (let from = 0n; ;) {
    const entries = await database.outside((tx) => entriesAfter(tx, from, PAGE));
    const leaves = entries.map(({ leafHash }) => leafHash);
    const orphans =
      first === undefined
        ? leaves
        : // All at once, for it asks of leaves alone: whose slice it is comes nowhere into it.
          await database.within({ parties: [first, ...others] }, (tx) => leavesWithoutSlice(tx, leaves));
    for (const { index, leafHash } of entries) {
      if (orphans.some((orphan) => orphan.equals(leafHash))) {
        found.push({ kind: 'entry-without-slice', at: index.toString() });
      }
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return found;
    from = last.index + 1n;
  }
}

async function faultOf(sealer: EntrySealer, tx: Tx, slice: StoredSlice): Promise<DiscrepancyKind | undefined> {
  if (slice.entry === undefined) return 'entry-lost';
  const opened = await tryToOpen(sealer, tx, slice);
  if (opened === 'edited') return 'slice-edited';
  if (slice.salt === null || opened === 'shredded') {
    return slice.salt === null && opened === 'shredded' ? undefined : 'half-forgotten';
  }
  const commitment = commitmentOf({ ...slice.clear, details: opened.details }, slice.salt);
  return commitment.equals(halfOf(slice.entry, slice.clear.side)) ? undefined : 'slice-edited';
}

async function tryToOpen(
  sealer: EntrySealer,
  tx: Tx,
  { id, clear, sealed }: StoredSlice,
): Promise<{ readonly details: Json } | 'shredded' | 'edited'> {
  try {
    const details = await openDetails(sealer, tx, { ...clear, id }, sealed);
    return details === undefined ? 'shredded' : { details };
  } catch (failure) {
    if (failure instanceof NotSealedHere) return 'edited';
    throw failure;
  }
}

function halfOf(entry: Buffer, side: Side): Buffer {
  switch (side) {
    case 'requester':
      return entry.subarray(0, COMMITMENT_BYTES);
    case 'custodian':
      return entry.subarray(COMMITMENT_BYTES);
  }
}
