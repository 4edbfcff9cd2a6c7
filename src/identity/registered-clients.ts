import type { Scope } from '../core/vocabulary/codes.js';
import type { AgencyId } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';

/** A system that an agency has registered to call the gateway. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly agency: AgencyId;
  /** The public keys with which it may authenticate at this moment: neither revoked, nor ended, nor still to begin. */
  readonly jwks: readonly JsonObject[];
  /** All that it may ever ask for. */
  readonly scopes: readonly Scope[];
  /** Whether its agency is suspended. */
  readonly suspended: boolean;
  /** What its tokens are bound to; a key of its own (RFC 9449) unless it says its certificate (RFC 8705). */
  readonly binding?: 'key' | 'certificate';
}

/**
 * Knows the registered clients. Asked for every token and on every call, so that a revocation or a suspension holds at
 * once: an answer may be remembered, but for less than five seconds after it stopped being true.
 */
export abstract class RegisteredClients {
  /** Undefined for one that is not registered. */
  abstract find(clientId: string): Promise<RegisteredClient | undefined>;
}
