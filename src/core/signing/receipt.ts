import type { KeyObject } from 'node:crypto';
import type { DisclosureId, ExchangeId } from '../vocabulary/ids.js';
import type { Json } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';
import { isDigest } from './digest.js';
import { type JwsFault, signJws, verifyJws } from './jws.js';
import type { Es256Signer } from './signer.js';
import { parseStrictObject } from './strict-json.js';

/** The `typ` of every receipt. */
export const receiptType = 'exchange-receipt+jws';

/** How long after signing the gateway promises inclusion in the public log at the latest. */
export const mergeDelaySeconds = 60;

/** What the gateway keeps of an exchange in a form that both parties can hold it to. Digests are base64url of 32 bytes. */
export interface Receipt {
  readonly id: ExchangeId;
  readonly disclosureId: DisclosureId;
  /** The disclosure that this one answers again. */
  readonly retryOf?: DisclosureId;
  /** SHA-256 of the request's body. */
  readonly requestDigest: string;
  /** A commitment to the decision, salted: the digest alone tells nothing. */
  readonly decisionDigest: string;
  /** SHA-256 of the disclosure as sent; null where nothing was disclosed. */
  readonly disclosureDigest: string | null;
  /** The RFC 6962 hash of the log entry, a salted commitment. */
  readonly leaf: string;
  readonly policyVersion: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** By when the entry is in the public log: seconds since the epoch. */
  readonly mergeBy: number;
}

/** Signs a receipt; `iat` and the promise of inclusion follow from the moment given. */
export function signReceipt(facts: Omit<Receipt, 'iat' | 'mergeBy'>, at: Instant, signer: Es256Signer): string {
  const { id, disclosureId, retryOf, requestDigest, decisionDigest, disclosureDigest, leaf, policyVersion } = facts;
  const iat = Math.floor(epochMillisecondsOf(at) / 1000);
  return signJws(
    { typ: receiptType, kid: signer.kid },
    {
      id,
      disclosureId,
      ...(retryOf === undefined ? {} : { retryOf }),
      requestDigest,
      decisionDigest,
      disclosureDigest,
      leaf,
      policyVersion,
      iat,
      mergeBy: iat + mergeDelaySeconds,
    },
    signer,
  );
}

/**
 * Verifies a receipt's signature and reads it.
 *
 * Says nothing of whether the log kept the promise: that takes an inclusion proof of `leaf` under a signed checkpoint.
 *
 * @param key the gateway's published key that the header's `kid` names
 * @returns the first fault; never throws on hostile input
 */
export function verifyReceipt(
  compact: string,
  key: KeyObject,
): { readonly ok: true; readonly receipt: Receipt } | { readonly ok: false; readonly fault: JwsFault | 'claims' } {
  const verified = verifyJws(compact, key, { typ: receiptType, algorithms: ['ES256'] });
  if (!verified.ok) return verified;
  const claims = parseStrictObject(verified.payload);
  return isReceipt(claims) ? { ok: true, receipt: claims } : { ok: false, fault: 'claims' };
}

function isReceipt(claims: unknown): claims is Receipt {
  if (typeof claims !== 'object' || claims === null) return false;
  const {
    id,
    disclosureId,
    retryOf,
    requestDigest,
    decisionDigest,
    disclosureDigest,
    leaf,
    policyVersion,
    iat,
    mergeBy,
  } = claims as Readonly<Record<string, Json | undefined>>;
  return (
    [id, disclosureId, policyVersion].every(isNonEmpty) &&
    (retryOf === undefined || isNonEmpty(retryOf)) &&
    [requestDigest, decisionDigest, leaf].every(isDigest) &&
    (disclosureDigest === null || isDigest(disclosureDigest)) &&
    Number.isSafeInteger(iat) &&
    Number.isSafeInteger(mergeBy)
  );
}

function isNonEmpty(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}
