import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Calls } from '../../../platform/calls/calls.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { malformed } from '../../../platform/problems/gateway-problem.js';
import { Inbox } from '../inbox.js';
import { acknowledgement, inboxPage, type Acknowledgement, type InboxPageQuery } from './requests.js';

const INBOX = { scope: 'exchange.inbox', duty: 'ask' } as const;

/** What was delivered to an agency's team, until one of it acknowledges that. */
@Controller('v1/inbox')
export class InboxController {
  constructor(
    private readonly calls: Calls,
    private readonly inbox: Inbox,
  ) {}

  @Get()
  @Allows(INBOX)
  list(@TheCall() call: AuthenticatedCall, @Query({ schema: inboxPage }) page: InboxPageQuery): Promise<Answer> {
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: await this.inbox.waiting(tx, call, { after: page.cursor, limit: page.limit }),
    }));
  }

  @Post(':messageId/acknowledgement')
  @Allows(INBOX)
  async acknowledge(
    @TheCall() call: AuthenticatedCall,
    @Param('messageId', { schema: z.uuid('must be the id of a message').toLowerCase() }) id: string,
    @Body({ schema: acknowledgement }) { officer, action }: Acknowledgement,
  ): Promise<Answer> {
    if (officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: await this.inbox.acknowledge(tx, call, id, action),
    }));
  }
}
