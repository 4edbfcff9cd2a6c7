import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import './request.js';

/** The authenticated call a handler answers. A defect on a route that authenticates no one. */
export const TheCall = createParamDecorator((_data: unknown, context: ExecutionContext): AuthenticatedCall => {
  const { call } = context.switchToHttp().getRequest<FastifyRequest>();
  if (call === undefined) throw new Error('`@TheCall()` stands on a route without `@Allows()`');
  return call;
});
