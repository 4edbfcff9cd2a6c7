import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import type { LoggedAnswer } from '../asks.js';
import { Attempts } from '../attempts.js';
import { DeliveredOutcomes } from '../delivered-outcomes.js';
import type { AskBody } from './ask.schema.js';

/** What comes before and after every ask, whether it is answered or explained. */
@Injectable()
export class AskDesk {
  constructor(
    private readonly attempts: Attempts,
    private readonly outcomes: DeliveredOutcomes,
  ) {}

  /** Has the work done for the officer who signed, and what becomes of its answer put on record. */
  async answer(
    call: AuthenticatedCall,
    body: AskBody,
    reply: FastifyReply,
    work: () => Promise<LoggedAnswer>,
  ): Promise<Answer> {
    if (body.officer.id !== call.officer)
      throw malformed('/officer/id', 'must be the officer that the call’s signature names');
    await this.attempts.note(call, body);
    const { answer, logged } = await work();
    this.outcomes.watch(reply.raw, ...logged);
    return answer;
  }
}
