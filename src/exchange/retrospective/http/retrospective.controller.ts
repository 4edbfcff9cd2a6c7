import { Body, Controller, Post } from '@nestjs/common';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { RetrospectiveDisclosures } from '../retrospective-disclosures.js';
import { RetrospectiveBody } from './retrospective.schema.js';

/** What a custodian told outside the gateway, entered afterwards. Releases nothing. */
@Controller('v1/disclosures/retrospective')
export class RetrospectiveController {
  constructor(private readonly disclosures: RetrospectiveDisclosures) {}

  @Post()
  @Allows({ scope: 'exchange.release', duty: 'release' })
  enter(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: RetrospectiveBody }) body: RetrospectiveBody,
  ): Promise<Answer> {
    return this.disclosures.enter(call, body);
  }
}
