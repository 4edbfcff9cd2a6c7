import type { Json } from '../core/vocabulary/json.js';
import type { AgencyId, OfficerId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';

/** Knows with which keys people approve policy. */
export abstract class ApprovalKeys {
  /** The public JWK registered to this one person for approvals under that name, if it was good at that moment. */
  abstract find(tx: Tx, approver: Approver, kid: string, at: Instant): Promise<Json | undefined>;
  /** Whether a key is revoked or has expired by now, by a clock that every gateway shares. */
  abstract isOver(tx: Tx, approver: Approver, kid: string): Promise<boolean>;
  /**
   * Whether the person holds a role of an agency that is not suspended, at that moment.
   * Only a transaction to which the agency is party can know.
   */
  abstract holdsRole(tx: Tx, approver: Approver, at: Instant): Promise<boolean>;
}

/** A person who approves: an officer's id says nothing without the agency's. */
export interface Approver {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
}
