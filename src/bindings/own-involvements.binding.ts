import { Injectable } from '@nestjs/common';
import type { AgencyId, PersonId } from '../core/vocabulary/ids.js';
import { InvolvementRegister } from '../involvement/involvement-register.js';
import type { Tx } from '../platform/database/tx.js';
import { OwnInvolvements } from '../subjects/own-involvements.js';

/** Lets `subjects` ask `involvement` whose subjects are an agency's own. */
@Injectable()
export class RegisteredInvolvements extends OwnInvolvements {
  constructor(private readonly register: InvolvementRegister) {
    super();
  }

  override includes(tx: Tx, agency: AgencyId, person: PersonId): Promise<boolean> {
    return this.register.isInvolved(tx, agency, person);
  }
}
