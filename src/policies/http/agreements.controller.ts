import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Json } from '../../core/vocabulary/json.js';
import { dateOf } from '../../core/vocabulary/time.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import type { Tx } from '../../platform/database/tx.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { unknownCodesOf } from '../agreed-codes.js';
import { Agreements, standingOf } from '../agreements.js';
import { EnrolledAgencies } from '../enrolled-agencies.js';
import { CodeLists } from './code-lists.js';
import { approval, newAgreement, uuidPath } from './requests.js';
import type { Approval, NewAgreement } from './requests.js';

/** Agreements: one person of each party signs, the proposer first. */
@Controller('v1/agreements')
export class AgreementsController {
  constructor(
    private readonly calls: Calls,
    private readonly agreements: Agreements,
    private readonly agencies: EnrolledAgencies,
    private readonly lists: CodeLists,
    private readonly ids: Ids,
  ) {}

  @Get()
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  list(@TheCall() call: AuthenticatedCall): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const found = await this.agreements.list(tx);
      const day = dateOf(call.receivedAt);
      const agreements = found.map((agreement) => ({ ...agreement, status: standingOf(agreement, day) }));
      return { status: 200, body: JSON.parse(JSON.stringify({ agreements })) as Json };
    });
  }

  @Post()
  @Allows({ scope: 'directory.read', duty: 'administer' })
  propose(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: newAgreement }) { endOn, dpiaReference, ...rest }: NewAgreement,
  ): Promise<Answer> {
    const terms = {
      ...rest,
      bases: rest.bases.map(withoutAbsent),
      ...(endOn !== undefined && { endOn }),
      ...(dpiaReference !== undefined && { dpiaReference }),
    };
    const errors = unknownCodesOf(terms, this.lists.catalogue);
    if (errors.length > 0) throw new GatewayProblem('malformed', { errors });
    if (!terms.parties.includes(call.agency)) throw malformed('/parties', 'must name your own agency too');
    const id = this.ids.next();
    return this.calls.perform(call, async (tx) => {
      await this.assertEnrolled(tx, terms.parties);
      await this.agreements.propose(tx, id, terms, call, call.receivedAt);
      return { status: 202, body: { id, status: 'awaiting-second' } };
    });
  }

  @Post(':id/approval')
  @Allows({ scope: 'directory.read', duty: 'administer' })
  sign(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: uuidPath }) id: string,
    @Body({ schema: approval }) body: Approval,
  ): Promise<Answer> {
    if (body.officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
    return this.calls.perform(call, async (tx) => {
      if ((await this.agreements.find(tx, id)) === undefined) throw new GatewayProblem('not-found');
      if (!(await this.agreements.sign(tx, id, call, call.receivedAt)))
        throw new GatewayProblem('officer-not-permitted', {
          detail: 'your agency has signed; the agreement awaits an officer of another party',
        });
      const signed = await this.agreements.find(tx, id);
      if (signed === undefined) throw new GatewayProblem('not-found');
      const status = standingOf(signed, dateOf(call.receivedAt));
      return { status: status === 'awaiting-second' ? 202 : 200, body: { id, status } };
    });
  }

  private async assertEnrolled(tx: Tx, parties: NewAgreement['parties']): Promise<void> {
    for (const [at, party] of parties.entries()) {
      if (!(await this.agencies.isEnrolled(tx, party)))
        throw malformed(`/parties/${String(at)}`, 'must be an enrolled agency');
    }
  }
}

type GivenBasis = NewAgreement['bases'][number];

/** The same without the properties that are undefined, which is what zod makes of absent ones. */
function withoutAbsent({ power, article6, article9, schedule1, article10, confidentiality }: GivenBasis): {
  power: GivenBasis['power'];
  article6: string;
  article9?: string;
  schedule1?: string;
  article10?: string;
  confidentiality?: string;
} {
  return {
    power,
    article6,
    ...(article9 !== undefined && { article9 }),
    ...(schedule1 !== undefined && { schedule1 }),
    ...(article10 !== undefined && { article10 }),
    ...(confidentiality !== undefined && { confidentiality }),
  };
}
