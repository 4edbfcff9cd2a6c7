import { randomUUID } from 'node:crypto';
import type { AuthenticatedCall } from '../../src/core/vocabulary/caller.js';
import { instantOf, secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';

const digestOf = (character: string): string => character.repeat(43);

/** A verified call of an officer of Northmoor council, now, unlike any other; the test names what matters. */
export function aCall(
  chosen: Partial<AuthenticatedCall> = {},
  now: Instant = instantOf(Date.now()),
): AuthenticatedCall {
  const until = secondsAfter(now, 120);
  return {
    agency: 'northmoor-council',
    officer: 'nc-101',
    clientId: 'northmoor-council-cms',
    clientKey: digestOf('c'),
    scopes: ['coordination'],
    requires: { scope: 'coordination', duty: 'lead' },
    tokenUntil: secondsAfter(now, 300),
    proof: { thumbprint: digestOf('t'), jti: randomUUID(), until },
    signature: { jti: randomUUID(), until, digest: digestOf('s'), kid: 'nc-1' },
    idempotencyKey: randomUUID(),
    method: 'POST',
    path: '/v1/things',
    requestDigest: digestOf('r'),
    correlationId: randomUUID(),
    receivedAt: now,
    ...chosen,
  } as AuthenticatedCall;
}

/** The same request sent again, as a caller must: with a fresh proof and a fresh signature. */
export function retried(call: AuthenticatedCall, chosen: Partial<AuthenticatedCall> = {}): AuthenticatedCall {
  const { proof, signature } = aCall({}, call.receivedAt);
  return { ...call, proof, signature, ...chosen };
}
