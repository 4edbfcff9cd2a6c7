import { Injectable } from '@nestjs/common';
import { JobsDatabase } from '../platform/database/database.js';
import { Log } from '../platform/logging/log.js';
import { PeriodicSweep } from '../platform/sweeps/periodic-sweep.js';
import { expireOverdue } from './persistence/deposit-rows.js';

/**
 * Destroys the content of deposits past their day. Two gateways at once end the same rows once; until then such a deposit is
 * not served either.
 */
@Injectable()
export class DepositSweep extends PeriodicSweep {
  constructor(
    private readonly database: JobsDatabase,
    log: Log,
  ) {
    super({ job: 'expire-deposits' }, log);
  }

  protected override work(): Promise<unknown> {
    return this.database.outside(expireOverdue);
  }
}
