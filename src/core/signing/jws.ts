import { constants, type KeyObject, verify } from 'node:crypto';
import type { Json, JsonObject } from '../vocabulary/json.js';
import { fromBase64url, toBase64url } from './base64url.js';
import { canonicalBytes } from './canonical-json.js';
import { isEs256 } from './ecdsa-p256.js';
import type { Es256Signer } from './signer.js';
import { parseStrictObject } from './strict-json.js';

/** The algorithms FAPI 2.0 §5.4 leaves; `EdDSA` is the older name of `Ed25519` (RFC 9864). */
export type JwsAlgorithm = 'ES256' | 'PS256' | 'Ed25519' | 'EdDSA';

/** Why a JWS is refused. */
export type JwsFault =
  /** Not a compact JWS of canonical base64url with a strict JSON header. */
  | 'malformed'
  /** The header's algorithm is not on the caller's list, or not the key's. */
  | 'alg'
  /** The header's type is not the one this place takes. */
  | 'typ'
  /** It relies on an extension that is not understood here. */
  | 'crit'
  /** The signature is not by this key over these bytes. */
  | 'signature';

/** A verified JWS, or the first fault found. */
export type JwsResult =
  | { readonly ok: true; readonly header: JsonObject; readonly payload: Uint8Array }
  | { readonly ok: false; readonly fault: JwsFault };

/** What a place demands of a JWS before it looks at the payload. */
export interface JwsDemands {
  /** The exact `typ`; null demands that there be none. One kind of token is never taken for another (RFC 8725 §3.11). */
  readonly typ: string | null;
  readonly algorithms: readonly JwsAlgorithm[];
}

/** A JWS taken apart. Nothing in it is verified: use the header to choose a key and for nothing else. */
export interface UnverifiedJws {
  readonly header: JsonObject;
  /** The second part as it stands, still base64url; empty when detached. */
  readonly encodedPayload: string;
  readonly encodedHeader: string;
  readonly signature: Uint8Array;
}

/** Takes a compact JWS apart without verifying anything; undefined when it is malformed. Never throws. */
export function readJws(compact: string): UnverifiedJws | undefined {
  const [encodedHeader, encodedPayload, encodedSignature, ...rest] = compact.split('.', 4);
  if (
    encodedHeader === undefined ||
    encodedPayload === undefined ||
    encodedSignature === undefined ||
    rest.length > 0
  ) {
    return undefined;
  }
  const headerBytes = fromBase64url(encodedHeader);
  const signature = fromBase64url(encodedSignature);
  if (headerBytes === undefined || signature === undefined) return undefined;
  const header = parseStrictObject(headerBytes);
  return header === undefined ? undefined : { header, encodedPayload, encodedHeader, signature };
}

/**
 * Verifies a compact JWS that carries its payload (RFC 7515 §5.2).
 *
 * Proves who signed which bytes, and that this kind of token was meant. Says nothing of issuer, audience, time or replay.
 *
 * @param compact the JWS, or what {@link readJws} made of it
 * @param key a public key; P-256, RSA of 2048 bits or more, or Ed25519
 * @returns the first fault; never throws on hostile input
 */
export function verifyJws(compact: string | UnverifiedJws, key: KeyObject, demands: JwsDemands): JwsResult {
  const jws = typeof compact === 'string' ? readJws(compact) : compact;
  if (jws === undefined) return { ok: false, fault: 'malformed' };
  const payload = fromBase64url(jws.encodedPayload);
  if (payload === undefined) return { ok: false, fault: 'malformed' };
  // RFC 7797 §7: an attached JWS here never leaves its payload unencoded, and no other extension is understood.
  if ('crit' in jws.header || 'b64' in jws.header) return { ok: false, fault: 'crit' };
  return verifyParts(jws, Buffer.from(`${jws.encodedHeader}.${jws.encodedPayload}`, 'latin1'), payload, key, demands);
}

/**
 * Verifies a detached JWS with an unencoded payload (RFC 7515 appendix F, RFC 7797) over exact bytes.
 *
 * The header must say `"b64": false` and `"crit": ["b64"]`; nothing else may be critical.
 *
 * @param compact the JWS, or what {@link readJws} made of it
 * @param payload the bytes as they came over the wire
 * @returns the first fault; never throws on hostile input
 */
export function verifyDetachedJws(
  compact: string | UnverifiedJws,
  payload: Uint8Array,
  key: KeyObject,
  demands: JwsDemands,
): JwsResult {
  const jws = typeof compact === 'string' ? readJws(compact) : compact;
  if (jws === undefined || jws.encodedPayload !== '') return { ok: false, fault: 'malformed' };
  if (jws.header['b64'] !== false || !isExactly(jws.header['crit'], 'b64')) return { ok: false, fault: 'crit' };
  return verifyParts(jws, detachedSigningInput(jws.encodedHeader, payload), payload, key, demands);
}

/** Signs JSON claims as a compact JWS. The header gets `alg`; the caller names `typ`, and `kid` or `jwk` as the token kind wants. */
export function signJws(header: JsonObject & { readonly typ: string }, claims: Json, signer: Es256Signer): string {
  const encodedHeader = encodeHeader(header);
  const signingInput = `${encodedHeader}.${toBase64url(canonicalBytes(claims))}`;
  return `${signingInput}.${toBase64url(signer.sign(Buffer.from(signingInput, 'latin1')))}`;
}

/** Signs exact bytes as a detached JWS with an unencoded payload; the header gets `alg`, `b64` and `crit`. */
export function signDetachedJws(
  header: JsonObject & { readonly typ: string },
  payload: Uint8Array,
  signer: Es256Signer,
): string {
  const encodedHeader = encodeHeader({ ...header, b64: false, crit: ['b64'] });
  return `${encodedHeader}..${toBase64url(signer.sign(detachedSigningInput(encodedHeader, payload)))}`;
}

/** The algorithms a public key can be used with here; none for a key that is private, too short or of another kind. */
export function algorithmsOf(key: KeyObject): readonly JwsAlgorithm[] {
  if (key.type !== 'public') return [];
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1') return ['ES256'];
  if (key.asymmetricKeyType === 'ed25519') return ['Ed25519', 'EdDSA'];
  if (key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return ['PS256'];
  return [];
}

function verifyParts(
  jws: UnverifiedJws,
  signingInput: Uint8Array,
  payload: Uint8Array,
  key: KeyObject,
  demands: JwsDemands,
): JwsResult {
  const usable = algorithmsOf(key);
  const alg = demands.algorithms.find((allowed) => allowed === jws.header['alg'] && usable.includes(allowed));
  if (alg === undefined) return { ok: false, fault: 'alg' };
  if ((jws.header['typ'] ?? null) !== demands.typ) return { ok: false, fault: 'typ' };
  if (!isSignedBy(alg, key, signingInput, jws.signature)) return { ok: false, fault: 'signature' };
  return { ok: true, header: jws.header, payload };
}

/**
 * Whether a signature over exact bytes verifies under a public key.
 *
 * Trusts the caller to have matched algorithm and key by {@link algorithmsOf}. Never throws.
 *
 * @see RFC 7518 §3.4 and §3.5, RFC 8037 §3.1
 */
export function isSignedBy(
  alg: JwsAlgorithm,
  key: KeyObject,
  signingInput: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    switch (alg) {
      case 'ES256':
        return isEs256(signingInput, key, signature);
      case 'PS256':
        // RFC 7518 §3.5: the salt is as long as the digest.
        return verify(
          'sha256',
          signingInput,
          { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
          signature,
        );
      case 'Ed25519':
      case 'EdDSA':
        return signature.length === 64 && verify(null, signingInput, key, signature);
    }
  } catch {
    return false;
  }
}

function encodeHeader(header: JsonObject): string {
  return toBase64url(canonicalBytes({ ...header, alg: 'ES256' }));
}

function detachedSigningInput(encodedHeader: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${encodedHeader}.`, 'latin1'), payload]);
}

function isExactly(value: Json | undefined, only: string): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === only;
}
