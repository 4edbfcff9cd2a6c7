import type { Urgency } from '../core/decision/ask.js';
import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';
import type { Tx } from '../platform/database/tx.js';

/** A message in an inbox that is to be carried to its recipient's own systems as well. */
export interface DeliveryJob {
  readonly messageId: string;
  readonly recipient: AgencyId;
  readonly team: TeamId;
  readonly urgency: Urgency;
  /**
   * Whether the sender may know that this recipient was told. Where not (a refuge, a MARAC), nothing about the delivery is
   * listed, counted or told to the sender, its acknowledgement and its failure neither.
   */
  readonly namedToSender: boolean;
}

/** What carries messages to their recipients' systems, and chases those nobody takes on. */
export abstract class DeliveryQueue {
  /**
   * Enqueues a delivery of each message, in the transaction that logs them: with its commit they are queued, or none is.
   *
   * Ids only: what a message holds stays sealed in the inbox until it is delivered, and is decided again then.
   */
  abstract enqueue(tx: Tx, messages: readonly DeliveryJob[]): Promise<void>;
}
