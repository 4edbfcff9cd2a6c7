import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../agencies/agency-directory.js';
import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Tx } from '../platform/database/tx.js';
import { EnrolledAgencies } from '../policies/enrolled-agencies.js';

/** An agency is enrolled when the directory has it. */
@Injectable()
export class EnrolledAgenciesOfTheDirectory extends EnrolledAgencies {
  constructor(private readonly directory: AgencyDirectory) {
    super();
  }

  override async isEnrolled(tx: Tx, agency: AgencyId): Promise<boolean> {
    return (await this.directory.agency(tx, agency)) !== undefined;
  }
}
