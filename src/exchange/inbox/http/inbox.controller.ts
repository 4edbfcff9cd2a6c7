import { Body, Controller, Get, Headers, Param, Post, Query, Sse, UseGuards, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Calls } from '../../../platform/calls/calls.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { malformed } from '../../../platform/problems/gateway-problem.js';
import { Inbox } from '../inbox.js';
import { InboxStreams } from '../inbox-streams.js';
import { acknowledgement, inboxPage, lastEventId, type Acknowledgement, type InboxPageQuery } from './requests.js';
import { StreamGuard } from './stream.guard.js';

const INBOX = { scope: 'exchange.inbox', duty: 'ask' } as const;

/** What was delivered to an agency's team, until one of it acknowledges that. */
@Controller('v1/inbox')
export class InboxController {
  constructor(
    private readonly calls: Calls,
    private readonly inbox: Inbox,
    private readonly streams: InboxStreams,
  ) {}

  @Get()
  @Allows(INBOX)
  list(@TheCall() call: AuthenticatedCall, @Query({ schema: inboxPage }) page: InboxPageQuery): Promise<Answer> {
    return this.calls.read(call, async (tx) => ({
      status: 200,
      body: await this.inbox.waiting(tx, call, { after: page.cursor, limit: page.limit }),
    }));
  }

  /** Events alone are not signed: they say that something waits, and it is read by a call that is. */
  @Sse('stream')
  @Allows(INBOX)
  @UseGuards(StreamGuard)
  stream(
    @TheCall() call: AuthenticatedCall,
    @Headers('last-event-id') header: string | undefined,
  ): Observable<MessageEvent> {
    const after = lastEventId.safeParse(header);
    if (!after.success) throw malformed('', 'the header `last-event-id` must be the id of an event of this stream');
    return this.streams.open(call, after.data);
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
