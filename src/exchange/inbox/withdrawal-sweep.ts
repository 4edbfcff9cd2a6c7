import { Injectable } from '@nestjs/common';
import { Database, JobsDatabase } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { Inbox } from './inbox.js';
import { restingOnWithdrawn } from './persistence/inbox-rows.js';

const LOOK_EVERY_MS = 5_000;

/**
 * Ends the unread messages that a consent stood behind which has been withdrawn since, without waiting for somebody to ask
 * for them. Each is decided again in a transaction of its recipient: what rests on another consent, or on statute, stands.
 *
 * Nobody depends on how soon: from the withdrawal's commit on nobody is shown them. Of two gateways one finds the row.
 */
@Injectable()
export class WithdrawalSweep extends PeriodicSweep {
  constructor(
    private readonly jobs: JobsDatabase,
    private readonly database: Database,
    private readonly inbox: Inbox,
    log: Log,
  ) {
    super({ job: 'withhold-messages', everyMilliseconds: LOOK_EVERY_MS }, log);
  }

  protected override async work(): Promise<void> {
    const failures: unknown[] = [];
    for (const { id, agency } of await this.jobs.outside(restingOnWithdrawn)) {
      // One that cannot be decided keeps none of the others waiting.
      await this.database
        .within({ parties: [agency] }, (tx) => this.inbox.reconsider(tx, agency, id))
        .catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'messages could not be decided again');
  }
}
