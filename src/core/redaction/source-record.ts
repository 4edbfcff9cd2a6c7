import type { Brand } from '../vocabulary/brand.js';
import type { Category, LeafPath, Obligation } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../vocabulary/ids.js';
import type { Json } from '../vocabulary/json.js';

/** What a custodian's system answered for one category. */
export type SourceAnswer =
  | ({
      readonly status: 'held';
      readonly leaves: ReadonlyMap<LeafPath, Json>;
      /** What its own system says a recipient must undertake with it. */
      readonly conditions?: readonly Obligation[];
    } & KeptBack)
  | { readonly status: 'not-held' }
  /** Nothing was answered that can be believed, or told. Never to be read as nothing known. */
  | ({ readonly status: 'unavailable' } & KeptBack);

interface KeptBack {
  /** Leaves not read because the custodian's own system marks what they stand in as restricted: for the custodian alone. */
  readonly keptBack?: readonly LeafPath[];
}

/** What was fetched under one permit: one answer for each category the permit names. */
export interface SourceRecordFacts {
  readonly disclosureId: DisclosureId;
  readonly custodian: AgencyId;
  readonly answers: ReadonlyMap<Category, SourceAnswer>;
}

/** A record that is not yet redacted: fetched from a custodian’s system by `sources`, or pushed by its author. */
export type SourceRecord = Brand<SourceRecordFacts, 'SourceRecord'>;
