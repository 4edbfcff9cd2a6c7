import type { Brand } from '../vocabulary/brand.js';
import type { Category, LeafPath, Obligation } from '../vocabulary/codes.js';
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
  /** What the recipient undertakes with all of it. */
  readonly obligations: readonly Obligation[];
  /** What the recipient undertakes with a category of `record` besides, in ascending order; only categories that have any. */
  readonly conditions: Readonly<Record<Category, readonly Obligation[]>>;
}

/** The redacted record. Only `redact` makes one. */
export type ReleasedView = Brand<ReleasedViewFacts, 'ReleasedView'>;
