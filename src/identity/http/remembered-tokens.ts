import { sha256Base64url } from '../../core/signing/digest.js';
import type { AccessTokenClaims } from './access-token.js';

/** So long a key of ours that is no longer to be believed may still be believed. */
const MAX_AGE_MS = 5_000;
const KEPT_AT_MOST = 2_000;

interface Kept {
  readonly claims: AccessTokenClaims;
  readonly verifiedAt: number;
}

/**
 * What tokens said that were verified within the last five seconds: a client sends the same one for minutes.
 *
 * Only that the token is ours and what it says. Its end is looked at each time, and who sent it, with whose proof, and
 * whether its client still stands are asked anew on every call.
 */
export class RememberedTokens {
  readonly #kept = new Map<string, Kept>();

  /** Undefined for one that is not remembered, or has ended by the machine's clock. */
  claimsOf(token: string): AccessTokenClaims | undefined {
    const kept = this.#kept.get(sha256Base64url(token));
    if (kept === undefined || performance.now() - kept.verifiedAt >= MAX_AGE_MS) return undefined;
    return Date.now() < kept.claims.exp * 1000 ? kept.claims : undefined;
  }

  remember(token: string, claims: AccessTokenClaims): void {
    const key = sha256Base64url(token);
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT_AT_MOST && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { claims, verifiedAt: performance.now() });
  }
}
