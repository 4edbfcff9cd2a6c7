import { Injectable } from '@nestjs/common';
import { JobsDatabase } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { expireMessages } from './persistence/inbox-rows.js';

/** Destroys the content of messages that nobody acknowledged in thirty days. Two gateways at once end the same rows once. */
@Injectable()
export class InboxSweep extends PeriodicSweep {
  constructor(
    private readonly database: JobsDatabase,
    log: Log,
  ) {
    super({ job: 'expire-messages' }, log);
  }

  protected override work(): Promise<unknown> {
    return this.database.outside(expireMessages);
  }
}
