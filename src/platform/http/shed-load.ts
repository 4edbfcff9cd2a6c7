import type { FastifyInstance } from 'fastify';
import { GatewayProblem } from '../problems/gateway-problem.js';
import type { Pressure } from './pressure.js';

/**
 * Turns new calls away, before anything of them is read, while the process has more to do than it can. Whoever looks after it
 * is still answered.
 */
export function shedLoad(fastify: FastifyInstance, pressure: Pick<Pressure, 'isTooHigh'>): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isLookedAfter = /^\/(health\/|metrics$)/.test(request.routeOptions.url ?? '');
    if (pressure.isTooHigh && !isLookedAfter) done(new GatewayProblem('overloaded'));
    else done();
  });
}
