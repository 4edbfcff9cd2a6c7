import { GatewayProblem } from '../../platform/problems/gateway-problem.js';

/** The error codes of RFC 6750 §3.1 and RFC 9449 §7.1; none for a call that brought no token. */
export type ChallengeError = 'invalid_token' | 'invalid_dpop_proof' | 'invalid_request';

/** 401 with the challenge that tells a client what to bring (RFC 9449 §7.1). The detail says which check failed, never a value. */
export function notAuthenticated(detail: string, error?: ChallengeError, cause?: unknown): GatewayProblem {
  return new GatewayProblem('caller-not-authenticated', { detail, headers: challenge(error), cause });
}

/** 401 for a call whose token and proof are right and whose signature is not. */
export function notSigned(detail: string): GatewayProblem {
  return new GatewayProblem('signature-invalid', { detail, headers: challenge('invalid_request') });
}

/** 403 naming the scope the token lacks (RFC 6750 §3.1). */
export function lacksScope(scope: string): GatewayProblem {
  return new GatewayProblem('insufficient-scope', {
    detail: `the token lacks scope \`${scope}\`, or its client may no longer use it`,
    headers: { 'www-authenticate': `DPoP error="insufficient_scope", scope="${scope}", algs="ES256"` },
  });
}

function challenge(error: ChallengeError | undefined): Record<string, string> {
  return { 'www-authenticate': `DPoP ${error === undefined ? '' : `error="${error}", `}algs="ES256"` };
}
