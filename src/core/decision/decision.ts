import type { Brand } from '../vocabulary/brand.js';
import type { ChosenText } from '../vocabulary/chosen-text.js';
import type { Category, LeafPath, Obligation, ReasonCode } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, TeamId } from '../vocabulary/ids.js';
import type { CivilDate, Instant } from '../vocabulary/time.js';

/** Which of the questions a finding answers. The first four are the locks: all must open. */
export type Lock =
  'power' | 'data-protection' | 'confidentiality' | 'bar' | 'requester' | 'subject' | 'need-to-know' | 'minimum';

/**
 * What one check found.
 *
 * `open` lets the exchange go on; `shut` ends it (or its categories); `person` leaves it to a named human at the custodian.
 */
export interface Finding {
  readonly check: string;
  readonly lock: Lock;
  readonly outcome: 'open' | 'shut' | 'person';
  /** Absent on `open`. */
  readonly reason?: ReasonCode;
  /** Statute, guidance or clause the finding rests on. */
  readonly citation: string;
  /** Absent: the whole request. */
  readonly categories?: readonly Category[];
  /** Whether it rests on facts about the subject, and must therefore be silent toward the requester. */
  readonly restsOnSubject: boolean;
  /** For the custodian's slice. Names codes, never a person. */
  readonly detail: string;
  /** The smallest change that would alter it; only where the requester may know. */
  readonly remedy?: string;
}

/** What is decided for one category asked. */
export interface ItemDecision {
  readonly category: Category;
  readonly effect: 'release' | 'minimise' | 'review' | 'withhold';
  /** The leaves that may be fetched and released. Empty unless `effect` is `release` or `minimise`. */
  readonly leaves: readonly LeafPath[];
  /** Set when the category's free text was asked for and may be released by a person, whether held or not. */
  readonly text?: 'in-review';
  /** Why not more. Absent when everything asked of the category is released. */
  readonly reason?: ReasonCode;
}

/** An emergency override that was used: what it opened, and why. It is reviewed by a person, always. */
export interface OverrideUsed {
  readonly reason: string;
  readonly categories: readonly Category[];
  /** Set where it goes on with one that is open, which then runs out when that does. */
  readonly until?: Instant;
}

/** The basis the custodian discloses on, as the decision found it. */
export interface FoundBasis {
  readonly power: string;
  readonly article6?: string;
  readonly article9?: string;
  readonly schedule1?: string;
  readonly p18Reason?: string;
  readonly article10?: string;
  readonly confidentiality: string;
  readonly regime: { readonly custodian: string; readonly requester: string };
}

/** A condition on which the custodian was given a category by its owner: it goes on with whatever of it is released. */
export interface TravellingCondition {
  readonly category: Category;
  readonly conditions: readonly Obligation[];
  /** Who gave it. For the custodian's record: the recipient is told the conditions, not whose they are. */
  readonly owner: AgencyId;
}

/**
 * How the law stands toward a subject who has died: the duty of confidence goes on, data-protection law protects the living
 * in their record alone.
 *
 * @see UK GDPR recital 27; common-law duty of confidence
 */
export interface DeadSubject {
  readonly living: 'deceased';
  readonly dutyOfConfidence: true;
  readonly regime: { readonly subject: 'confidence-only'; readonly thirdParties: string };
}

interface Common {
  readonly findings: readonly Finding[];
  readonly items: readonly ItemDecision[];
  /** The policy row that ruled, where one matched. */
  readonly policyRow?: string;
  readonly policyVersion: number;
  /** The date whose law was applied. */
  readonly lawOf: CivilDate;
  readonly basis?: FoundBasis;
  /** Rests on the subject, so it is for the custodian's slice alone. Absent for the living. */
  readonly subjectStatus?: DeadSubject;
  readonly obligations: readonly Obligation[];
  /** Absent: nothing that was asked came to the custodian on conditions. */
  readonly travelling?: readonly TravellingCondition[];
  /** Absent unless the ask was decided under an emergency override. */
  readonly override?: OverrideUsed;
}

/** Why the requester is refused: with reasons, or by the one answer that says nothing of the subject. */
export type RefusalGround =
  | { readonly kind: 'stated'; readonly reason: ReasonCode; readonly citation: string; readonly remedy?: string }
  | { readonly kind: 'silent' };

/** What the decision point answers: never a boolean, always with every finding. */
export type Decision =
  | (Common & { readonly effect: 'permit' })
  | (Common & { readonly effect: 'review' })
  | (Common & { readonly effect: 'refuse'; readonly ground: RefusalGround });

/** Whose permit it is and for how long: what fetching, redacting and logging compare before they act. */
export interface PermitFacts {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly requester: AgencyId;
  readonly custodian: AgencyId;
  readonly custodianTeam: TeamId;
  readonly leaves: ReadonlySet<LeafPath>;
  /** What a person chose of free text, leaf by leaf; of a text that is not here nothing goes out. */
  readonly texts?: ReadonlyMap<LeafPath, ChosenText>;
  /** What the recipient undertakes with all of it. */
  readonly obligations?: readonly Obligation[];
  /** What the recipient undertakes with one category besides. */
  readonly conditions?: ReadonlyMap<Category, readonly Obligation[]>;
  /** Whether each item of a list that has room for the marks of DPA 2018 s.38 must carry them. */
  readonly mustBeMarked?: true;
  /** Set in an ask by address: of who else is there only those pass who are grown up on this day. */
  readonly grownUpOn?: CivilDate;
  readonly period: { readonly from: CivilDate; readonly to: CivilDate };
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** Leave to fetch and release the named leaves for one disclosure. Only `issuePermit` makes one. */
export type IssuedPermit = Brand<PermitFacts, 'IssuedPermit'>;
