import { Body, Controller, Post } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Answer } from '../../platform/calls/answer.js';
import type { Tx } from '../../platform/database/tx.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { AgencyDirectory } from '../agency-directory.js';
import { AgencyRegister } from '../agency-register.js';
import { Operator } from '../operator.js';
import { asJson, reinstatement, suspension } from './requests.js';
import type { Approval } from './requests.js';
import { OfAgency, OfChange, SecondPerson } from './two-person-parts.js';
import { TwoPersonChange } from './two-person-change.js';

const ADMINISTER = { scope: 'directory.write', duty: 'administer' } as const;

/** What only the agency that runs the gateway does, by two of its people. */
@Controller('v1/agencies/:id')
export class SuspensionController {
  constructor(
    private readonly change: TwoPersonChange,
    private readonly directory: AgencyDirectory,
    private readonly register: AgencyRegister,
    private readonly operator: Operator,
  ) {}

  @Post('suspension')
  @Allows(ADMINISTER)
  propose(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Body({ schema: suspension }) body: { from?: Instant | undefined; reason: string },
  ): Promise<Answer> {
    return this.change.propose(call, call.agency, asJson(body), async (tx) => {
      this.assertOperator(call);
      await this.assertEnrolled(tx, agency);
    });
  }

  @Post('suspension/:changeId/approval')
  @Allows(ADMINISTER)
  approve(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    const change = { agency: call.agency, changeId, approval: body, schema: suspension };
    return this.change.approve(call, change, async (tx, proposed) => {
      this.assertOperator(call);
      // Authority is not taken away for the past, in which nothing can be undone; and not by this gateway's clock alone.
      const wished = proposed.from !== undefined && proposed.from > call.receivedAt ? proposed.from : 'at-once';
      const suspend = (): Promise<Instant> => this.register.suspend(tx, agency, wished, proposed.reason);
      const from = await asTheAgency(tx, agency, call, suspend);
      return { status: 200, body: { id: agency, suspendedFrom: from } };
    });
  }

  @Post('reinstatement')
  @Allows(ADMINISTER)
  proposeReinstatement(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Body({ schema: reinstatement }) body: { reason: string },
  ): Promise<Answer> {
    return this.change.propose(call, call.agency, asJson(body), async (tx) => {
      this.assertOperator(call);
      await this.assertEnrolled(tx, agency);
    });
  }

  @Post('reinstatement/:changeId/approval')
  @Allows(ADMINISTER)
  approveReinstatement(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    const change = { agency: call.agency, changeId, approval: body, schema: reinstatement };
    return this.change.approve(call, change, async (tx) => {
      this.assertOperator(call);
      await asTheAgency(tx, agency, call, () => this.register.reinstate(tx, agency));
      return { status: 200, body: { id: agency } };
    });
  }

  private assertOperator(call: AuthenticatedCall): void {
    if (this.operator.agency === undefined || call.agency !== this.operator.agency)
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'agencies are suspended by the operator of the gateway',
      });
  }

  private async assertEnrolled(tx: Tx, agency: AgencyId): Promise<void> {
    if ((await this.directory.agency(tx, agency)) === undefined) throw new GatewayProblem('not-found');
  }
}

// Only an agency's own transaction may change its row, and the operator's call is stored with the operator: the scope
// goes over for this one change and comes back. Should the change throw, the whole transaction is rolled back.
async function asTheAgency<T>(tx: Tx, agency: AgencyId, call: AuthenticatedCall, change: () => Promise<T>): Promise<T> {
  await tx.narrow({ parties: [agency] });
  const changed = await change();
  await tx.narrow({ parties: [call.agency] });
  return changed;
}
