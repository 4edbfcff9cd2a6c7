import type { KeyObject } from 'node:crypto';
import type { OfficerId } from '../vocabulary/ids.js';
import type { Json } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';
import { sha256Base64url } from './digest.js';
import { isFresh, isSingleUseId } from './freshness.js';
import { type JwsFault, readJws, signDetachedJws, type UnverifiedJws, verifyDetachedJws } from './jws.js';
import { targetOf } from './public-url.js';
import type { Es256Signer } from './signer.js';

const callType = 'exchange+jws';

/** Why the signature of a call is refused. */
export type CallSignatureFault =
  | JwsFault
  /** Not exactly one `x-jws-signature` header. */
  | 'signature-count'
  /** A header claim is missing or of the wrong form. */
  | 'claims'
  /** Made for another gateway. */
  | 'aud'
  /** Another method. */
  | 'htm'
  /** Another URL. */
  | 'htu'
  /** Another Idempotency-Key, or one where there is none, or none where there is one. */
  | 'ik'
  /** Too old, or from the future. */
  | 'iat';

/** A call signature whose key is still to be found. Nothing in it is verified. */
export interface UnverifiedCallSignature {
  readonly compact: string;
  readonly jws: UnverifiedJws;
  /** Which of the agency's keys it claims; 1 to 128 visible ASCII characters. */
  readonly kid: string;
}

/** What the gateway knows of the call that a signature came with. */
export interface CallExpectations {
  /** The body's bytes as they came; empty for GET. */
  readonly body: Uint8Array;
  readonly method: string;
  /** Public origin and path; query and fragment are ignored. */
  readonly publicUrl: string;
  /** `PUBLIC_URL`. */
  readonly audience: string;
  /** The Idempotency-Key header, where there is one. */
  readonly idempotencyKey?: string;
  readonly now: Instant;
  readonly toleranceSeconds: number;
}

/** What an agency has signed: that this officer makes this call. */
export interface CallSignature {
  readonly kid: string;
  /** Named by the agency. Whether the officer exists and what they may do is not known from this. */
  readonly officer: OfficerId;
  /** Not yet spent: the caller refuses one that this agency has used within the tolerance. */
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** base64url SHA-256 of the compact form, which the answer's signature names as `req`. */
  readonly digest: string;
}

/** A verified call signature, or the first fault. */
export type CallSignatureResult =
  { readonly ok: true; readonly signature: CallSignature } | { readonly ok: false; readonly fault: CallSignatureFault };

/**
 * Finds which key a call claims to be signed with, so that the caller can look it up among the agency's own.
 *
 * @param headers every `x-jws-signature` header, one item a header line
 */
export function readCallSignature(
  headers: readonly string[],
):
  | { readonly ok: true; readonly unverified: UnverifiedCallSignature }
  | { readonly ok: false; readonly fault: CallSignatureFault } {
  const [compact, ...others] = headers;
  if (compact === undefined || others.length > 0) return { ok: false, fault: 'signature-count' };
  const jws = readJws(compact);
  if (jws === undefined) return { ok: false, fault: 'malformed' };
  const kid = jws.header['kid'];
  return isSingleUseId(kid) ? { ok: true, unverified: { compact, jws, kid } } : { ok: false, fault: 'claims' };
}

/**
 * Verifies that the holder of a key signed this call: body, method, URL, Idempotency-Key, officer, time and audience.
 *
 * The caller has checked that the key is registered to the agency of the access token and is valid now.
 * Does NOT check that `jti` is used once, nor that the officer equals the body's.
 *
 * @returns the first fault; never throws on hostile input
 */
export function verifyCallSignature(
  { compact, jws }: UnverifiedCallSignature,
  key: KeyObject,
  expected: CallExpectations,
): CallSignatureResult {
  const verified = verifyDetachedJws(jws, expected.body, key, { typ: callType, algorithms: ['ES256'] });
  if (!verified.ok) return verified;
  const { kid, iat, jti, aud, htm, htu, ik, officer } = verified.header as Readonly<Record<string, Json | undefined>>;
  if (!isSingleUseId(kid) || !isSingleUseId(jti) || !isOfficer(officer) || typeof htu !== 'string')
    return fail('claims');
  if (aud !== expected.audience) return fail('aud');
  if (htm !== expected.method) return fail('htm');
  const target = targetOf(htu);
  if (target === undefined || target !== targetOf(expected.publicUrl)) return fail('htu');
  if (ik !== expected.idempotencyKey) return fail('ik');
  if (!isFresh(iat, expected.now, expected.toleranceSeconds)) return fail('iat');
  return { ok: true, signature: { kid, officer, jti, iat, digest: sha256Base64url(compact) } };
}

/** What an agency says of a call it signs. */
export interface CallClaims {
  readonly body: Uint8Array;
  readonly method: string;
  readonly url: string;
  readonly audience: string;
  readonly officer: string;
  readonly jti: string;
  readonly idempotencyKey?: string;
  readonly at: Instant;
}

/** Signs a call, as an agency's system does. */
export function makeCallSignature(claims: CallClaims, signer: Es256Signer): string {
  return signDetachedJws(
    {
      typ: callType,
      kid: signer.kid,
      iat: Math.floor(epochMillisecondsOf(claims.at) / 1000),
      jti: claims.jti,
      aud: claims.audience,
      htm: claims.method,
      htu: targetOf(claims.url) ?? claims.url,
      officer: claims.officer,
      ...(claims.idempotencyKey === undefined ? {} : { ik: claims.idempotencyKey }),
    },
    claims.body,
    signer,
  );
}

function fail(fault: CallSignatureFault): CallSignatureResult {
  return { ok: false, fault };
}

function isOfficer(value: Json | undefined): value is OfficerId {
  return typeof value === 'string' && /^[a-z0-9-]{2,64}$/.test(value);
}
