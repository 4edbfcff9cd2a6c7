import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { OfficerId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { CasePeople } from '../case-people.js';
import { InvolvementRegister } from '../involvement-register.js';
import type { Confirmation, End, NewInvolvementBody } from './requests.js';

/** Answers the calls about involvements: the same for a person nobody knows as for any other. */
@Injectable()
export class InvolvementDesk {
  constructor(
    private readonly calls: Calls,
    private readonly register: InvolvementRegister,
    private readonly people: CasePeople,
  ) {}

  /** 201 with the status, `open` or `claimed`. */
  async open(call: AuthenticatedCall, { officer, officers, ...wanted }: NewInvolvementBody): Promise<Answer> {
    assertSelf(call, officer);
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: await this.register.open(tx, call, { ...wanted, ...(officers !== undefined && { officers }) }),
    }));
  }

  /** 201 with the status that the confirmation leaves it in. */
  async confirm(call: AuthenticatedCall, id: string, { officer }: Confirmation): Promise<Answer> {
    assertSelf(call, officer);
    return this.calls.perform(call, async (tx) => ({ status: 201, body: await this.register.confirm(tx, call, id) }));
  }

  /** 201 with the moment of its end. */
  async end(call: AuthenticatedCall, id: string, { officer, reason }: End): Promise<Answer> {
    assertSelf(call, officer);
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: await this.register.end(tx, call, id, reason),
    }));
  }

  /** 200 for the agency that opened it and the one that gains by it; 404 for everybody else. */
  show(call: AuthenticatedCall, id: string): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const found = await this.register.involvement(tx, id);
      if (found === undefined) throw new GatewayProblem('not-found');
      const { caseReference, process, agency, team, role, officers, from, endedAt, status, openedBy } = found;
      const subject = await this.people.refFor(tx, call.agency, found.person);
      const confirmedBy = found.confirmations.map((confirmation) => confirmation.agency);
      return {
        status: 200,
        body: {
          ...{ id, status, subject, caseReference, process, agency, team, role, from, openedBy, confirmedBy },
          ...(officers !== null && { officers }),
          ...(endedAt !== null && { endedAt }),
        },
      };
    });
  }
}

function assertSelf(call: AuthenticatedCall, officer: OfficerId | undefined): void {
  if (officer !== undefined && officer !== call.officer)
    throw malformed('/officer', 'must be the officer the signature names');
}
