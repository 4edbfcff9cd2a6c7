import type { Brand } from '../vocabulary/brand.js';
import type { Category, LeafPath } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../vocabulary/ids.js';
import type { Json } from '../vocabulary/json.js';

/** What may leave, and nothing else. */
export interface ReleasedViewFacts {
  readonly disclosureId: DisclosureId;
  readonly requester: AgencyId;
  readonly custodian: AgencyId;
  /** By category, then by the leaf's own name. */
  readonly record: Readonly<Record<Category, Readonly<Record<string, Json>>>>;
  /** The leaves that have a value in `record`, in ascending order. */
  readonly leaves: readonly LeafPath[];
}

/** The redacted record. Only `redact` makes one. */
export type ReleasedView = Brand<ReleasedViewFacts, 'ReleasedView'>;
