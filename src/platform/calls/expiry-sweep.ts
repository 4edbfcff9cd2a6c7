import { Injectable } from '@nestjs/common';
import { JobsDatabase } from '../database/database.js';
import { Log } from '../logging/log.js';
import { PeriodicSweep } from '../sweeps/periodic-sweep.js';
import { forgetExpired } from './forget-expired.js';

/**
 * Forgets what has expired. Two gateways at once remove the same rows once; until then nothing that is expired counts, only
 * space is lost.
 */
@Injectable()
export class ExpirySweep extends PeriodicSweep {
  constructor(
    private readonly database: JobsDatabase,
    log: Log,
  ) {
    super({ job: 'forget-expired' }, log);
  }

  protected override work(): Promise<unknown> {
    return this.database.outside(forgetExpired);
  }
}
