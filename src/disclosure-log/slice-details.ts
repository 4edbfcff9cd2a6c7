import { canonicalBytes } from '../core/signing/canonical-json.js';
import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Tx } from '../platform/database/tx.js';
import type { PreparedSlice } from './logged-disclosure.js';
import type { SliceIds, Side } from './slice.js';
import type { EntrySealer } from '../platform/sealing/entry-sealer.js';

/** Where a slice's sealed details lie: bound into the seal, so that no two rows can swap theirs. */
export interface SlicePlace extends Pick<SliceIds, 'disclosureId'> {
  readonly id: string;
  readonly agency: AgencyId;
  readonly side: Side;
}

/** Seals a slice's details under a key of its own. */
export function sealedDetails(sealer: EntrySealer, tx: Tx, { id, committed }: PreparedSlice): Promise<Buffer> {
  const place = { ...committed, id };
  return sealer.seal(tx, keyOf(place), boundTo(place), canonicalBytes(committed.details));
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
