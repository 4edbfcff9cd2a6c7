import type { Brand } from './brand.js';
import type { Duty, Scope } from './codes.js';
import type { AgencyId, OfficerId } from './ids.js';
import type { Instant } from './time.js';

/** What a call carried, once its token, proof and signature have been verified. */
export interface CallFacts {
  readonly agency: AgencyId;
  /** Named by the agency's signature; whether they hold a role now is not yet known. */
  readonly officer: OfficerId;
  readonly clientId: string;
  /** Thumbprint (RFC 7638) of the key with which the client got its token. It stood when the call was verified. */
  readonly clientKey: string;
  readonly scopes: readonly Scope[];
  /** What the route asks of the caller; the scope has been checked, the duty has not. */
  readonly requires: { readonly scope: Scope; readonly duty: Duty };
  /** Until when its access token is good: nothing that goes on for longer may rest on the call. */
  readonly tokenUntil: Instant;
  /** The DPoP proof's single-use id. Not yet spent. */
  readonly proof: { readonly thumbprint: string; readonly jti: string; readonly until: Instant };
  /** The call signature's single-use id, not yet spent, and the base64url SHA-256 of its compact form. */
  readonly signature: { readonly jti: string; readonly until: Instant; readonly digest: string; readonly kid: string };
  readonly idempotencyKey?: string;
  readonly method: string;
  /** Path without query or fragment. */
  readonly path: string;
  /** base64url SHA-256 of the body's bytes. */
  readonly requestDigest: string;
  readonly correlationId: string;
  readonly receivedAt: Instant;
}

/** A call whose agency is proved. Only `identity` makes one. */
export type AuthenticatedCall = Brand<CallFacts, 'AuthenticatedCall'>;
