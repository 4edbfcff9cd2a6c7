import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Tx } from '../platform/database/tx.js';

/** Knows which agencies are enrolled. */
export abstract class EnrolledAgencies {
  abstract isEnrolled(tx: Tx, agency: AgencyId): Promise<boolean>;
}
