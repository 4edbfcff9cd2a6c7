import type { Agency, Team } from '../../agencies/agency.js';
import type { NeedToKnow, Push } from '../../core/decision/push.js';
import type { LeafPath, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, PersonId, TeamId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Asker } from '../fact-gatherer.js';
import type { FlagHead } from './pushed.js';

/** Somebody who needs to know. What they may be told is not decided yet. */
export interface Recipient {
  readonly agency: Agency;
  readonly team: Team;
  readonly need: NeedToKnow;
  /** Whether the sender may know of it: it owes a standing duty, or the sender sees its involvement. */
  readonly named: boolean;
}

/** What a flag rests on and how it stands, kept sealed for its sender. Nothing that is said of the person. */
export interface FlagTerms {
  readonly push: Push;
  readonly head: FlagHead;
  /** Who pushed it, and by which keys that was proved. */
  readonly sentBy: Asker;
  /** The team of the officer who pushed it. */
  readonly sentFrom: TeamId;
  /** Commits to the call's body toward recipients, who may not know all of it: 32 bytes, base64url. */
  readonly salt: string;
  readonly requestDigest: string;
  /** Whom alone the sender would have told. */
  readonly only?: readonly AgencyId[];
  /** Set where it is not sure that the person is the one who is known here: nobody is told for knowing them. */
  readonly isInDoubt?: true;
}

/** A flag as it is kept, its terms open. */
export interface KeptFlag {
  readonly id: ExchangeId;
  readonly sender: AgencyId;
  readonly person: PersonId;
  readonly disclosureId: DisclosureId;
  readonly purpose: Purpose;
  readonly raisedAt: Instant;
  readonly terms: FlagTerms;
  readonly endedAt?: Instant;
}

/** One who was told of a flag. */
export interface ToldRecipient {
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly disclosureId: DisclosureId;
  readonly messageId: string;
  readonly named: boolean;
  readonly need: NeedToKnow;
  /** The leaves it was told. */
  readonly leaves: readonly LeafPath[];
  readonly toldCode: boolean;
}
