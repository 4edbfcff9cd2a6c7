import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { OPEN_REASON, ROUTE_DEMAND, type RouteDemand } from '../platform/http/allows.decorator.js';
import '../platform/http/request.js';
import { CallVerifier } from './http/call-verifier.js';

/** Stands before every route: open ones pass, the others get `request.call` or end here. A route that says neither is a defect. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: CallVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const marked = [context.getHandler(), context.getClass()];
    const demand = this.reflector.getAllAndOverride<RouteDemand | undefined>(ROUTE_DEMAND, marked);
    if (demand !== undefined) {
      const request = context.switchToHttp().getRequest<FastifyRequest>();
      request.call = await this.verifier.verify(request, demand);
      return true;
    }
    if (this.reflector.getAllAndOverride<string | undefined>(OPEN_REASON, marked) !== undefined) return true;
    throw new Error('a route without `@Allows` or `@Open` was reached');
  }
}
