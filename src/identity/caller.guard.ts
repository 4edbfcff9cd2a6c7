import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { sha256Base64url } from '../core/signing/digest.js';
import { tooMany } from '../platform/budgets/budgets.js';
import { FailedCallers } from '../platform/budgets/failed-callers.js';
import { OPEN_REASON, ROUTE_DEMAND, type RouteDemand } from '../platform/http/allows.decorator.js';
import '../platform/http/request.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { presentedToken } from './http/access-token.js';
import { CallVerifier } from './http/call-verifier.js';

/** Stands before every route: open ones pass, the others get `request.call` or end here. A route that says neither is a defect. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: CallVerifier,
    private readonly failedCallers: FailedCallers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const marked = [context.getHandler(), context.getClass()];
    const demand = this.reflector.getAllAndOverride<RouteDemand | undefined>(ROUTE_DEMAND, marked);
    if (demand !== undefined) {
      const request = context.switchToHttp().getRequest<FastifyRequest>();
      await this.prove(request, demand);
      return true;
    }
    if (this.reflector.getAllAndOverride<string | undefined>(OPEN_REASON, marked) !== undefined) return true;
    throw new Error('a route without `@Allows` or `@Open` was reached');
  }

  /** Gives the request its call. Where too many from its address proved nobody, it is not looked at. */
  private async prove(request: FastifyRequest, demand: RouteDemand): Promise<void> {
    const now = performance.now() / 1000;
    const presented = presentedToken(request.raw);
    const token = presented === undefined ? undefined : sha256Base64url(Buffer.from(presented.token));
    const address = addressOf(request);
    const seconds = address === undefined ? undefined : this.failedCallers.turnedAwayFor(address, token, now);
    if (seconds !== undefined) throw tooMany(seconds);
    try {
      request.call = await this.verifier.verify(request, demand);
    } catch (failure) {
      const proves = !(failure instanceof GatewayProblem && failure.status === 401);
      if (!proves && address !== undefined) this.failedCallers.failed(address, now);
      throw failure;
    }
    if (token !== undefined) this.failedCallers.proved(token);
  }
}

/**
 * Where a call comes from; undefined where a proxy stands between that nobody told us of (`TRUSTED_PROXIES`). Its address
 * is every caller's: counting failures by it would let one caller shut out all who come with a new token.
 */
function addressOf({ ip, ips, headers }: FastifyRequest): string | undefined {
  const isBehindUnknownProxy = ips === undefined && headers['x-forwarded-for'] !== undefined;
  return isBehindUnknownProxy ? undefined : ip;
}
