import { Body, Controller, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { ConsentDesk } from './consent-desk.js';
import { ending, newConsent, newHold, newObjection, newOverride, newProtection, overrideEnd } from './requests.js';
import type {
  EndingBody,
  NewConsentBody,
  NewHoldBody,
  NewObjectionBody,
  NewOverrideBody,
  NewProtectionBody,
  OverrideEndBody,
} from './requests.js';

// A wish or a danger is heard by whoever works with the person; to take a protection away, or to override a wish, is a
// manager's.
const RECORD = { scope: 'coordination', duty: 'ask' } as const;
const UNDO = { scope: 'coordination', duty: 'manage' } as const;

const pathId = z.uuid('must be a UUID').toLowerCase();

@Controller('v1')
export class ConsentController {
  constructor(private readonly desk: ConsentDesk) {}

  @Post('consents')
  @Allows(RECORD)
  consent(@TheCall() call: AuthenticatedCall, @Body({ schema: newConsent }) body: NewConsentBody): Promise<Answer> {
    return this.desk.consent(call, body);
  }

  @Post('consents/:id/withdrawal')
  @Allows(RECORD)
  withdraw(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: ending }) body: EndingBody,
  ): Promise<Answer> {
    return this.desk.end(call, 'consent', id, body);
  }

  @Post('objections')
  @Allows(RECORD)
  objection(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: newObjection }) body: NewObjectionBody,
  ): Promise<Answer> {
    return this.desk.objection(call, body);
  }

  @Post('objections/:id/withdrawal')
  @Allows(RECORD)
  withdrawObjection(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: ending }) body: EndingBody,
  ): Promise<Answer> {
    return this.desk.end(call, 'objection', id, body);
  }

  @Post('objections/:id/override')
  @Allows(UNDO)
  overrideObjection(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: newOverride }) body: NewOverrideBody,
  ): Promise<Answer> {
    return this.desk.override(call, id, body);
  }

  @Post('objections/:id/override/end')
  @Allows(RECORD)
  endOverride(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: overrideEnd }) body: OverrideEndBody,
  ): Promise<Answer> {
    return this.desk.endOverride(call, id, body);
  }

  @Post('protections')
  @Allows(RECORD)
  protection(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: newProtection }) body: NewProtectionBody,
  ): Promise<Answer> {
    return this.desk.protection(call, body);
  }

  @Post('protections/:id/lift')
  @Allows(UNDO)
  lift(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: ending }) body: EndingBody,
  ): Promise<Answer> {
    return this.desk.end(call, 'protection', id, body);
  }

  @Post('holds')
  @Allows(RECORD)
  hold(@TheCall() call: AuthenticatedCall, @Body({ schema: newHold }) body: NewHoldBody): Promise<Answer> {
    return this.desk.hold(call, body);
  }

  @Post('holds/:id/release')
  @Allows(UNDO)
  release(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: ending }) body: EndingBody,
  ): Promise<Answer> {
    return this.desk.end(call, 'hold', id, body);
  }
}
