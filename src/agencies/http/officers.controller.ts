import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId, OfficerId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import type { Tx } from '../../platform/database/tx.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { AgencyDirectory } from '../agency-directory.js';
import { AgencyRegister } from '../agency-register.js';
import { RolesOfTeams } from '../roles-of-teams.js';
import { asJson, newOfficer, officerPathId, roleEnd } from './requests.js';
import type { Approval, NewOfficer } from './requests.js';
import { assertOwn, notBefore, TwoPersonChange } from './two-person-change.js';
import { OfAgency, OfChange, SecondPerson } from './two-person-parts.js';

const ADMINISTER = { scope: 'directory.write', duty: 'administer' } as const;

@Controller('v1/agencies/:id/officers')
export class OfficersController {
  constructor(
    private readonly calls: Calls,
    private readonly change: TwoPersonChange,
    private readonly directory: AgencyDirectory,
    private readonly register: AgencyRegister,
    private readonly roles: RolesOfTeams,
  ) {}

  @Get()
  @Allows({ scope: 'directory.read', duty: 'administer' })
  list(@TheCall() call: AuthenticatedCall, @OfAgency() agency: AgencyId): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      assertOwn(call, agency);
      const officers = await this.directory.officersOf(tx, agency);
      return { status: 200, body: { officers: officers.map(asJson) } };
    });
  }

  @Post()
  @Allows(ADMINISTER)
  propose(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Body({ schema: newOfficer }) body: NewOfficer,
  ): Promise<Answer> {
    return this.change.propose(call, agency, asJson(body), (tx) => this.assertFits(tx, agency, body));
  }

  @Post(':changeId/approval')
  @Allows(ADMINISTER)
  approve(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    return this.change.approve(call, { agency, changeId, approval: body, schema: newOfficer }, async (tx, proposed) => {
      await this.assertFits(tx, agency, proposed);
      const from = notBefore(call.receivedAt, proposed.from);
      const { id: officer, name, team, role, trainingUntil } = proposed;
      await this.register.grantRole(tx, agency, {
        officer,
        name,
        team,
        role,
        from,
        ...(trainingUntil !== undefined && { trainingUntil }),
      });
      return { status: 201, body: { id: officer, role, team, from } };
    });
  }

  @Patch(':officerId')
  @Allows(ADMINISTER)
  proposeEnd(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Param('officerId', { schema: officerPathId }) officer: OfficerId,
    @Body({ schema: roleEnd }) body: { to: string },
  ): Promise<Answer> {
    return this.change.propose(call, agency, asJson(body), async (tx) => {
      const officers = await this.directory.officersOf(tx, agency);
      if (!officers.some((role) => role.officer === officer)) throw new GatewayProblem('not-found');
    });
  }

  @Post(':officerId/:changeId/approval')
  @Allows(ADMINISTER)
  approveEnd(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Param('officerId', { schema: officerPathId }) officer: OfficerId,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    return this.change.approve(call, { agency, changeId, approval: body, schema: roleEnd }, async (tx, { to }) => {
      await this.register.endRole(tx, agency, officer, to);
      return { status: 200, body: { id: officer, to } };
    });
  }

  private async assertFits(tx: Tx, agency: AgencyId, { team: id, role }: NewOfficer): Promise<void> {
    const team = await this.directory.team(tx, id);
    if (team?.agency !== agency) throw malformed('/team', 'must be a team of the agency');
    if (!this.roles.fits(role, team.kind))
      throw malformed('/role', 'must be a role of the catalogue that such a team has');
  }
}
