import { Injectable } from '@nestjs/common';
import { JobsDatabase } from '../../platform/database/database.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { DeadLetters } from './dead-letters.js';
import { jobOf } from './delivery-job.js';
import { forgottenDeliveries, untoldDeaths } from './persistence/delivery-rows.js';

const LOOK_EVERY_MS = 15_000;
/** How long a job may be on its way, or in hand, before its delivery counts as forgotten. */
const GRACE_SECONDS = 30;
const AT_ONE_LOOK = 1_000;

/**
 * Queues again what is due and has no job: one that was lost with a database that failed, or was never queued. And tells of
 * deaths that came without anyone there to tell. A job more than is needed finds nothing to do.
 */
@Injectable()
export class ForgottenDeliveries extends PeriodicSweep {
  constructor(
    private readonly database: JobsDatabase,
    private readonly jobs: Jobs,
    private readonly deaths: DeadLetters,
    private readonly log: Log,
  ) {
    super({ job: 'forgotten-deliveries', everyMilliseconds: LOOK_EVERY_MS }, log);
  }

  protected override async work(): Promise<void> {
    const found = await this.database.outside(async (tx) => {
      const forgotten = await forgottenDeliveries(tx, GRACE_SECONDS, AT_ONE_LOOK);
      await this.jobs.enqueue(
        tx,
        'deliveries',
        forgotten.map((named) => jobOf(named, { urgency: named.urgency })),
      );
      return forgotten.length;
    });
    if (found > 0) this.log.warn('deliveries without a job were queued', { count: found });
    for (const named of await this.database.outside((tx) => untoldDeaths(tx, AT_ONE_LOOK)))
      await this.deaths.tellOf(named);
  }
}
