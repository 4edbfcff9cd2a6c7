import { Body, Controller, Get, Param, Post, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { ExchangeId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { AskStatus } from '../ask-status.js';
import { Asks } from '../asks.js';
import { AskDesk } from './ask-desk.js';
import { AskBody } from './ask.schema.js';
import { EvenBeat } from './even-beat.js';

@Controller('v1/exchanges/requests')
export class AsksController {
  constructor(
    private readonly asks: Asks,
    private readonly desk: AskDesk,
    private readonly status: AskStatus,
  ) {}

  @Post()
  @UseInterceptors(EvenBeat)
  @Allows({ scope: 'exchange.request', duty: 'ask' })
  ask(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: AskBody }) body: AskBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.desk.answer(call, body, reply, () => this.asks.ask(call, body));
  }

  @Get(':id')
  @Allows({ scope: 'exchange.request', duty: 'ask' })
  read(@TheCall() call: AuthenticatedCall, @Param('id', { schema: z.uuid() }) id: string): Promise<Answer> {
    return this.status.of(call, id as ExchangeId);
  }
}
