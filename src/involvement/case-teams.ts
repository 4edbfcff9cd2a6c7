import type { AgencyId, OfficerId, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import type { CaseOfficer } from './involvement.js';

/** What the directory says of those who open involvements and those who gain by them. */
export abstract class CaseTeams {
  /** Whether the team is enrolled and belongs to the agency. */
  abstract belongs(tx: Tx, team: TeamId, agency: AgencyId): Promise<boolean>;
  /** An officer in the role they hold at a moment; undefined where the directory knows none. */
  abstract officerAt(tx: Tx, agency: AgencyId, officer: OfficerId, at: Instant): Promise<CaseOfficer | undefined>;
}
