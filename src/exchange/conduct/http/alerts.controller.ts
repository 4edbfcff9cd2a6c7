import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { Alerts } from '../alerts.js';
import { AcknowledgementBody, AlertsQuery } from './conduct.schema.js';

/** What information governance has to hear of at once. */
@Controller('v1/alerts')
export class AlertsController {
  constructor(private readonly alerts: Alerts) {}

  @Get()
  @Allows({ scope: 'disclosures.read', duty: 'govern' })
  list(
    @TheCall() call: AuthenticatedCall,
    @Query({ schema: AlertsQuery }) { status, limit, cursor }: z.output<typeof AlertsQuery>,
  ): Promise<Answer> {
    return this.alerts.list(call, { status, limit, ...(cursor !== undefined && { cursor }) });
  }

  @Post(':id/acknowledgement')
  @Allows({ scope: 'disclosures.read', duty: 'govern' })
  acknowledge(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: z.uuid('must be the id of an alert') }) id: string,
    @Body({ schema: AcknowledgementBody }) _body: z.output<typeof AcknowledgementBody>,
  ): Promise<Answer> {
    return this.alerts.acknowledge(call, id);
  }
}
