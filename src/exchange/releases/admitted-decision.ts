import type { Decision } from '../../core/decision/decision.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { DisclosureId, OfficerId } from '../../core/vocabulary/ids.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import type { Choices } from './persons-choices.js';
import { reviewDigest } from './review-digest.js';
import type { ReviewedCase } from './reviewed-case.js';

/** A person's decision that was admitted: nothing fetched yet. */
export interface AdmittedDecision extends ReviewedCase {
  readonly call: AuthenticatedCall;
  readonly disclosureId: DisclosureId;
  readonly chosen: Choices;
  readonly decision: Decision;
  /** Who decided; the second approved what the first did. */
  readonly officers: readonly OfficerId[];
}

/** @throws `unprocessable`, saying what stops the release, whoever decides */
export function assertNothingStops({ review: { stops } }: ReviewedCase): void {
  if (stops.length === 0) return;
  throw new GatewayProblem('unprocessable', {
    detail: 'something stops the release, whoever decides; refuse, or have it settled first',
    more: {
      stops: stops.map(({ check, reason, citation }) => ({ check, ...(reason !== undefined && { reason }), citation })),
    },
  });
}

/** @throws `conflict` when what may be decided, or what it rests on, is not what was shown last */
export function assertUnchanged({ review, held }: ReviewedCase): void {
  if (reviewDigest(review).equals(held.seen)) return;
  throw new GatewayProblem('conflict', {
    detail: 'what the release rests on has changed since the case was shown; read it again, then decide',
  });
}
