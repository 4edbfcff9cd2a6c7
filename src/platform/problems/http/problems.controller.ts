import { Controller, Get, Header, Param } from '@nestjs/common';
import { z } from 'zod';
import type { JsonObject } from '../../../core/vocabulary/json.js';
import { Open } from '../../http/allows.decorator.js';
import { CATALOGUE, type ProblemSlug } from '../catalogue.js';
import { GatewayProblem } from '../gateway-problem.js';

/** What a problem's `type` leads to (RFC 9457 section 3.1.1): its title, its status and who should act. */
@Controller('problems')
export class ProblemsController {
  @Get(':slug')
  @Open('what each problem means is for everyone who may meet it; it holds words, never data')
  @Header('cache-control', 'public, max-age=300')
  read(@Param('slug', { schema: z.string().max(64) }) slug: string): JsonObject {
    if (!Object.hasOwn(CATALOGUE, slug)) throw new GatewayProblem('not-found');
    return { slug, ...CATALOGUE[slug as ProblemSlug] };
  }
}
