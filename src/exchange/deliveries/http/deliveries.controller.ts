import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Calls } from '../../../platform/calls/calls.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { malformed } from '../../../platform/problems/gateway-problem.js';
import { Deliveries } from '../deliveries.js';
import { deliveriesPage, redrive, type DeliveriesQuery, type Redrive } from './delivery.schema.js';

const PUSH = { scope: 'exchange.push', duty: 'push' } as const;

/** What became of what an agency sent. */
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly calls: Calls,
    private readonly deliveries: Deliveries,
  ) {}

  @Get()
  @Allows(PUSH)
  list(
    @TheCall() call: AuthenticatedCall,
    @Query({ schema: deliveriesPage }) { status, limit, cursor }: DeliveriesQuery,
  ): Promise<Answer> {
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: await this.deliveries.list(tx, call, { status, after: cursor, limit }),
    }));
  }

  @Post(':messageId/redrive')
  @Allows(PUSH)
  async redrive(
    @TheCall() call: AuthenticatedCall,
    @Param('messageId', { schema: z.uuid('must be the id of a message').toLowerCase() }) id: string,
    @Body({ schema: redrive }) { officer }: Redrive,
  ): Promise<Answer> {
    if (officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
    return this.calls.perform(call, async (tx) => ({
      status: 202,
      body: await this.deliveries.redrive(tx, call, id),
    }));
  }
}
