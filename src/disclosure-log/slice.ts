import { canonicalBytes, type WrittenJson, writtenOnce } from '../core/signing/canonical-json.js';
import { sha256 } from '../core/transparency/tree-hash.js';
import type { Category, Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';

/** Whose record of a disclosure it is. */
export type Side = 'requester' | 'custodian';

/** What happened: the kinds of domain.md 3.9, and `administer` for a change of policy, key or endpoint. */
export type EntryKind =
  | 'request'
  | 'consult'
  | 'disclose'
  | 'deny'
  | 'partial'
  | 'override'
  | 'correct'
  | 'ack'
  | 'export'
  | 'review'
  | 'administer';

/** How it ended, as the party whose slice it is was told. */
export type SliceOutcome =
  'released' | 'partly-released' | 'awaiting-release' | 'refused' | 'withheld' | 'unavailable' | 'recorded';

/** The basis in codes, as far as this party may know it. */
export interface SliceBasis {
  readonly power?: string;
  readonly article6?: string;
  readonly article9?: string;
}

/** One party's record of one disclosure: codes in clear, refs keyed, everything else sealed. Never content. */
export interface SliceContent {
  readonly agency: AgencyId;
  readonly counterpart: AgencyId | null;
  readonly kind: EntryKind;
  readonly purpose: Purpose;
  readonly outcome: SliceOutcome;
  readonly categories: readonly Category[];
  readonly basis: SliceBasis;
  readonly emergency: boolean;
  readonly decidedAt: Instant;
  /** What this agency calls the person; null where it may not know of one, or none is concerned. */
  readonly subject: SubjectRef | null;
  /** The officer who acted on this side; null when the gateway acted for it. */
  readonly officer: OfficerId | null;
  /** Whatever else domain.md 3.9 asks for: names of fields, rules, digests. Never a value of a field. */
  readonly details: Json;
}

/** The ids by which a slice is found, the same on both sides. */
export interface SliceIds {
  readonly disclosureId: DisclosureId;
  readonly exchangeId: ExchangeId;
  /** Another disclosure that this one retries, reviews, corrects or reads. */
  readonly about: DisclosureId | null;
}

/** A slice as it is committed to: what is in clear, with its refs as bytes. */
export interface CommittedSlice extends SliceIds, Omit<SliceContent, 'subject' | 'officer'> {
  readonly side: Side;
  readonly subjectRef: Uint8Array | null;
  readonly officerRef: Uint8Array | null;
}

/** The slice as one JSON object with fixed members: what the commitment is over and what evidence shows. */
export function sliceJson(slice: CommittedSlice): JsonObject {
  return {
    version: 1,
    disclosureId: slice.disclosureId,
    exchangeId: slice.exchangeId,
    about: slice.about,
    side: slice.side,
    agency: slice.agency,
    counterpart: slice.counterpart,
    kind: slice.kind,
    purpose: slice.purpose,
    outcome: slice.outcome,
    categories: [...slice.categories],
    power: slice.basis.power ?? null,
    article6: slice.basis.article6 ?? null,
    article9: slice.basis.article9 ?? null,
    emergency: slice.emergency,
    decidedAt: slice.decidedAt,
    subjectRef: base64urlOrNull(slice.subjectRef),
    officerRef: base64urlOrNull(slice.officerRef),
    details: slice.details,
  };
}

/**
 * What the log's entry says of a slice: SHA-256 of the 32-byte salt and the slice's canonical form (RFC 8785).
 *
 * The salt keeps anyone from guessing the slice; once it is gone nobody can say what was committed to.
 *
 * @param details the slice's own, where they are written already
 */
export function commitmentOf(
  slice: CommittedSlice,
  salt: Uint8Array,
  details: WrittenJson = writtenOnce(slice.details),
): Buffer {
  return sha256(Buffer.concat([salt, canonicalBytes({ ...sliceJson(slice), details })]));
}

function base64urlOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64url');
}
