import { Body, Controller, Post, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { Attempts } from '../attempts.js';
import { DeliveredOutcomes } from '../delivered-outcomes.js';
import { Explanations } from '../explanations.js';
import { AskBody } from './ask.schema.js';
import { EvenBeat } from './even-beat.js';

@Controller('v1/decisions')
export class ExplanationsController {
  constructor(
    private readonly explanations: Explanations,
    private readonly attempts: Attempts,
    private readonly outcomes: DeliveredOutcomes,
  ) {}

  /** Answers 200 though it makes nothing: the record of it is no thing of the caller's. */
  @Post('explain')
  @UseInterceptors(EvenBeat)
  @Allows({ scope: 'exchange.request', duty: 'ask' })
  async explain(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: AskBody }) body: AskBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    if (body.officer.id !== call.officer)
      throw malformed('/officer/id', 'must be the officer that the call’s signature names');
    await this.attempts.note(call, body);
    const { answer, logged } = await this.explanations.explain(call, body);
    this.outcomes.watch(reply.raw, logged);
    return answer;
  }
}
