import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../agencies/agency-directory.js';
import type { AgencyId, OfficerId, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { CaseTeams } from '../involvement/case-teams.js';
import type { CaseOfficer } from '../involvement/involvement.js';
import type { Tx } from '../platform/database/tx.js';

/** Lets `involvement` ask `agencies` which team an officer leads from, and whose a team is. */
@Injectable()
export class EnrolledCaseTeams extends CaseTeams {
  constructor(private readonly directory: AgencyDirectory) {
    super();
  }

  override async belongs(tx: Tx, team: TeamId, agency: AgencyId): Promise<boolean> {
    return (await this.directory.team(tx, team))?.agency === agency;
  }

  override async officerAt(
    tx: Tx,
    agency: AgencyId,
    officer: OfficerId,
    at: Instant,
  ): Promise<CaseOfficer | undefined> {
    const role = await this.directory.officerAt(tx, agency, officer, at);
    const team = role && (await this.directory.team(tx, role.team));
    const enrolled = await this.directory.agency(tx, agency);
    if (role === undefined || team === undefined || enrolled === undefined) return undefined;
    const leadsCases = this.directory.dutiesOf(role.role).includes('lead');
    return { agencyKind: enrolled.kind, teamKind: team.kind, leadsCases };
  }
}
