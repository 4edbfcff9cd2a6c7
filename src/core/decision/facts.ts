import type {
  AgencyKind,
  Category,
  Duty,
  Jurisdiction,
  LeafPath,
  Obligation,
  Purpose,
  RoleCode,
  TeamKind,
} from '../vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../vocabulary/ids.js';
import type { CivilDate, Instant } from '../vocabulary/time.js';
import type { Ask } from './ask.js';

/** A party to an exchange as its directory entry stands now. */
export interface PartyFacts {
  readonly agency: AgencyId;
  readonly agencyKind: AgencyKind;
  readonly jurisdiction: Jurisdiction;
  readonly suspended: boolean;
  readonly team: TeamId;
  readonly teamKind: TeamKind;
}

/** The officer who asks, as the directory knows them now; absent where it does not. */
export interface OfficerFacts {
  readonly id: OfficerId;
  readonly team: TeamId;
  readonly role: RoleCode;
  readonly duties: readonly Duty[];
  readonly roleFrom: Instant;
  readonly roleTo?: Instant;
  readonly trainingUntil?: Instant;
  /** Whether their own family name is the one held of the subject. Absent: it is not, or nobody is identified. */
  readonly bearsSubjectsName?: true;
}

/** Who works with the subject, in which case, and who said so. */
export interface InvolvementFacts {
  readonly id: string;
  readonly caseReference: string;
  readonly process: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  /** Absent: the whole team. */
  readonly officers?: readonly OfficerId[];
  readonly from: Instant;
  readonly to?: Instant;
  readonly openedBy: { readonly agency: AgencyId; readonly officer: OfficerId };
  readonly confirmedBy?: { readonly agency: AgencyId; readonly officer: OfficerId };
  /** `open`: by the agency that leads the case. `claimed`: only by the one who would gain from it. */
  readonly standing: 'open' | 'claimed';
  /** Custodians whose own officer confirmed a claim; it counts toward them alone. */
  readonly confirmedFor: readonly AgencyId[];
  /** A force that leads its own crime enquiry certifies its own need: a person decides. */
  readonly ledByOwnForce: boolean;
}

/** A consent taken as the basis for sharing, and whether it still stands. */
export interface ConsentFacts {
  readonly id: string;
  readonly scope: readonly Category[];
  readonly recipients: readonly AgencyId[];
  readonly purpose: Purpose;
  readonly obtainedOn: CivilDate;
  readonly expires?: CivilDate;
  readonly withdrawnAt?: Instant;
}

/** A subject's objection that has been recorded and not lifted. */
export interface ObjectionFacts {
  readonly id: string;
  readonly ground: string;
  readonly recordedBy: AgencyId;
  /** Why it was overridden, by a manager of the agency that recorded it: a code of the catalogue. */
  readonly override?: string;
}

/** A statutory bar or protected identity recorded about the subject. */
export interface ProtectionFacts {
  readonly id: string;
  readonly kind: string;
  readonly recordedBy: AgencyId;
  /** Statutory exceptions whose evidence is on file, each a token of the bar. */
  readonly exceptions: readonly string[];
}

/** A hold: something that must be settled by people before anything more is released. */
export interface HoldFacts {
  readonly id: string;
  readonly recordedBy: AgencyId;
}

/** What the custodian was given about the subject through the gateway, and on which conditions. */
export interface ReceivedFacts {
  readonly from: AgencyId;
  readonly categories: readonly Category[];
  readonly conditions: readonly Obligation[];
  /** Whether whoever gave it put the conditions on it themselves; else they are policy's, for all that passes under its row. */
  readonly isSpecific: boolean;
}

/** An information-sharing agreement between the two parties. It may narrow what is shared, never widen it. */
export interface AgreementFacts {
  readonly id: string;
  readonly purposes: readonly Purpose[];
  /** Categories or leaves that may pass under it. */
  readonly dataItems: readonly (Category | LeafPath)[];
  readonly from: CivilDate;
  readonly to?: CivilDate;
}

/** An override of this officer about this subject in this case that nobody has reviewed and that has not run out. */
export interface OpenOverride {
  readonly expiresAt: Instant;
  /** What it named. */
  readonly categories: readonly Category[];
}

/** How often something was asked, and how often it may be before a person looks. */
export interface Asked {
  readonly counted: number;
  readonly most: number;
}

/** Categories asked about the subject for other purposes than this ask's, and how many of them may lie beyond it. */
export interface AskedFor {
  readonly categories: readonly Category[];
  readonly most: number;
}

/** How the officer and their agency asked lately, this ask included, each count within the stretch its limit says. */
export interface AskedBefore {
  /** Different people the officer asked about; counted no further than one more than the most. */
  readonly people: Asked;
  /** Different periods and questions in which the officer asked for any of these categories about this subject. */
  readonly ways: Asked;
  readonly byOfficer: AskedFor;
  readonly byAgency: AskedFor;
}

/** What the officer and their agency did before, as far as it bears on what they may do now. */
export interface ConductFacts {
  /** Emergency overrides of this officer that nobody has reviewed yet, the open one left out. */
  readonly unreviewedOverrides: number;
  /** Absent: none is open. */
  readonly openOverride?: OpenOverride;
  /** Absent: nothing is known of what was asked before, and no pattern is found. */
  readonly asked?: AskedBefore;
}

/**
 * How an ask by address stands as a whole: nobody asked yet who is placed there; somebody is told of; or why nobody is, which
 * the requester never learns.
 */
export type PlaceStanding = 'unasked' | 'told' | 'nobody-placed' | 'kept-back-by-source' | 'too-many' | 'held-back';

/** Everything a decision may know, gathered once. Plain data: with the policy version it decides the same again years later. */
export interface Facts {
  readonly decidedAt: Instant;
  readonly ask: Ask;
  /** `keysStand`: neither the key that signed the ask nor the one its system got its token with has ended or been revoked. */
  readonly requester: PartyFacts & { readonly keysStand: boolean };
  /** Absent: the directory knows no such officer of that agency. */
  readonly officer?: OfficerFacts;
  /** Enrolled: an ask that names another is malformed. `hasPolicyDocument`: DPA 2018 Schedule 1 Part 4. */
  readonly custodian: PartyFacts & { readonly hasPolicyDocument: boolean };
  /** Whether the subject was identified exactly; never who they are. */
  readonly subject: 'matched' | 'unknown' | 'ambiguous';
  /** Set in the decision of an ask by address as a whole, which is about no one person; absent in that of each child there. */
  readonly place?: PlaceStanding;
  /** The requester's involvements with this subject, ended ones included. */
  readonly involvements: readonly InvolvementFacts[];
  readonly consents: readonly ConsentFacts[];
  readonly objections: readonly ObjectionFacts[];
  readonly protections: readonly ProtectionFacts[];
  readonly holds: readonly HoldFacts[];
  /** Absent: nothing is known to have been received. */
  readonly received?: readonly ReceivedFacts[];
  readonly agreements: readonly AgreementFacts[];
  readonly conduct: ConductFacts;
}
