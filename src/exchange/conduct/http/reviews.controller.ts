import { Body, Controller, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { DisclosureId } from '../../../core/vocabulary/ids.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Allows } from '../../../platform/http/allows.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { Reviews } from '../reviews.js';
import { ReviewBody } from './conduct.schema.js';

@Controller('v1/disclosures')
export class ReviewsController {
  constructor(private readonly reviews: Reviews) {}

  @Post(':id/reviews')
  @Allows({ scope: 'disclosures.read', duty: 'govern' })
  review(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: z.uuid('must be the id of a disclosure') }) id: string,
    @Body({ schema: ReviewBody }) { finding, text }: z.output<typeof ReviewBody>,
  ): Promise<Answer> {
    return this.reviews.review(call, id as DisclosureId, { finding, text });
  }
}
