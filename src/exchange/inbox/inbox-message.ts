import type { Urgency } from '../../core/decision/ask.js';
import type { Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';

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
  /** Set where the sender may not know that this recipient was told: then it hears of no acknowledgement either. */
  readonly hiddenFromSender?: true;
  readonly content: MessageContent;
}

/** A message as it is kept until it is acknowledged, or too old. */
export interface KeptMessage extends Omit<NewMessage, 'content'> {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly sealed?: Buffer;
  readonly endedBecause?: 'acknowledged' | 'expired' | 'recalled';
  readonly acknowledged?: { readonly by: OfficerId; readonly action: MessageAction };
}
