import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { ProblemSlug } from '../problems/catalogue.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's `x-correlation-id` where it is a UUID, else one of ours. */
    correlationId: string;
    /** The body's exact bytes, empty where there is none. What a signature covers. */
    rawBody: Buffer;
    /** Set by `identity` once token, proof and signature are verified. */
    call: AuthenticatedCall | undefined;
    /** The problem the request was answered with, for the measures. */
    problem: ProblemSlug | undefined;
  }
}
