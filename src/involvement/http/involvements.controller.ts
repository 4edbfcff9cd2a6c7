import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { InvolvementDesk } from './involvement-desk.js';
import { confirmation, end, newInvolvement } from './requests.js';
import type { Confirmation, End, NewInvolvementBody } from './requests.js';

const pathId = z.uuid('must be a UUID').toLowerCase();

// Whoever may ask may claim that they are involved; whether their word opens anything, the register judges.
@Controller('v1/involvements')
export class InvolvementsController {
  constructor(private readonly desk: InvolvementDesk) {}

  @Post()
  @Allows({ scope: 'coordination', duty: 'ask' })
  open(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: newInvolvement }) body: NewInvolvementBody,
  ): Promise<Answer> {
    return this.desk.open(call, body);
  }

  @Get(':id')
  @Allows({ scope: 'coordination', duty: 'ask' })
  show(@TheCall() call: AuthenticatedCall, @Param('id', { schema: pathId }) id: string): Promise<Answer> {
    return this.desk.show(call, id);
  }

  @Post(':id/confirmation')
  @Allows({ scope: 'coordination', duty: 'confirm' })
  confirm(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: confirmation }) body: Confirmation,
  ): Promise<Answer> {
    return this.desk.confirm(call, id, body);
  }

  @Post(':id/end')
  @Allows({ scope: 'coordination', duty: 'ask' })
  end(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: end }) body: End,
  ): Promise<Answer> {
    return this.desk.end(call, id, body);
  }
}
