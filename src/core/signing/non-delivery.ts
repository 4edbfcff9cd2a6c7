import type { KeyObject } from 'node:crypto';
import type { AgencyId, DisclosureId, ExchangeId } from '../vocabulary/ids.js';
import type { JsonObject } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';
import { type JwsFault, signJws, verifyJws } from './jws.js';
import type { Es256Signer } from './signer.js';
import { parseStrictObject } from './strict-json.js';

/** The `typ` of every word that a message was not delivered. */
export const nonDeliveryType = 'exchange-non-delivery+jws';

/** A message that reached nobody, and why the gateway no longer tries. */
export interface NonDelivery {
  readonly id: ExchangeId;
  readonly messageId: string;
  readonly disclosureId: DisclosureId;
  readonly sender: AgencyId;
  readonly recipient: AgencyId;
  /** A code: `gave-up`, `endpoint-gone`, `quarantined`, `not-taken-on`. */
  readonly reason: string;
  readonly attempts: number;
}

/** Signs, as a compact JWS by the gateway, that a message was not delivered: the sender can show that it was told, and when. */
export function signNonDelivery(facts: NonDelivery, at: Instant, signer: Es256Signer): string {
  const iat = Math.floor(epochMillisecondsOf(at) / 1000);
  return signJws({ typ: nonDeliveryType, kid: signer.kid }, { ...facts, iat }, signer);
}

/**
 * Verifies that the gateway said so, and reads what.
 *
 * @param key the gateway's published key that the header's `kid` names
 * @returns the claims as signed, or the first fault; never throws on hostile input
 */
export function verifyNonDelivery(
  compact: string,
  key: KeyObject,
): { readonly ok: true; readonly claims: JsonObject } | { readonly ok: false; readonly fault: JwsFault | 'claims' } {
  const verified = verifyJws(compact, key, { typ: nonDeliveryType, algorithms: ['ES256'] });
  if (!verified.ok) return verified;
  const claims = parseStrictObject(verified.payload);
  return claims === undefined ? { ok: false, fault: 'claims' } : { ok: true, claims };
}
