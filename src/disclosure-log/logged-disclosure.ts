import type { WrittenJson } from '../core/signing/canonical-json.js';
import type { Brand } from '../core/vocabulary/brand.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import type { CommittedSlice, SliceContent, SliceIds } from './slice.js';

/** The two records of one disclosure. Without a custodian (none known, or not concerned) its half is blind. */
export interface DisclosureEntry extends SliceIds {
  readonly requester: SliceContent;
  readonly custodian: SliceContent | undefined;
  /** What was decided from, as UTF-8 JSON: sealed beside the custodian's record, and kept for 24 months only. */
  readonly facts?: Uint8Array;
}

/** A slice with all that its row needs, its details not yet sealed. */
export interface PreparedSlice {
  readonly id: string;
  readonly committed: CommittedSlice;
  /** Those of `committed`, as they are committed to and sealed. */
  readonly details: WrittenJson;
  /** 32 bytes, this side's own. */
  readonly salt: Buffer;
}

/** What an entry will be once appended. */
export interface PreparedFacts {
  readonly disclosureId: DisclosureId;
  readonly exchangeId: ExchangeId;
  /** 64 bytes: the requester's commitment, then the custodian's. */
  readonly entry: Buffer;
  /** RFC 6962 leaf hash of the entry, 32 bytes: what a receipt promises to be in the log. */
  readonly leafHash: Buffer;
  readonly slices: readonly PreparedSlice[];
  readonly facts?: Uint8Array;
}

/** An entry with its salts drawn and its leaf fixed, so that a receipt can be signed before it is appended. Nothing is stored. */
export type PreparedEntry = Brand<PreparedFacts, 'PreparedEntry'>;

/** What the log holds of a disclosure once the transaction that appended it commits. */
export interface LoggedFacts {
  readonly disclosureId: DisclosureId;
  readonly exchangeId: ExchangeId;
  readonly parties: readonly AgencyId[];
  /** RFC 6962 leaf hash, 32 bytes. */
  readonly leafHash: Buffer;
}

/**
 * A disclosure that was appended. The only thing a byte may be released for, and only once its transaction has
 * committed: the type cannot know of the commit.
 */
export type LoggedDisclosure = Brand<LoggedFacts, 'LoggedDisclosure'>;
