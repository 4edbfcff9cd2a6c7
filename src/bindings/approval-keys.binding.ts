import { Injectable } from '@nestjs/common';
import { isSuspended } from '../agencies/agency.js';
import { AgencyDirectory } from '../agencies/agency-directory.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { ApprovalKeys, type Approver } from '../policies/approval-keys.js';

/** People approve policy with the keys that the directory holds for them. */
@Injectable()
export class ApprovalKeysOfTheDirectory extends ApprovalKeys {
  constructor(private readonly directory: AgencyDirectory) {
    super();
  }

  override async find(tx: Tx, { agency, officer }: Approver, kid: string, at: Instant): Promise<Json | undefined> {
    return (await this.directory.approvalKey(tx, agency, officer, kid, at))?.public;
  }

  override async isOver(tx: Tx, { agency }: Approver, kid: string): Promise<boolean> {
    const keys = await this.directory.keysOf(tx, agency);
    return keys.some((key) => key.kid === kid && key.isOver === true);
  }

  override async holdsRole(tx: Tx, { agency, officer }: Approver, at: Instant): Promise<boolean> {
    const enrolled = await this.directory.agency(tx, agency);
    if (enrolled === undefined || isSuspended(enrolled, at)) return false;
    return (await this.directory.officerAt(tx, agency, officer, at)) !== undefined;
  }
}
