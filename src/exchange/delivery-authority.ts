import type { Urgency } from '../core/decision/ask.js';
import type { Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import type { MessageKind } from './inbox/inbox-message.js';

/** A message that is about to leave, by its ids. */
export interface DeliverableMessage {
  readonly messageId: string;
  readonly kind: MessageKind;
  readonly sender: AgencyId;
  readonly recipient: AgencyId;
  readonly team: TeamId;
  readonly purpose: Purpose;
  readonly urgency: Urgency;
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly madeAt: Instant;
}

/**
 * Decides again, at the moment of delivery, whether what was queued may still go to whom it was queued for (trust I9).
 *
 * Unbound, nothing is delivered.
 */
export abstract class DeliveryAuthority {
  /**
   * Whether a withdrawn consent, an ended role, a revoked key or a changed policy stops this message.
   *
   * Called in the transaction that records the attempt, sender and recipient its parties, which holds shared the anchors of the
   * published policy and of both agencies. Lock the subject's behind them, then read the facts again. It may narrow the scope,
   * and append to the log. It must have no effect outside the transaction, which may be repeated. What it throws counts as
   * a fault of the message, and is not an answer.
   */
  abstract stands(tx: Tx, message: DeliverableMessage): Promise<'stands' | 'withheld'>;
}
