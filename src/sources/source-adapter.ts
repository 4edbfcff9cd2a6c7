import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { CivilDate } from '../core/vocabulary/time.js';
import type { PlacedPeople, SubjectIdentifier } from './source-systems.js';

/** What is wanted of one custodian about one person, wherever its records live. */
export interface RecordAsk {
  readonly custodian: AgencyId;
  readonly team: TeamId;
  /** Those the source has agreed to be asked by. */
  readonly identifiers: readonly SubjectIdentifier[];
  /** The others the ask names: never sent, and the person's all the same where an answer has them. */
  readonly others: readonly SubjectIdentifier[];
  readonly leaves: ReadonlySet<LeafPath>;
  readonly categories: readonly Category[];
  /** The form in which each category is permitted. */
  readonly forms: ReadonlyMap<Category, 'full' | 'minimised'>;
  readonly period: { readonly from: string; readonly to: string };
  /** What is left of the ask's ten seconds. */
  readonly withinMs: number;
  /**
   * Told why something is `unavailable`, for operators: a code, nothing of what was asked or answered. `answer` is what
   * was sent and not believed; only its digest is kept.
   */
  readonly onFault: (fault: string, answer?: Uint8Array) => void;
}

/** One fetch from an agency's own system, as an adapter is given it. */
export interface Fetch extends RecordAsk {
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly onBehalfOf: string;
}

/** What is wanted of one custodian about one address, wherever its records live. */
export interface PlaceSearch extends Pick<RecordAsk, 'custodian' | 'team' | 'withinMs' | 'onFault'> {
  /** In its normal form. */
  readonly uprn: string;
  /** The day as of which somebody is a child. */
  readonly on: CivilDate;
}

/** The same of an agency's own system, as an adapter is given it. */
export interface PlaceFetch extends PlaceSearch, Pick<Fetch, 'baseUrl' | 'onBehalfOf'> {}

/** Speaks with one kind of system. */
export abstract class SourceAdapter {
  /** The kind of system, as endpoints name it. */
  abstract readonly kind: string;
  /** One answer for each category. Throws nothing the other side causes: what cannot be believed is `unavailable`. */
  abstract fetch(fetch: Fetch): Promise<ReadonlyMap<Category, SourceAnswer>>;

  /** Who is placed at an address; what cannot be believed, or cannot say, is `unavailable`. Throws nothing the other side causes. */
  abstract placedAt(search: PlaceFetch): Promise<PlacedPeople>;
}

/** The faults that say a system is in trouble, rather than wrong about one person: these, in a row, have it left alone. */
const TROUBLE: ReadonlySet<string> = new Set(['unreachable', 'timed-out', 'broken', 'not-ok']);

/** Whether a fault is the system's trouble. */
export function isTrouble(fault: string): boolean {
  return TROUBLE.has(fault);
}

/** Whether a status says that this ask was refused, not that the system is in trouble (429 does say that). */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/**
 * What a system answered for one category of which it was read.
 *
 * Of a place nobody is told that there is none: whether nothing is recorded or it is kept back, it is `unavailable`. What was
 * kept back goes on the custodian's own record, and nowhere else. Operators are not told either: who counts what they see,
 * or times it, would learn that somebody is hidden.
 *
 * @param hasPlace whether a leaf that says where somebody is was among those asked
 */
export function answerOf(
  leaves: ReadonlyMap<LeafPath, Json>,
  keptBack: readonly LeafPath[],
  hasPlace: boolean,
): SourceAnswer {
  const kept = keptBack.length === 0 ? {} : { keptBack };
  if (leaves.size > 0) return { status: 'held', leaves, ...kept };
  return hasPlace ? { status: 'unavailable', ...kept } : { status: 'not-held' };
}
