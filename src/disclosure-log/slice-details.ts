import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Tx } from '../platform/database/tx.js';
import type { PreparedSlice } from './logged-disclosure.js';
import type { SealedSlice } from './persistence/append-rows.js';
import type { SliceIds, Side } from './slice.js';
import type { EntrySealer } from '../platform/sealing/entry-sealer.js';

/** Where a slice's sealed details lie: bound into the seal, so that no two rows can swap theirs. */
export interface SlicePlace extends Pick<SliceIds, 'disclosureId'> {
  readonly id: string;
  readonly agency: AgencyId;
  readonly side: Side;
}

/** Seals the details of slices that are new, each under a key of its own. */
export function sealedSlices(
  sealer: EntrySealer,
  tx: Tx,
  slices: readonly PreparedSlice[],
  refused: (cause: unknown) => unknown,
): readonly SealedSlice[] {
  const plain = slices.map(({ id, committed, details }) => {
    const place = { ...committed, id };
    return { agency: place.agency, of: id, aad: boundTo(place), bytes: Buffer.from(details.text) };
  });
  const sealed = sealer.sealNew(tx, plain, refused);
  return slices.flatMap((slice, index) => {
    const bytes = sealed[index];
    return bytes === undefined ? [] : [{ slice, sealed: bytes }];
  });
}

/** Opens a slice's details; undefined once shredded, and throws as the sealer does for bytes that were not sealed here. */
export async function openDetails(
  sealer: EntrySealer,
  tx: Tx,
  place: SlicePlace,
  sealed: Uint8Array,
): Promise<Json | undefined> {
  const bytes = await sealer.open(tx, keyOf(place), boundTo(place), sealed);
  return bytes && (JSON.parse(bytes.toString('utf8')) as Json);
}

const keyOf = ({ agency, id }: SlicePlace): { agency: AgencyId; entry: string } => ({ agency, entry: id });
const boundTo = ({ agency, id, disclosureId, side }: SlicePlace): string =>
  ['slice.sealed', agency, id, disclosureId, side].join('|');
