import { CommitUnknown } from '../../platform/database/commit-unknown.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';

/** What a transaction gave. Where its commit was not heard of nothing is answered, and a repeat finds out. */
export function committed<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw cause instanceof CommitUnknown ? new GatewayProblem('outcome-unknown', { cause }) : cause;
  });
}
