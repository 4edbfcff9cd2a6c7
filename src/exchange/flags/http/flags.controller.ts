import { Body, Controller, Param, Post, UseInterceptors } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { ExchangeId } from '../../../core/vocabulary/ids.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { malformed } from '../../../platform/problems/gateway-problem.js';
import { EvenBeat } from '../../http/even-beat.js';
import { Flags } from '../flags.js';
import { PushBody } from '../push-body.js';
import { EndBody } from './end-body.js';

const PUSH = { scope: 'exchange.push', duty: 'push' } as const;

/** Flags, from the sender's side. */
@Controller('v1/exchanges/flags')
@UseInterceptors(EvenBeat)
export class FlagsController {
  constructor(private readonly flags: Flags) {}

  @Post()
  @Allows(PUSH)
  push(@TheCall() call: AuthenticatedCall, @Body({ schema: PushBody }) body: PushBody): Promise<Answer> {
    return this.flags.answerTo(call, body);
  }

  @Post(':id/end')
  @Allows(PUSH)
  end(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: z.uuid('must be the id of a flag').toLowerCase() }) id: string,
    @Body({ schema: EndBody }) { officer, reason, at }: EndBody,
  ): Promise<Answer> {
    if (officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
    return this.flags.end(call, { id: id as ExchangeId, reason, endedAt: at });
  }
}
