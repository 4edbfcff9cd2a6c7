import { Body, Controller, Post, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { Explanations } from '../explanations.js';
import { AskDesk } from './ask-desk.js';
import { AskBody } from './ask.schema.js';
import { EvenBeat } from './even-beat.js';

@Controller('v1/decisions')
export class ExplanationsController {
  constructor(
    private readonly explanations: Explanations,
    private readonly desk: AskDesk,
  ) {}

  /** Answers 200 though it makes nothing: the record of it is no thing of the caller's. */
  @Post('explain')
  @UseInterceptors(EvenBeat)
  @Allows({ scope: 'exchange.request', duty: 'ask' })
  explain(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: AskBody }) body: AskBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.desk.answer(call, body, reply, () => this.explanations.explain(call, body));
  }
}
