import type { Agency, Team } from '../../agencies/agency.js';
import type { Urgency } from '../../core/decision/ask.js';
import type { NeedToKnow, Push } from '../../core/decision/push.js';
import type { Category, LeafPath, Purpose, SubjectRole } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, PersonId, TeamId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Asker } from '../fact-gatherer.js';

/** Why whoever was told something hears of it again. */
export type FollowUpKind = 'correction' | 'recall' | 'stop';

/** What a follow-up rests on, kept sealed for its agency. Nothing that is said of the person. */
export interface FollowUpTerms {
  /** Who began it, and by which keys that was proved; of a stop nobody, for the gateway follows a withdrawal itself. */
  readonly sentBy?: Asker;
  readonly reason: string;
  /** Of the call, base64url; of a stop, of the consent. */
  readonly requestDigest: string;
  /** Of a correction: as what it is decided for each recipient. */
  readonly push?: Push;
  /** The team that acts. */
  readonly sentFrom?: TeamId;
  /** Of a stop: on what the consent stood. */
  readonly consent?: {
    readonly recipients: readonly AgencyId[];
    readonly scope: readonly Category[];
  };
}

/** A follow-up, its terms open. */
export interface FollowUp {
  readonly id: string;
  readonly agency: AgencyId;
  readonly kind: FollowUpKind;
  readonly of: ExchangeId | null;
  /** The agency's own record of it. */
  readonly disclosureId: DisclosureId;
  readonly person: PersonId;
  readonly purpose: Purpose;
  readonly begunAt: Instant;
  readonly terms: FollowUpTerms;
}

/** One team that was told something in an exchange, in one disclosure or several. */
export interface PastRecipient {
  readonly agency: Agency;
  readonly team: Team;
  /** The latest last. */
  readonly disclosures: readonly [DisclosureId, ...DisclosureId[]];
  /** When it was first told any of it. */
  readonly receivedAt: Instant;
  /** Everything it was ever told in the exchange, by name. */
  readonly leaves: readonly LeafPath[];
  /** Whether whoever told it may know that it was told. */
  readonly named: boolean;
  /** Of a flag: why it needed to know. */
  readonly need?: NeedToKnow;
}

/** An exchange in which an agency told somebody something, as it follows it up. */
export interface ToldExchange {
  readonly id: ExchangeId;
  readonly custodian: AgencyId;
  readonly person: PersonId;
  readonly purpose: Purpose;
  readonly subjectRole: SubjectRole;
  readonly urgency: Urgency;
  /** What it was told as; of an ask, the push that its answer would have been. */
  readonly push: Omit<Push, 'officer'>;
  /** The latest disclosure of it on the custodian's own record. */
  readonly about: DisclosureId;
  /** Those whom the custodian may know of. */
  readonly recipients: readonly PastRecipient[];
  readonly isFlag: boolean;
}
