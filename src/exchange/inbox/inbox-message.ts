import type { Ask, Urgency } from '../../core/decision/ask.js';
import type { FactsOfRelease } from '../../core/decision/decide-by-person.js';
import type { ReleasedByPerson } from '../../core/decision/release-stands.js';
import type { Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, PersonId, TeamId } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { SliceOutcome } from '../../disclosure-log/slice.js';
import type { CarriedSeal } from '../../platform/sealing/carried-seal.js';
import type { Asker } from '../fact-gatherer.js';
import type { NamedSubject } from '../named-subject.js';

/** Why something is delivered. */
export type MessageKind = 'flag' | 'flag-ended' | 'correction' | 'recall' | 'released' | 'stop';

/** What a recipient did with a message. */
export const ACTIONS = ['taken-on', 'read', 'deleted', 'cannot-delete'] as const;
/** What a recipient did with a message. */
export type MessageAction = (typeof ACTIONS)[number];

/** What is delivered: the shape a recipient reads, whichever way it reaches them. */
export interface MessageContent {
  readonly of: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly urgency: Urgency;
  readonly outcome: string;
  readonly subject: JsonObject;
  readonly items: Json;
  readonly record: JsonObject;
  /** Null where nothing was disclosed. */
  readonly disclosure: string | null;
  readonly obligations: readonly string[];
  /** By category; absent where none is on any. */
  readonly conditions?: JsonObject;
  readonly receipt: string;
  readonly log: JsonObject;
  /** Of a flag and its end: how it stands, and the code where its recipient may be told that. */
  readonly flag?: JsonObject;
  /** Of a correction, a recall and a stop: the disclosures of `of` to this recipient that it is about. */
  readonly about?: readonly DisclosureId[];
}

/**
 * What a release rests on until somebody is shown it: all that it takes to decide it again. Sealed, and opened for no agency.
 */
export interface RestsOn {
  readonly ask: Ask;
  /** As the requester named them. */
  readonly subject: NamedSubject;
  readonly asker: Asker & { readonly signedAt: Instant };
  readonly person: PersonId;
  readonly byPerson: FactsOfRelease['byPerson'];
  readonly released: ReleasedByPerson;
  /** Of the ask's answer: how the ask stands without the release. */
  readonly answeredOutcome: SliceOutcome;
}

/** A message on its way to one team of one agency. */
export interface NewMessage {
  readonly id: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly sender: AgencyId;
  readonly kind: MessageKind;
  readonly purpose: Purpose;
  readonly madeAt: Instant;
  readonly acknowledgeBy: Instant;
  /** When others are told that nobody had acknowledged it by then, nor since. */
  readonly escalateBy: Instant;
  /** Set where the sender may not know that this recipient was told: then it hears of no acknowledgement either. */
  readonly hiddenFromSender?: true;
  readonly content: MessageContent;
  /** Absent where nothing is disclosed. */
  readonly restsOn?: RestsOn;
  /** The consents that stand behind it, by whose withdrawal it may cease to stand. */
  readonly consents: readonly string[];
}

/** A message as it is kept until it is acknowledged, or too old. */
export interface KeptMessage extends Omit<NewMessage, 'content' | 'restsOn' | 'consents' | 'escalateBy'> {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly sealed?: Buffer;
  /** Absent once somebody was shown it, and of a message that discloses nothing. */
  readonly restsOn?: CarriedSeal;
  /** When somebody was first shown it. */
  readonly firstReadAt?: Instant;
  /** The recipient's own system has taken it, whether or not anybody looked into the inbox. */
  readonly wasDelivered?: true;
  /** `withheld`: it ceased to stand before anybody was shown it. */
  readonly endedBecause?: 'acknowledged' | 'expired' | 'withheld' | 'recalled';
  readonly acknowledged?: { readonly by: OfficerId; readonly action: MessageAction };
}
