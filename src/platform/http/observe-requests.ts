import type { FastifyInstance } from 'fastify';
import type { Log } from '../logging/log.js';
import type { Metrics } from '../metrics/metrics.js';
import './request.js';

/** Measures every answer and writes one line for it: the route's pattern, never the address. */
export function observeRequests(fastify: FastifyInstance, metrics: Metrics, log: Log): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, correlationId } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    metrics.requestAnswered({ method, route, status, durationSeconds: reply.elapsedTime / 1000 });
    if (request.problem !== undefined) metrics.problemAnswered(request.problem);
    const agency = request.call === undefined ? {} : { agency: request.call.agency };
    log.info('request answered', {
      correlationId,
      method,
      route,
      status,
      durationMs: Math.round(reply.elapsedTime),
      ...agency,
    });
    done();
  });
}
