import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Jobs, type JobInHand } from '../../platform/jobs/jobs.js';
import { Log } from '../../platform/logging/log.js';
import { DeadLetters } from './dead-letters.js';
import { DeliveryAttempts, FAULTS_AT_MOST, isDatabaseGone } from './delivery-attempts.js';
import { namedBy } from './delivery-job.js';

/** How many attempts one gateway makes at once, and how many of them at one team's system. */
const AT_ONCE = 32;
const AT_ONE_SYSTEM = 4;

/** Works the queue of deliveries, in every gateway. */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly attempts: DeliveryAttempts,
    private readonly deaths: DeadLetters,
    private readonly operations: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('deliveries', { atOnce: AT_ONCE, ofOneGroup: AT_ONE_SYSTEM }, (job) => this.handle(job));
  }

  /** Never takes the worker with it. A message that took eight is set aside unopened. */
  async handle({ data, triedBefore }: JobInHand): Promise<void> {
    const named = namedBy(data);
    try {
      if (triedBefore >= FAULTS_AT_MOST) await this.deaths.bury(named, 'quarantined');
      else await this.attempts.attempt(named);
    } catch (cause) {
      // It stays due; whoever looks for forgotten deliveries queues it when the database is back.
      if (!isDatabaseGone(cause)) throw cause;
      this.operations.warn('a delivery waits for the database', { agency: named.agency, error: cause });
    }
  }
}
