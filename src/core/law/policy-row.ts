import type {
  Category,
  Jurisdiction,
  LeafPath,
  Obligation,
  PowerCode,
  Purpose,
  RoleCode,
  TeamKind,
} from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';
import type { LookBack, Regime } from './catalogue.js';

/** What must be true of an ask before a row lets anything through. */
export type Requirement =
  | 'open-involvement'
  | 'open-involvement-or-emergency'
  | 'case-reference'
  | 'subject-role'
  | 'necessity'
  | 'look-back'
  | 'notice-record'
  | 'wishes-record'
  | 'consent';

/**
 * One row of disclosure policy: for one purpose, what teams of some kinds may tell teams of others.
 *
 * Written-out kinds only, no wildcard. What a row does not list is denied. All lists are closed against the catalogue.
 */
export interface PolicyRow {
  /** `POL-013`. */
  readonly id: string;
  /** Its number in the seed matrix. */
  readonly row: number;
  readonly purpose: Purpose;
  readonly from: readonly TeamKind[];
  readonly to: readonly TeamKind[];
  /** Nations whose law it was written for; absent: england. */
  readonly jurisdictions?: readonly Jurisdiction[];
  readonly regime: { readonly custodian: Regime; readonly requester: Regime };
  /** Each list in order of preference; the first that is law for these parties on the day is the one found. */
  readonly basis: {
    readonly powers: readonly PowerCode[];
    readonly article6: readonly string[];
    readonly article9: readonly string[];
    readonly schedule1: readonly string[];
    readonly article10: readonly string[];
    readonly confidentiality: readonly string[];
  };
  readonly requires: readonly Requirement[];
  readonly permit: readonly (Category | LeafPath)[];
  readonly minimise: readonly (Category | LeafPath)[];
  readonly review: readonly (Category | LeafPath)[];
  readonly obligations: readonly Obligation[];
  readonly effectiveFrom: CivilDate;
  /** The last day. */
  readonly effectiveTo?: CivilDate;
  readonly citation?: string;
  readonly why?: string;
  /** Narrower than the purpose's own, never wider. */
  readonly lookBackMonths?: readonly LookBack[];
  /** To whom at the recipient it is addressed, where not the whole team. */
  readonly namedRole?: RoleCode;
}

/** The nations whose law a row was written for: England, where it names none. */
export function nationsOf({ jurisdictions }: PolicyRow): readonly Jurisdiction[] {
  return jurisdictions ?? ['england'];
}

/** The disclosure policy that is published: every row of every purpose. */
export interface PolicySet {
  readonly version: number;
  /** base64url SHA-256 over the sorted relative path and bytes of every catalogue and policy file. */
  readonly digest: string;
  readonly rows: readonly PolicyRow[];
}
