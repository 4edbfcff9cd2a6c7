import type { Ask, Urgency } from '../../core/decision/ask.js';
import type { Category, Purpose, RoleCode } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { SliceOutcome } from '../../disclosure-log/slice.js';
import type { Asker } from '../fact-gatherer.js';
import type { Item } from '../items.js';
import type { NamedSubject } from '../named-subject.js';

/** How the outcome of a release is told. */
export type ReleaseOutcome = Extract<SliceOutcome, 'released' | 'partly-released' | 'withheld'>;

/** One ask that waits, or waited, for a person at its custodian. Says nothing of the person asked about. */
export interface ReleaseCase {
  readonly id: string;
  readonly exchangeId: ExchangeId;
  /** Of the ask's answer. */
  readonly disclosureId: DisclosureId;
  readonly requester: AgencyId;
  readonly custodian: AgencyId;
  readonly custodianTeam: TeamId;
  /** Whose decision it is; absent: anyone's of the team who may release. */
  readonly namedRole?: RoleCode;
  readonly purpose: Purpose;
  /** What waits. */
  readonly categories: readonly Category[];
  readonly urgency: Urgency;
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  /** When it was brought before others because nobody had decided it in time. */
  readonly escalatedAt?: Instant;
  /** Digest of the review that was shown last, 32 bytes. */
  readonly seen: Buffer;
  /** A {@link WaitingAsk}; gone once decided. */
  readonly sealed?: Buffer;
  /** What the first of two officers decided, and who that was. */
  readonly proposal?: { readonly id: string; readonly by: OfficerId; readonly at: Instant; readonly sealed?: Buffer };
  readonly decided?: {
    readonly at: Instant;
    readonly by: OfficerId;
    readonly second?: OfficerId;
    readonly outcome: ReleaseOutcome;
    readonly disclosureId: DisclosureId;
  };
}

/** What a person needs to decide, sealed for the custodian until they have. */
export interface WaitingAsk {
  readonly ask: Ask;
  /** As the requester named them. */
  readonly subject: NamedSubject;
  readonly asker: Asker & { readonly signedAt: Instant };
  /** The team it was asked for, which the outcome is delivered to. */
  readonly team: TeamId;
  readonly requestDigest: string;
  /** What the answer said of each category. */
  readonly items: readonly Item[];
  readonly outcome: SliceOutcome;
}
