import type { AgencyId, PersonId } from '../core/vocabulary/ids.js';
import type { Tx } from '../platform/database/tx.js';

/** Says with whom an agency is involved: it may look up its own subjects and nobody else's. */
export abstract class OwnInvolvements {
  /**
   * Whether the agency has opened, or gains from, an involvement with the person that has not ended.
   * For a person who does not exist it answers false, after the same work.
   */
  abstract includes(tx: Tx, agency: AgencyId, person: PersonId): Promise<boolean>;
}
