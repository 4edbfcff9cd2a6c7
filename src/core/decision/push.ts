import type { StandingDutyKind } from '../law/catalogue.js';
import type { Category, Obligation, Purpose, RoleCode, SubjectRole } from '../vocabulary/codes.js';
import type { OfficerId } from '../vocabulary/ids.js';
import type { Instant } from '../vocabulary/time.js';
import type { Ask, Urgency } from './ask.js';
import type { Facts, OfficerFacts, PartyFacts } from './facts.js';

/**
 * What is pushed, free of who the person is and of what is said of them: only which categories something is said of.
 *
 * Well-formed (codes exist), and no more than that.
 */
export interface Push {
  readonly subjectRole: SubjectRole;
  /** Set where the birth date that the push gives makes them 18 or more. */
  readonly subjectIsAdult?: true;
  readonly purpose: Purpose;
  readonly officer: { readonly id: OfficerId; readonly role: RoleCode };
  /** Each once, in the order of the content; the category of the flag's own code among them. */
  readonly categories: readonly Category[];
  /** What the sender itself lays on whoever gets it, `nopat`. */
  readonly handling: readonly Obligation[];
  readonly urgency: Urgency;
  readonly notice?: Ask['notice'];
  readonly wishes?: Ask['wishes'];
}

/** Why one recipient needs to know. Whoever gathered it answers for its being true now. */
export type NeedToKnow =
  | { readonly by: 'standing-duty'; readonly duty: StandingDutyKind }
  /** An involvement that somebody else vouches for and that has not ended. */
  | { readonly by: 'involvement'; readonly id: string; readonly openedBy: string };

/**
 * Everything the decision on one recipient of a push may know. The sender is the custodian of what it sends; the recipient
 * stands where one who asks would, and asks nothing.
 */
export interface PushFacts extends Pick<
  Facts,
  'consents' | 'objections' | 'protections' | 'holds' | 'received' | 'agreements'
> {
  readonly decidedAt: Instant;
  readonly push: Push;
  readonly sender: Facts['custodian'] & Pick<Facts['requester'], 'keysStand'>;
  /** Absent: the directory knows no such officer of the sender. */
  readonly officer?: OfficerFacts;
  readonly recipient: PartyFacts;
  /** Absent: it does not, and is told nothing. */
  readonly need?: NeedToKnow;
}
