import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { DisclosureId } from '../../core/vocabulary/ids.js';
import { Calls, type Answer } from '../../platform/calls/calls.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { LookBack } from '../look-back.js';
import { LookBackQuery, logPurpose } from './look-back-query.js';

const id = z.uuid('must be the id of a disclosure');

/** What was disclosed, to whom and why, over the caller's own records. Each read is itself a record. */
@Controller('v1/disclosures')
export class DisclosuresController {
  constructor(
    private readonly calls: Calls,
    private readonly lookBack: LookBack,
  ) {}

  @Get()
  @Allows({ scope: 'disclosures.read', duty: 'govern' })
  list(
    @TheCall() call: AuthenticatedCall,
    @Query({ schema: LookBackQuery }) query: z.output<typeof LookBackQuery>,
    @Headers('x-log-purpose') header: string | undefined,
  ): Promise<Answer> {
    const purpose = logPurpose(header);
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: await this.lookBack.list(tx, { call, purpose }, query),
    }));
  }

  @Get(':id')
  @Allows({ scope: 'disclosures.read', duty: 'govern' })
  find(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: id }) disclosure: string,
    @Headers('x-log-purpose') header: string | undefined,
  ): Promise<Answer> {
    const purpose = logPurpose(header);
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: found(await this.lookBack.find(tx, { call, purpose }, disclosure as DisclosureId)),
    }));
  }

  /** Not logged as a read: it shows hashes that the caller's own receipt names. */
  @Get(':id/proof')
  @Allows({ scope: 'disclosures.read', duty: 'govern' })
  proof(@TheCall() call: AuthenticatedCall, @Param('id', { schema: id }) disclosure: string): Promise<Answer> {
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: found(await this.lookBack.proof(tx, call.agency, disclosure as DisclosureId)),
    }));
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new GatewayProblem('not-found', { detail: 'your agency has no such disclosure' });
  return value;
}
