import type { AgencyId, DisclosureId } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { Tx } from '../platform/database/tx.js';
import type { EntrySealer } from '../platform/sealing/entry-sealer.js';
import { slicesOf } from './persistence/look-back-rows.js';
import type { CommittedSlice } from './slice.js';
import { openDetails } from './slice-details.js';

/** An agency's own record of a disclosure, opened. */
export interface OwnRecord {
  readonly clear: Omit<CommittedSlice, 'details'>;
  /** Undefined once shredded. */
  readonly details: JsonObject | undefined;
  /** By which it was decided; undefined where the record does not say. */
  readonly policyVersion: number | undefined;
}

/** Opens an agency's own records of one disclosure: one, or two where it was on both sides. Records no reading. */
export class OwnRecords {
  readonly #sealer: EntrySealer;

  constructor(sealer: EntrySealer) {
    this.#sealer = sealer;
  }

  /** @param tx in the scope of that agency alone */
  async of(tx: Tx, agency: AgencyId, disclosure: DisclosureId): Promise<readonly OwnRecord[]> {
    const records: OwnRecord[] = [];
    for (const { id, clear, sealed } of await slicesOf(tx, agency, disclosure)) {
      const opened = objectOf(await openDetails(this.#sealer, tx, { ...clear, id }, sealed));
      records.push({ clear, details: opened, policyVersion: versionIn(opened) });
    }
    return records;
  }
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The requester's record says the version itself, the custodian's within the decision. */
function versionIn(details: JsonObject | undefined): number | undefined {
  const version = details?.['policyVersion'] ?? objectOf(details?.['decision'])?.['policyVersion'];
  return typeof version === 'number' ? version : undefined;
}
