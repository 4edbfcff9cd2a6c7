import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Json, JsonObject } from '../vocabulary/json.js';
import { fromBase64url } from './base64url.js';
import { canonicalJson } from './canonical-json.js';
import { sha256Base64url } from './digest.js';
import { algorithmsOf, type JwsAlgorithm } from './jws.js';
import { isJsonObject } from './strict-json.js';

/** The members that make a P-256 public key (RFC 7518 §6.2.1). */
export interface P256PublicJwk extends JsonObject {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** A public key ready for use. */
export interface PublicKey {
  readonly key: KeyObject;
  /** What {@link KeyObject} it is good for, by RFC 7518 names. */
  readonly algorithms: readonly JwsAlgorithm[];
  /** RFC 7638 SHA-256 thumbprint, base64url. */
  readonly thumbprint: string;
}

/** Why a JWK is refused. */
export type JwkFault =
  /** It holds a private or secret member: whoever sent it has lost its key. */
  | 'private'
  /** Not a key of a kind taken here, or not for verifying signatures. */
  | 'unsupported'
  /** Members missing or misspelt, or a point that is not on the curve. */
  | 'malformed';

/** A public key, or why there is none. */
export type JwkResult =
  { readonly ok: true; readonly value: PublicKey } | { readonly ok: false; readonly fault: JwkFault };

// RFC 7518 §6.2.2, §6.3.2, §6.4.1: any of these makes a JWK more than public.
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/**
 * Reads a public JWK for verifying signatures with one of the algorithms allowed.
 *
 * Takes P-256, Ed25519 and RSA of 2048 bits or more; a `use`, `key_ops` or `alg` that is present must agree. The point is checked to be on its curve.
 * Says nothing of whose key it is.
 *
 * @returns a fault; never throws on hostile input
 * @see RFC 7517 §4, RFC 8725 §3.4
 */
export function parsePublicJwk(jwk: Json | undefined, allowed: readonly JwsAlgorithm[]): JwkResult {
  if (!isJsonObject(jwk)) return { ok: false, fault: 'malformed' };
  if (privateMembers.some((member) => member in jwk)) return { ok: false, fault: 'private' };
  if (!isForVerifying(jwk)) return { ok: false, fault: 'unsupported' };
  const required = requiredMembers(jwk);
  if (required === undefined) return { ok: false, fault: hasKnownType(jwk) ? 'malformed' : 'unsupported' };
  const key = importKey(required);
  if (key === undefined) return { ok: false, fault: 'malformed' };
  const algorithms = algorithmsOf(key).filter(
    (alg) => allowed.includes(alg) && (jwk['alg'] === undefined || jwk['alg'] === alg),
  );
  if (algorithms.length === 0) return { ok: false, fault: 'unsupported' };
  return { ok: true, value: { key, algorithms, thumbprint: sha256Base64url(canonicalJson(required)) } };
}

/** The RFC 7638 SHA-256 thumbprint of a public JWK, base64url; undefined when its required members are missing or misspelt. Checks no curve. */
export function jwkThumbprint(jwk: Json | undefined): string | undefined {
  const required = isJsonObject(jwk) ? requiredMembers(jwk) : undefined;
  return required === undefined ? undefined : sha256Base64url(canonicalJson(required));
}

/** The public JWK of a P-256 key, private or public. Throws TypeError for another kind of key. */
export function p256PublicJwk(key: KeyObject): P256PublicJwk {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) throw new TypeError('not a P-256 key');
  return { kty: 'EC', crv: 'P-256', x, y };
}

function isForVerifying(jwk: JsonObject): boolean {
  const use = jwk['use'];
  const operations = jwk['key_ops'];
  return (
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}

function hasKnownType(jwk: JsonObject): boolean {
  return (
    (jwk['kty'] === 'EC' && jwk['crv'] === 'P-256') ||
    (jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519') ||
    jwk['kty'] === 'RSA'
  );
}

/** The members RFC 7638 §3.2 hashes (RFC 8037 §2 for OKP), which are also all that is imported. */
function requiredMembers(jwk: JsonObject): Record<string, string> | undefined {
  const { kty, crv, x, y, n, e } = jwk as Readonly<Record<string, Json | undefined>>;
  if (kty === 'EC' && crv === 'P-256') {
    return isBytes(x, 32) && isBytes(y, 32) ? { crv, kty, x, y } : undefined;
  }
  if (kty === 'OKP' && crv === 'Ed25519') return isBytes(x, 32) ? { crv, kty, x } : undefined;
  if (kty === 'RSA') return isBytes(n) && isBytes(e) ? { e, kty, n } : undefined;
  return undefined;
}

function isBytes(value: Json | undefined, length?: number): value is string {
  const bytes = typeof value === 'string' ? fromBase64url(value) : undefined;
  return bytes !== undefined && bytes.length > 0 && (length === undefined || bytes.length === length);
}

function importKey(jwk: Record<string, string>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}
