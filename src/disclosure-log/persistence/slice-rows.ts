import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { CommittedSlice, EntryKind, Side, SliceOutcome } from '../slice.js';

/** A slice as stored, with the entry its leaf names wherever that is. */
export interface StoredSlice {
  readonly id: string;
  readonly clear: Omit<CommittedSlice, 'details'>;
  readonly leafHash: Buffer;
  readonly salt: Buffer | null;
  readonly sealed: Buffer;
  /** 64 bytes; undefined when no entry, waiting or sequenced, has this leaf. */
  readonly entry: Buffer | undefined;
}

/** A slice's row. */
export interface SliceRow {
  readonly id: string;
  readonly disclosure_id: DisclosureId;
  readonly exchange_id: ExchangeId;
  readonly about: DisclosureId | null;
  readonly agency: AgencyId;
  readonly side: Side;
  readonly counterpart: AgencyId | null;
  readonly kind: EntryKind;
  readonly purpose: Purpose;
  readonly outcome: SliceOutcome;
  readonly categories: Category[];
  readonly power: string | null;
  readonly article6: string | null;
  readonly article9: string | null;
  readonly emergency: boolean;
  readonly decided_at: Instant;
  readonly subject_ref: Buffer | null;
  readonly officer_ref: Buffer | null;
  readonly leaf_hash: Buffer;
  readonly salt: Buffer | null;
  readonly sealed: Buffer;
  readonly entry: Buffer | null;
}

/** A row as the room's other files know a slice. */
export function storedSlice(row: SliceRow): StoredSlice {
  return {
    id: row.id,
    clear: {
      disclosureId: row.disclosure_id,
      exchangeId: row.exchange_id,
      about: row.about,
      side: row.side,
      agency: row.agency,
      counterpart: row.counterpart,
      kind: row.kind,
      purpose: row.purpose,
      outcome: row.outcome,
      categories: row.categories,
      basis: {
        ...(row.power === null ? {} : { power: row.power }),
        ...(row.article6 === null ? {} : { article6: row.article6 }),
        ...(row.article9 === null ? {} : { article9: row.article9 }),
      },
      emergency: row.emergency,
      decidedAt: row.decided_at,
      subjectRef: row.subject_ref,
      officerRef: row.officer_ref,
    },
    leafHash: row.leaf_hash,
    salt: row.salt,
    sealed: row.sealed,
    entry: row.entry ?? undefined,
  };
}
