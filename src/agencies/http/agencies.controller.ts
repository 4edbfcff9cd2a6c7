import { Controller, Get } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { isSuspended } from '../agency.js';
import { AgencyDirectory } from '../agency-directory.js';
import { asJson } from './requests.js';

@Controller('v1/agencies')
export class AgenciesController {
  constructor(
    private readonly calls: Calls,
    private readonly directory: AgencyDirectory,
  ) {}

  /** Everyone enrolled, and whom to ring. */
  @Get()
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  list(@TheCall() call: AuthenticatedCall): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const agencies = await this.directory.agencies(tx);
      const teams = Map.groupBy(await this.directory.teams(tx), (team) => team.agency);
      return {
        status: 200,
        body: {
          agencies: agencies.map((agency) => ({
            id: agency.id,
            name: agency.name,
            kind: agency.kind,
            jurisdiction: agency.jurisdiction,
            standing: isSuspended(agency, call.receivedAt) ? 'suspended' : 'enrolled',
            teams: (teams.get(agency.id) ?? []).map(({ id, kind, name }) => ({ id, kind, name })),
            dutyContact: asJson(agency.dutyContact),
            ...(agency.alternateContact !== undefined && { alternateContact: asJson(agency.alternateContact) }),
          })),
        },
      };
    });
  }
}
