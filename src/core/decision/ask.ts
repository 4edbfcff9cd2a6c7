import type { Category, PowerCode, Purpose, ReasonCode, RoleCode, SubjectRole } from '../vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../vocabulary/ids.js';
import type { CivilDate } from '../vocabulary/time.js';

/** The five kinds of request, each with its own mandatory fields (domain: police request types are never one form). */
export type RequestKind =
  'safeguarding' | 'police-safeguarding' | 'police-law-enforcement' | 'victim-information' | 'court-order';

/** How soon an answer is needed; it sets the clock of a person's release and nothing else. */
export type Urgency = 'routine' | 'urgent' | 'emergency';

/** What a requester believes the custodian may rely on. Never adopted, only compared. */
export interface CitedBasis {
  readonly article6?: string;
  readonly article9?: string;
  readonly schedule1?: string;
  readonly article10?: string;
  readonly p18Reason?: string;
}

/**
 * What an adult wants of the sharing, or that nobody asked them and why.
 *
 * `override` (why their refusal is overridden) and `reason` are codes of the catalogue, each of its own list.
 */
export type StatedWishes =
  { readonly agreed: boolean; readonly override?: string } | { readonly sought: false; readonly reason: string };

/**
 * What is asked, free of who the subject is: names and identifiers are matched before the decision and never enter it.
 *
 * Well-formed (codes exist, dates ordered) but nothing more: whether it is lawful is what the decision finds.
 */
export interface Ask {
  readonly kind: RequestKind;
  readonly custodian: AgencyId;
  readonly custodianTeam: TeamId;
  readonly subjectRole: SubjectRole;
  /** Set where the subject is whoever is placed at an address, which the requester names by its UPRN and no person. */
  readonly byAddress?: true;
  /** Set where the birth date that the ask gives makes them 18 or more; it must then agree with what is held of them. */
  readonly subjectIsAdult?: true;
  readonly purpose: Purpose;
  readonly caseReference: string;
  readonly officer: { readonly id: OfficerId; readonly role: RoleCode };
  readonly categories: readonly Category[];
  readonly questions: readonly { readonly category: Category; readonly code: string }[];
  /** Categories whose free-text leaves are wanted too; a person always releases those. */
  readonly textFor: readonly Category[];
  readonly period: { readonly from: CivilDate; readonly to: CivilDate };
  readonly necessity: string;
  readonly function: { readonly power: PowerCode; readonly text: string };
  readonly basis?: CitedBasis;
  readonly notice?: { readonly given: boolean; readonly waivedReason?: ReasonCode; readonly reviewOn?: CivilDate };
  readonly urgency: Urgency;
  readonly police?: {
    readonly offence?: string;
    readonly crimeReference?: string;
    readonly supervisor?: { readonly id: OfficerId; readonly rank: string };
    readonly strictNecessity?: string;
    readonly onwardUse?: string;
  };
  readonly victim?: {
    readonly reasonToBelieveHeld?: string;
    readonly lineOfEnquiry?: string;
    readonly notice?: { readonly given: boolean; readonly on?: CivilDate; readonly exception?: string };
    /** What rebuts the presumption that counselling notes are unnecessary (PCSC Act 2022 s.44D). */
    readonly counselling?: { readonly probativeValue: string; readonly rebuttal: string };
  };
  readonly court?: {
    readonly court: string;
    readonly judge: string;
    readonly date: CivilDate;
    readonly scope: readonly Category[];
    readonly document: string;
  };
  /** An emergency override: immediate risk, and the normal approver cannot be reached in time. */
  readonly emergency?: { readonly reason: string; readonly text: string; readonly categories: readonly Category[] };
  /** What the adult at risk wants, as the requester recorded it; never their words. */
  readonly wishes?: StatedWishes;
  /** The route by which family-court material may be communicated to the requester (FPR 2010 r.12.73). */
  readonly courtRoute?: string;
}
