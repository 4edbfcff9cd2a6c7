import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { DeliveryQueue, type DeliveryJob } from '../delivery-queue.js';
import { jobOf } from './delivery-job.js';
import { describeDeliveries } from './persistence/delivery-rows.js';

/** Queues deliveries where {@link DeliveryWorker} finds them. */
@Injectable()
export class QueuedDeliveries extends DeliveryQueue {
  constructor(private readonly jobs: Jobs) {
    super();
  }

  /** @throws Error for a message that this transaction, or one before it, did not put into an inbox */
  override async enqueue(tx: Tx, messages: readonly DeliveryJob[]): Promise<void> {
    if (messages.length === 0) return;
    const begun = await describeDeliveries(tx, messages);
    if (begun.length !== messages.length)
      throw new Error('a message is queued behind its inbox, in a transaction of sender and recipient');
    const urgencies = new Map(messages.map(({ messageId, urgency }) => [messageId, urgency]));
    await this.jobs.enqueue(
      tx,
      'deliveries',
      begun.map((named) => jobOf(named, { urgency: urgencies.get(named.messageId) ?? 'routine' })),
    );
  }
}
