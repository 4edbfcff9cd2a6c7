import type {
  AgencyKind,
  Category,
  Duty,
  Jurisdiction,
  LeafPath,
  Obligation,
  PowerCode,
  Purpose,
  ReasonCode,
  RoleCode,
  SubjectRole,
  TeamKind,
} from '../vocabulary/codes.js';
import type { LawInForce } from './in-force.js';
import type { Leaf } from './leaf.js';

/**
 * A question a requester may put to a category, answered by one leaf.
 *
 * Where that leaf names the question it is released only when asked; elsewhere the question only points at what is looked for.
 */
export interface CategoryQuestion {
  readonly code: string;
  readonly leaf: LeafPath;
  readonly text: string;
}

/** One of the 45 data categories. */
export interface CategoryEntry {
  readonly code: Category;
  /** The reference of the data dictionary, `D01` to `D45`. */
  readonly reference: string;
  readonly title: string;
  /** Coded, text and minimised leaves, in the order of the file. */
  readonly leaves: readonly Leaf[];
  readonly questions: readonly CategoryQuestion[];
  /** Refused at the schema, the same for every subject, so that nothing has to be silently left out. */
  readonly cannotBeAsked?: true;
  /** The bar that protects the whole category. */
  readonly bar?: BarId;
  /** Where the category is never minimised: what to ask for in its place. */
  readonly minimisedRemedy?: {
    readonly reason: ReasonCode;
    readonly categories: readonly Category[];
    readonly text: string;
  };
  /** Always answers `withheld`; only a list of named people, two at a time, may release it. */
  readonly twoPersonRelease?: true;
  /** Sectors whose own record it is; anybody else who has it was given it. Absent: whoever works with the person has their own. */
  readonly keptBy?: readonly AgencyKind[];
}

/** A statutory or common-law power, duty or gateway: what lets (or makes) one body tell another. */
export interface Power extends LawInForce {
  readonly code: PowerCode;
  readonly title: string;
  readonly citation: string;
  /** A power to ask is not a duty to answer; `duty-on-request` binds only the bodies of `from`. */
  readonly mode: 'power' | 'duty' | 'duty-on-request' | 'implied';
  readonly from: readonly TeamKind[] | 'any';
  readonly to: readonly TeamKind[] | 'any';
  /** Purposes it may be cited for; absent: whatever a policy row cites it for. */
  readonly purposes?: readonly Purpose[];
  /** Whether it speaks of people under 18 alone: about anyone else it gives no power. */
  readonly childrenOnly?: true;
  /** Whether its own text says that a disclosure under it breaks no confidence. */
  readonly liftsConfidence: boolean;
  /** Categories it cannot carry whatever a policy says. */
  readonly neverCarries?: readonly Category[];
  /** What is commonly got wrong about it. */
  readonly traps?: readonly string[];
}

/** What must also be true before a basis or condition may be relied on. */
export type BasisNeed =
  | 'power'
  | 'duty'
  | 'consent'
  | 'no-consent-as-basis'
  | 'policy-document'
  | 'p18-reason'
  | 'emergency'
  | 'request-states-task'
  | 'incapable-of-consent'
  | 'professional-secrecy'
  | 'court-order'
  | 'strict-necessity'
  | 'recipient-competent-authority'
  | 'serious-harm-or-crime';

interface BasisEntry extends LawInForce {
  readonly code: string;
  readonly title: string;
  readonly citation: string;
  readonly needs: readonly BasisNeed[];
}

/** A basis of UK GDPR article 6(1), or of DPA 2018 section 35 for law enforcement (`s35-2-b`). */
export interface Article6Basis extends BasisEntry {
  /** Sectors that cannot rely on it in performance of their tasks. */
  readonly notFor: readonly AgencyKind[];
  readonly neverFor: readonly Purpose[];
}

/** A condition of UK GDPR article 9(2). */
export interface Article9Basis extends BasisEntry {
  /** The Schedule 1 conditions one of which must stand with it; empty: it stands alone. */
  readonly schedule1: readonly string[];
}

/** A condition of DPA 2018 Schedule 1. */
export interface Schedule1Condition extends BasisEntry {
  readonly part: 1 | 2 | 3;
  /** Also lets criminal-offence data be processed (article 10, DPA s.10(5)). */
  readonly criminalOffenceData: boolean;
}

/** A condition of DPA 2018 Schedule 8, for sensitive processing under Part 3. */
export type Schedule8Condition = BasisEntry;

/** A way in which the common-law duty of confidence may be set aside. */
export type ConfidentialityRoute = BasisEntry;

/** Identifies a hard bar. */
export type BarId =
  'A1' | 'A2' | 'A3' | 'A4' | 'A5' | 'A6' | 'A7' | 'A8' | 'A9' | 'A10' | 'A11' | 'A12' | 'A13' | 'A14' | 'A15';

/** A hard bar: no break-glass, agreement or approver opens it, only a statutory exception with its evidence. */
export interface Bar extends LawInForce {
  readonly id: BarId;
  readonly title: string;
  readonly citation: string;
  readonly reason: ReasonCode;
  /** Categories it shuts. With `scope: subject`, all of the person's. */
  readonly categories: readonly Category[];
  /** Kinds of a recorded protection that raise it for one subject; empty: it needs none. */
  readonly protectionKinds: readonly string[];
  readonly exceptions: readonly { readonly token: string; readonly title: string }[];
  /** Whether even its existence must not show. */
  readonly silent: boolean;
  readonly scope: 'category' | 'subject';
  /** Absent: any purpose. */
  readonly purposes?: readonly Purpose[];
  /** Requesting teams it shuts out; absent: all. */
  readonly recipients?: readonly TeamKind[];
  /** Custodian teams it shuts; absent: all. */
  readonly sources?: readonly TeamKind[];
  /** What may be asked for in place of what it shuts; only of a bar that stands for everyone. */
  readonly remedy?: string;
}

/** What `POST /v1/protections` may record about a person. */
export interface ProtectionKind {
  readonly code: string;
  readonly title: string;
  /** The hard bar it raises. */
  readonly raises?: BarId;
  /** Categories a person must then decide, whatever a policy row permits. Empty where it raises a bar. */
  readonly heightens: readonly Category[];
  /** Whether it says that the person has died: confidence then protects them, and data-protection law the living only. */
  readonly living?: 'deceased';
  readonly citation: string;
}

/** Why a check found as it did, and what of that the requester sees. */
export interface ReasonEntry {
  readonly code: ReasonCode;
  /** `silent` and `request-refused` answer with the one text that says nothing of the subject. */
  readonly shown: 'shown' | 'request-refused' | 'withheld' | 'silent' | 'in-review';
  readonly restsOnSubject: boolean;
  /** For the requester; the fixed text where the reason is not shown. */
  readonly explanation: string;
  readonly remedy: string;
  readonly citation?: string;
}

/** What a recipient undertakes with what it is given. */
export interface ObligationEntry {
  readonly code: Obligation;
  readonly title: string;
  /** What the recipient must do, addressed to them. */
  readonly text: string;
  /** Whether it names a day by which. */
  readonly dated: boolean;
  /** What becomes of it where the recipient is asked for it in its turn; absent: it only goes on with it. */
  readonly onward?: 'refuse' | 'ask-owner';
  /** The purposes for which it binds then; absent: any. */
  readonly onwardFor?: readonly Purpose[];
}

/** Why the subject, or a parent, was not told. */
export interface NoticeWaiverReason {
  readonly code: ReasonCode;
  readonly title: string;
  readonly citation: string;
}

/** Why an adult's refusal is overridden. */
export interface AdultOverride {
  readonly code: string;
  readonly title: string;
  readonly citation: string;
}

/** Why an adult was not asked what they want. */
export interface WishesNotSought {
  readonly code: string;
  readonly title: string;
  readonly citation: string;
  /** `manager`: decided by one, who asks. `urgency`: true only of an ask that cannot wait. */
  readonly needs: 'manager' | 'urgency';
}

/** How far back a category may be asked before a person must look at it. */
export interface LookBack {
  readonly category: Category;
  /** Absent: any role. An entry that names the role wins over one that names none. */
  readonly subjectRoles?: readonly SubjectRole[];
  /** `lifetime`: as far back as there is a record. */
  readonly months: number | 'lifetime';
}

/** Why information is asked for or pushed. */
export interface PurposeEntry {
  readonly code: Purpose;
  readonly title: string;
  readonly group: 'child' | 'adult' | 'victim' | 'public-protection' | 'allegation' | 'crime' | 'review' | 'rights';
  readonly law: string;
  /** Nations in which the purpose exists under that law. */
  readonly jurisdictions: readonly Jurisdiction[];
  /** What the requester undertakes by asking for it. */
  readonly requesterDuty: string;
  /** Kinds of request it may come in. */
  readonly requestKinds: readonly string[];
  readonly lookBackMonths: readonly LookBack[];
  /** A power on its own does not commence it: absent means always. */
  readonly commencedBy?: PowerCode;
}

/** What an officer of that role may do. */
export interface RoleEntry {
  readonly code: RoleCode;
  readonly title: string;
  readonly duties: readonly Duty[];
  /** Kinds of team they may belong to. */
  readonly teamKinds: readonly TeamKind[];
  /** The role whose holder this one stands in for. */
  readonly deputises?: RoleCode;
}

/** A recipient code: what kind of team asks or answers. */
export interface TeamKindEntry {
  readonly code: TeamKind;
  readonly title: string;
  /** Sectors of agency that may have such a team. */
  readonly agencyKinds: readonly AgencyKind[];
  /** Its regime of data protection when it acts for itself. */
  readonly regime: Regime;
  /** Competent authority of DPA 2018 s.30 and Schedule 7. */
  readonly competentAuthority: boolean;
  /** The one role or queue to which a disclosure is addressed. */
  readonly namedRole?: RoleCode;
  /** A human being and no team: told by hand, never by a system. */
  readonly person?: true;
}

/** UK GDPR and DPA 2018 Part 2, or DPA 2018 Part 3 (law enforcement). */
export type Regime = 'uk-gdpr' | 'part-3';

/** A field an ask of some kind must carry before it is decided. */
export type RequestField =
  | 'case-reference'
  | 'function'
  | 'necessity'
  | 'notice'
  | 'urgency'
  | 'period'
  | 'offence'
  | 'crime-reference'
  | 'supervisor'
  | 'strict-necessity'
  | 'onward-use'
  | 'reason-to-believe-held'
  | 'line-of-enquiry'
  | 'victim-notice'
  | 'counselling-rebuttal'
  | 'court-document';

/** One of the five kinds of request. */
export interface RequestKindEntry {
  readonly code: string;
  readonly title: string;
  readonly citation: string;
  readonly requesterRegime: Regime;
  readonly agencyKinds: readonly AgencyKind[];
  /** Fields whose absence is refused, decided and logged, with the reason to give. */
  readonly mandatory: readonly {
    readonly field: RequestField;
    readonly reason: ReasonCode;
    /** Only where one of these is asked for; absent: always. */
    readonly categories?: readonly Category[];
  }[];
  /** Subject roles it may be about; absent: any. */
  readonly subjectRoles?: readonly SubjectRole[];
  /** Whether a person decides whatever a policy row says. */
  readonly alwaysReviewed: boolean;
}

/** How long a custodian's person has. */
export interface UrgencyClock {
  readonly urgency: 'routine' | 'urgent' | 'emergency';
  readonly title: string;
  readonly dueIn: { readonly minutes: number } | { readonly hours: number } | { readonly workingDays: number };
}

/** A clock of a statutory process, with what it rests on. */
export interface ProcessClock {
  readonly code: string;
  readonly title: string;
  readonly jurisdictions: readonly Jurisdiction[];
  readonly within: Duration;
  readonly rests: 'statute' | 'statutory-guidance' | 'local-procedure' | 'historic-kpi';
  readonly citation: string;
}

/** A length of time as statutes and guidance give it. */
export type Duration =
  | { readonly minutes: number }
  | { readonly hours: number }
  | { readonly days: number }
  | { readonly workingDays: number }
  | { readonly months: number };

/** What an officer of a kind of subject role may be asked about. */
export interface SubjectRoleEntry {
  readonly code: SubjectRole;
  readonly title: string;
  /** Present: anything else is out of scope for a subject of that role, save in an emergency that names it. */
  readonly onlyCategories?: readonly Category[];
  /** Present: their wishes are not asked for where policy asks for an adult's. */
  readonly wishes?: 'not-sought';
}

/** A pair that must be refused, with what would be right. */
export interface InvalidCombination {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  /** All present parts must match for the pair to be invalid. */
  readonly when: {
    readonly custodianKinds?: readonly AgencyKind[];
    readonly custodianTeams?: readonly TeamKind[];
    readonly article6?: readonly string[];
    readonly article9?: readonly string[];
    readonly schedule1?: readonly string[];
    readonly powers?: readonly PowerCode[];
    readonly purposes?: readonly Purpose[];
    readonly requestKinds?: readonly string[];
    readonly consentAsBasis?: true;
    readonly noPolicyDocument?: true;
    readonly citedAsDuty?: true;
  };
  /** What would be right, for the requester. */
  readonly remedy: string;
}

/** The bases on which one kind of discloser may rely toward one kind of recipient for a group of purposes. */
export interface ValidBasis {
  readonly id: string;
  readonly from: readonly TeamKind[] | 'any';
  readonly to: readonly TeamKind[] | 'any';
  readonly purposes: readonly Purpose[];
  /** In order of preference. */
  readonly article6: readonly string[];
  readonly article9: readonly string[];
  /** Schedule 1, or Schedule 8 under Part 3, in order of preference. */
  readonly schedule1: readonly string[];
  readonly article10: readonly string[];
  readonly powers: readonly PowerCode[];
  readonly confidentiality: readonly string[];
  /** Nations in whose policy it may be relied on. */
  readonly jurisdictions: readonly Jurisdiction[];
  readonly note?: string;
}

/** A kind of case: which agencies lead it, through which of their teams. Only who leads opens an involvement in it. */
export interface ProcessEntry {
  /** That of the purpose it serves. */
  readonly code: Purpose;
  readonly title: string;
  readonly citation: string;
  readonly ledBy: readonly { readonly agency: AgencyKind; readonly teams: readonly TeamKind[] }[];
}

/** What makes an agency one that is told of a person whatever the case: it is their home, their practice or their school. */
export type StandingDutyKind = 'home-authority' | 'registered-practice' | 'school';

/** The sector of the agency that each duty is of, in the order in which they are told. */
export const SECTOR_OF_DUTY: Readonly<Record<StandingDutyKind, AgencyKind>> = {
  'home-authority': 'council',
  'registered-practice': 'health',
  school: 'education',
};

/**
 * Whom a flag reaches without an involvement: for a purpose, which agency of the person's and through which kind of team.
 *
 * Absence of a row is no duty. It says who needs to know, never what they may be told: that is policy's.
 */
export interface StandingDutyRow extends LawInForce {
  readonly purpose: Purpose;
  readonly duty: StandingDutyKind;
  readonly teamKind: TeamKind;
  readonly citation: string;
}

/** A code that a flag is raised under, and the category of information that the code itself is. */
export interface FlagCode {
  readonly code: string;
  /** The code system's URI. */
  readonly system: string;
  readonly title: string;
  readonly category: Category;
}

/**
 * The law and the vocabulary as reviewed data: everything of `config/catalogue`, checked whole before anything starts.
 *
 * A code found in one map is known to exist in every map that cites it. Nothing here is about a person.
 */
export interface Catalogue {
  readonly categories: ReadonlyMap<Category, CategoryEntry>;
  readonly leaves: ReadonlyMap<LeafPath, Leaf>;
  readonly purposes: ReadonlyMap<Purpose, PurposeEntry>;
  readonly powers: ReadonlyMap<PowerCode, Power>;
  readonly article6: ReadonlyMap<string, Article6Basis>;
  readonly article9: ReadonlyMap<string, Article9Basis>;
  readonly schedule1: ReadonlyMap<string, Schedule1Condition>;
  readonly schedule8: ReadonlyMap<string, Schedule8Condition>;
  /** Article 10: official authority, or a Schedule 1 condition of the same code. */
  readonly article10: readonly string[];
  readonly p18Reasons: ReadonlyMap<
    string,
    { readonly code: string; readonly title: string; readonly citation: string }
  >;
  readonly confidentiality: ReadonlyMap<string, ConfidentialityRoute>;
  readonly bars: ReadonlyMap<BarId, Bar>;
  readonly protectionKinds: ReadonlyMap<string, ProtectionKind>;
  readonly reasons: ReadonlyMap<ReasonCode, ReasonEntry>;
  readonly obligations: ReadonlyMap<Obligation, ObligationEntry>;
  readonly noticeWaivers: ReadonlyMap<ReasonCode, NoticeWaiverReason>;
  readonly adultOverrides: ReadonlyMap<string, AdultOverride>;
  readonly wishesNotSought: ReadonlyMap<string, WishesNotSought>;
  /** Why an objection is overridden, beside what overrides an adult's refusal. */
  readonly objectionOverrides: ReadonlyMap<string, AdultOverride>;
  /** A process that is not among them is led by nobody. */
  readonly processes: ReadonlyMap<Purpose, ProcessEntry>;
  readonly roles: ReadonlyMap<RoleCode, RoleEntry>;
  readonly teamKinds: ReadonlyMap<TeamKind, TeamKindEntry>;
  readonly subjectRoles: ReadonlyMap<SubjectRole, SubjectRoleEntry>;
  /** Refused at the schema: performance management, immigration enforcement and the like. */
  readonly neverPurposes: ReadonlyMap<string, { readonly code: string; readonly title: string; readonly why: string }>;
  readonly requestKinds: ReadonlyMap<string, RequestKindEntry>;
  readonly emergencyReasons: ReadonlyMap<
    string,
    { readonly code: string; readonly title: string; readonly citation: string }
  >;
  /** Routes by which family-court material may be communicated. */
  readonly courtRoutes: ReadonlyMap<
    string,
    { readonly code: string; readonly title: string; readonly citation: string }
  >;
  readonly urgencies: ReadonlyMap<string, UrgencyClock>;
  readonly clocks: ReadonlyMap<string, ProcessClock>;
  readonly invalidCombinations: readonly InvalidCombination[];
  readonly validBases: readonly ValidBasis[];
  readonly standingDuties: readonly StandingDutyRow[];
  /** By system and code, joined by `|`. */
  readonly flagCodes: ReadonlyMap<string, FlagCode>;
  /** base64url SHA-256 over the sorted relative path and bytes of every catalogue file. */
  readonly digest: string;
}
