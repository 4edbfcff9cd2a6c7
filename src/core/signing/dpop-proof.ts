import type { KeyObject } from 'node:crypto';
import type { Json } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';
import { fromBase64url } from './base64url.js';
import { sha256Base64url } from './digest.js';
import { isFresh, isSingleUseId } from './freshness.js';
import { type JwkResult, type P256PublicJwk, parsePublicJwk } from './jwk.js';
import { type JwsAlgorithm, readJws, signJws, verifyJws } from './jws.js';
import { targetOf } from './public-url.js';
import type { Es256Signer } from './signer.js';
import { parseStrictObject } from './strict-json.js';

/** Which check of RFC 9449 §4.3 a proof fails. */
export type DpopFault =
  /** 1: not exactly one DPoP header. */
  | 'proof-count'
  /** 2: not one well-formed JWT. */
  | 'malformed'
  /** 3: a required claim is missing or of the wrong type. */
  | 'claims'
  /** 4: `typ` is not `dpop+jwt`. */
  | 'typ'
  /** 5: the algorithm is not one of those taken. */
  | 'alg'
  /** It relies on an extension (RFC 7515 §4.1.11). */
  | 'crit'
  /** 6: the embedded key did not sign this. */
  | 'signature'
  /** 7: the embedded key is private. */
  | 'private-key'
  /** 7: there is no embedded key that can be used. */
  | 'key'
  /** 8: another method. */
  | 'htm'
  /** 9: another URL. */
  | 'htu'
  /** 10: not the nonce that was given out. */
  | 'nonce'
  /** 11: too old, or from the future. */
  | 'iat'
  /** 12: made for another token. */
  | 'ath'
  /** 12: the token is bound to another key. */
  | 'thumbprint';

/** What the resource server knows of the call that a proof came with. */
export interface DpopExpectations {
  /**
   * Every DPoP header of the request, one item a header line. Take them from the raw headers:
   * Node joins repeated ones with a comma, which is then refused as `malformed`.
   */
  readonly proofs: readonly string[];
  readonly method: string;
  /** The URL as callers see it: public origin and path. Query and fragment are ignored. */
  readonly publicUrl: string;
  readonly accessToken: string;
  /** `cnf.jkt` of the access token, which has been verified. */
  readonly boundThumbprint: string;
  /** The nonce given to this caller, where one is demanded. */
  readonly nonce?: string;
  readonly now: Instant;
  readonly toleranceSeconds: number;
  readonly algorithms: readonly JwsAlgorithm[];
}

/** A proof that passed every check but single use. */
export interface DpopProof {
  /** Not yet spent: the caller refuses a thumbprint and `jti` that it has seen within the tolerance (RFC 9449 §11.1). */
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly thumbprint: string;
  readonly key: KeyObject;
}

/** A verified proof, or the first fault. */
export type DpopResult =
  { readonly ok: true; readonly proof: DpopProof } | { readonly ok: false; readonly fault: DpopFault };

/**
 * Verifies that whoever sent this request holds the key its access token is bound to.
 *
 * The access token itself must have been verified before. Does NOT check that `jti` is used once: see {@link DpopProof}.
 *
 * @param parseJwk how the embedded key is read; pass a memoised {@link parsePublicJwk}, since importing costs about as much as verifying
 * @returns the first fault; never throws on hostile input
 * @see RFC 9449 §4.3
 */
export function verifyDpopProof(
  expected: DpopExpectations,
  parseJwk: (jwk: Json | undefined, allowed: readonly JwsAlgorithm[]) => JwkResult = parsePublicJwk,
): DpopResult {
  const [compact, ...others] = expected.proofs;
  if (compact === undefined || others.length > 0) return fail('proof-count');
  const jws = readJws(compact);
  if (jws === undefined) return fail('malformed');
  const payload = fromBase64url(jws.encodedPayload);
  const claims = payload === undefined ? undefined : parseStrictObject(payload);
  if (claims === undefined) return fail('malformed');
  const { jti, iat, htm, htu, ath, nonce } = claims as Readonly<Record<string, Json | undefined>>;
  if (!isSingleUseId(jti) || !isText(htm) || !isText(htu) || !isText(ath) || typeof iat !== 'number') {
    return fail('claims');
  }
  if (jws.header['typ'] !== 'dpop+jwt') return fail('typ');
  if (!expected.algorithms.some((allowed) => allowed === jws.header['alg'])) return fail('alg');
  const parsed = parseJwk(jws.header['jwk'], expected.algorithms);
  if (!parsed.ok) return fail(parsed.fault === 'private' ? 'private-key' : 'key');
  const { key, thumbprint } = parsed.value;
  const verified = verifyJws(jws, key, { typ: 'dpop+jwt', algorithms: parsed.value.algorithms });
  if (!verified.ok) return fail(verified.fault);
  if (htm !== expected.method) return fail('htm');
  const target = targetOf(htu);
  if (target === undefined || target !== targetOf(expected.publicUrl)) return fail('htu');
  if (expected.nonce !== undefined && nonce !== expected.nonce) return fail('nonce');
  if (!isFresh(iat, expected.now, expected.toleranceSeconds)) return fail('iat');
  if (ath !== sha256Base64url(expected.accessToken)) return fail('ath');
  if (thumbprint !== expected.boundThumbprint) return fail('thumbprint');
  return { ok: true, proof: { jti, iat, thumbprint, key } };
}

/** What a client says in a proof. */
export interface DpopClaims {
  readonly method: string;
  readonly url: string;
  readonly accessToken: string;
  readonly jti: string;
  readonly at: Instant;
  readonly nonce?: string;
}

/** Makes a proof, as a client does for each call (RFC 9449 §4.2). */
export function makeDpopProof(claims: DpopClaims, jwk: P256PublicJwk, signer: Es256Signer): string {
  return signJws(
    { typ: 'dpop+jwt', jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } },
    {
      jti: claims.jti,
      htm: claims.method,
      htu: targetOf(claims.url) ?? claims.url,
      iat: Math.floor(epochMillisecondsOf(claims.at) / 1000),
      ath: sha256Base64url(claims.accessToken),
      ...(claims.nonce === undefined ? {} : { nonce: claims.nonce }),
    },
    signer,
  );
}

function fail(fault: DpopFault): DpopResult {
  return { ok: false, fault };
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}
