import { Body, Controller, Get, Param, Post, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { ExchangeId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { AskStatus } from '../ask-status.js';
import { Asks } from '../asks.js';
import { Attempts } from '../attempts.js';
import { DeliveredOutcomes } from '../delivered-outcomes.js';
import { AskBody } from './ask.schema.js';
import { EvenBeat } from './even-beat.js';

@Controller('v1/exchanges/requests')
export class AsksController {
  constructor(
    private readonly asks: Asks,
    private readonly attempts: Attempts,
    private readonly outcomes: DeliveredOutcomes,
    private readonly status: AskStatus,
  ) {}

  @Post()
  @UseInterceptors(EvenBeat)
  @Allows({ scope: 'exchange.request', duty: 'ask' })
  async ask(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: AskBody }) body: AskBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    if (body.officer.id !== call.officer)
      throw malformed('/officer/id', 'must be the officer that the call’s signature names');
    await this.attempts.note(call, body);
    const { answer, logged } = await this.asks.ask(call, body);
    this.outcomes.watch(reply.raw, logged);
    return answer;
  }

  @Get(':id')
  @Allows({ scope: 'exchange.request', duty: 'ask' })
  read(@TheCall() call: AuthenticatedCall, @Param('id', { schema: z.uuid() }) id: string): Promise<Answer> {
    return this.status.of(call, id as ExchangeId);
  }
}
