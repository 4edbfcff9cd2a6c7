import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Calls } from '../../../platform/calls/calls.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { Consultations } from '../consultations.js';
import { ReleaseDecisions } from '../release-decisions.js';
import { ReleaseQueue } from '../release-queue.js';
import { ReleaseApproval, ReleaseDecisionBody, ReleasePage } from './release.schema.js';

const RELEASE = { scope: 'exchange.release', duty: 'release' } as const;
const pathId = z.uuid('must be a UUID').toLowerCase();

/** What waits for a person at the custodian, and what they decide. */
@Controller('v1/releases')
export class ReleasesController {
  constructor(
    private readonly calls: Calls,
    private readonly queue: ReleaseQueue,
    private readonly consultations: Consultations,
    private readonly decisions: ReleaseDecisions,
  ) {}

  @Get()
  @Allows(RELEASE)
  list(@TheCall() call: AuthenticatedCall, @Query({ schema: ReleasePage }) page: ReleasePage): Promise<Answer> {
    const { status, limit, cursor } = page;
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: await this.queue.list(tx, call, { status, limit, cursor }),
    }));
  }

  @Get(':id')
  @Allows(RELEASE)
  show(@TheCall() call: AuthenticatedCall, @Param('id', { schema: pathId }) id: string): Promise<Answer> {
    return this.consultations.of(call, id);
  }

  @Post(':id/decision')
  @Allows(RELEASE)
  decide(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: ReleaseDecisionBody }) body: ReleaseDecisionBody,
  ): Promise<Answer> {
    return this.decisions.decide(call, id, body);
  }

  @Post(':id/decision/:changeId/approval')
  @Allows(RELEASE)
  approve(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Param('changeId', { schema: pathId }) changeId: string,
    @Body({ schema: ReleaseApproval }) { officer }: ReleaseApproval,
  ): Promise<Answer> {
    return this.decisions.approve(call, id, changeId, officer);
  }
}
