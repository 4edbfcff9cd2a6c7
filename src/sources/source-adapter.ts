import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { SubjectIdentifier } from './source-systems.js';

/** One fetch, as an adapter is given it. */
export interface Fetch {
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly onBehalfOf: string;
  readonly identifiers: readonly SubjectIdentifier[];
  readonly leaves: ReadonlySet<LeafPath>;
  readonly categories: readonly Category[];
  readonly period: { readonly from: string; readonly to: string };
  /** Told why something is `unavailable`, for operators: a code, nothing of what was asked or answered. */
  readonly onFault: (fault: string) => void;
}

/** Speaks with one kind of system. */
export abstract class SourceAdapter {
  /** The kind of system, as endpoints name it. */
  abstract readonly kind: string;
  /** One answer for each category. Throws nothing the other side causes: what cannot be believed is `unavailable`. */
  abstract fetch(fetch: Fetch): Promise<ReadonlyMap<Category, SourceAnswer>>;
}
