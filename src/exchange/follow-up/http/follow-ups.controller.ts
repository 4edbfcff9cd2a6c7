import { Body, Controller, Param, Post, UseInterceptors } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { ExchangeId, OfficerId } from '../../../core/vocabulary/ids.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { malformed } from '../../../platform/problems/gateway-problem.js';
import { EvenBeat } from '../../http/even-beat.js';
import { FollowUps } from '../follow-ups.js';
import { CorrectionBody, RecallBody } from './follow-up-body.js';

const PUSH = { scope: 'exchange.push', duty: 'push' } as const;
const exchange = z.uuid('must be the id of an exchange').toLowerCase();

/** What becomes of what was told, from the side of whoever told it. */
@Controller('v1/exchanges')
@UseInterceptors(EvenBeat)
export class FollowUpsController {
  constructor(private readonly followUps: FollowUps) {}

  @Post(':id/correction')
  @Allows(PUSH)
  correct(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: exchange }) id: string,
    @Body({ schema: CorrectionBody }) { officer, reason, content }: CorrectionBody,
  ): Promise<Answer> {
    assertOwn(call, officer);
    return this.followUps.correct(call, { of: id as ExchangeId, reason, said: content });
  }

  @Post(':id/recall')
  @Allows(PUSH)
  recall(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: exchange }) id: string,
    @Body({ schema: RecallBody }) { officer, reason }: RecallBody,
  ): Promise<Answer> {
    assertOwn(call, officer);
    return this.followUps.recall(call, { of: id as ExchangeId, reason });
  }
}

function assertOwn(call: AuthenticatedCall, officer: OfficerId): void {
  if (officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
}
