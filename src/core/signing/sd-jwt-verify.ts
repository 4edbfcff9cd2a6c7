import type { KeyObject } from 'node:crypto';
import type { Json, JsonObject } from '../vocabulary/json.js';
import { fromBase64url } from './base64url.js';
import { isDigest, sha256Base64url } from './digest.js';
import { parsePublicJwk } from './jwk.js';
import { type JwsAlgorithm, type JwsFault, readJws, verifyJws } from './jws.js';
import { reservedNames } from './sd-jwt-issue.js';
import { isJsonObject, parseStrictJson, parseStrictObject } from './strict-json.js';

/** Why an SD-JWT is refused. `malformed` to `signature` are the issuer's JWS; `key-binding-` the holder's. */
export type SdJwtFault =
  | JwsFault
  /** `_sd_alg` is not `sha-256`, or stands elsewhere than at the root. */
  | 'sd-alg'
  /** A digest is not 32 bytes of base64url, or what holds digests has another shape. */
  | 'digest-malformed'
  /** A digest occurs twice in all. */
  | 'digest-repeated'
  /** A disclosure is not `[salt, name, value]` or `[salt, value]`. */
  | 'disclosure-malformed'
  /** A disclosure occurs twice. */
  | 'disclosure-repeated'
  /** No digest stands for a disclosure: it was added, or forged. */
  | 'disclosure-unreferenced'
  /** A member's disclosure stands in a list, or an element's in an object. */
  | 'disclosure-misplaced'
  /** A disclosed name has a meaning in the format. */
  | 'name-reserved'
  /** A disclosed name is one that the object has already. */
  | 'name-collides'
  | 'key-binding-missing'
  | 'key-binding-unexpected'
  /** `cnf` names no key that can be used. */
  | 'key-binding-key'
  | 'key-binding-malformed'
  | 'key-binding-signature'
  | 'key-binding-audience'
  | 'key-binding-nonce'
  /** It was made for other disclosures than these. */
  | 'key-binding-hash';

/** What a verifier demands of an SD-JWT. */
export interface SdJwtDemands {
  readonly typ: string;
  readonly algorithms: readonly JwsAlgorithm[];
  /** For whom and in which exchange the holder must have presented it; or that it carries no key binding. */
  readonly keyBinding: { readonly audience: string; readonly nonce: string } | 'absent';
}

/** A verified SD-JWT. */
export interface VerifiedSdJwt {
  readonly header: JsonObject;
  /** The claims, open and disclosed, as if nothing had been concealed; without `_sd`, `_sd_alg` and what was withheld. */
  readonly claims: JsonObject;
  /** When the holder presented it, in seconds since the epoch; undefined without key binding. */
  readonly presentedAt: number | undefined;
}

/** A verified SD-JWT, or the first fault. */
export type SdJwtResult =
  { readonly ok: true; readonly value: VerifiedSdJwt } | { readonly ok: false; readonly fault: SdJwtFault };

/**
 * Verifies an SD-JWT: the issuer's signature, that every disclosure is one the issuer hashed and stands where it was put,
 * and the holder's key binding.
 *
 * Does NOT check `iss`, `iat`, `exp` nor who owns the issuer's key: those are the caller's.
 *
 * @param issuerKey chosen by the header's `kid`; see {@link readJws} on the text before the first `~`
 * @returns the first fault; never throws on hostile input
 * @see RFC 9901 §7.1 and §7.3
 */
export function verifySdJwt(compact: string, issuerKey: KeyObject, demands: SdJwtDemands): SdJwtResult {
  const parts = splitSdJwt(compact);
  if (parts === undefined) return { ok: false, fault: 'malformed' };
  const issued = verifyJws(parts.jwt, issuerKey, demands);
  if (!issued.ok) return issued;
  const payload = parseStrictObject(issued.payload);
  if (payload === undefined) return { ok: false, fault: 'malformed' };
  try {
    const claims = openClaims(payload, parts.disclosures);
    const presentedAt = checkKeyBinding(parts, payload, demands.keyBinding);
    return { ok: true, value: { header: issued.header, claims, presentedAt } };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** What a key-binding JWT claims, unverified; undefined when there is none that can be read. Good for choosing what to demand, never for trusting. */
export function readKeyBinding(compact: string): { readonly audience: string; readonly nonce: string } | undefined {
  const keyBinding = splitSdJwt(compact)?.keyBinding ?? '';
  const payload = fromBase64url(readJws(keyBinding)?.encodedPayload ?? '.');
  const claims = payload === undefined ? undefined : parseStrictObject(payload);
  const audience = claims?.['aud'];
  const nonce = claims?.['nonce'];
  return typeof audience === 'string' && typeof nonce === 'string' ? { audience, nonce } : undefined;
}

interface SdJwtParts {
  readonly jwt: string;
  readonly disclosures: readonly string[];
  readonly keyBinding: string;
  /** All but the key binding: what `sd_hash` is taken over. */
  readonly presented: string;
}

function splitSdJwt(compact: string): SdJwtParts | undefined {
  const [jwt, ...rest] = compact.split('~');
  const keyBinding = rest.pop();
  if (jwt === undefined || keyBinding === undefined) return undefined;
  return { jwt, disclosures: rest, keyBinding, presented: compact.slice(0, compact.length - keyBinding.length) };
}

/** Carries a fault out of the recursion; caught by {@link verifySdJwt} alone. */
class Refused extends Error {
  constructor(readonly fault: SdJwtFault) {
    super(fault);
  }
}

type Opened =
  | { readonly kind: 'member'; readonly name: string; readonly value: Json }
  | { readonly kind: 'element'; readonly value: Json };

// A chain of disclosures can nest deeper than any one of them; a gateway's own are two deep.
const deepestNesting = 64;

function openClaims(payload: JsonObject, encoded: readonly string[]): JsonObject {
  const { _sd_alg: algorithm, ...rest } = payload;
  if (algorithm !== undefined && algorithm !== 'sha-256') throw new Refused('sd-alg');
  const disclosures = new Map<string, Opened>();
  for (const one of encoded) {
    const digest = sha256Base64url(one);
    if (disclosures.has(digest)) throw new Refused('disclosure-repeated');
    disclosures.set(digest, readDisclosure(one));
  }
  const opening = new Opening(disclosures);
  const claims = opening.object(rest, 0);
  if (opening.used < disclosures.size) throw new Refused('disclosure-unreferenced');
  return claims;
}

function readDisclosure(encoded: string): Opened {
  const bytes = fromBase64url(encoded);
  const content = bytes === undefined ? undefined : parseStrictJson(bytes);
  if (!Array.isArray(content)) throw new Refused('disclosure-malformed');
  const [salt, second, third] = content as readonly Json[];
  if (typeof salt !== 'string' || second === undefined) throw new Refused('disclosure-malformed');
  if (content.length === 2) return { kind: 'element', value: second };
  if (content.length !== 3 || typeof second !== 'string' || third === undefined)
    throw new Refused('disclosure-malformed');
  if (reservedNames.has(second)) throw new Refused('name-reserved');
  return { kind: 'member', name: second, value: third };
}

/** One walk through the claims, replacing digests by what was disclosed for them. */
class Opening {
  readonly #seen = new Set<string>();
  used = 0;

  constructor(private readonly disclosures: ReadonlyMap<string, Opened>) {}

  object(from: JsonObject, depth: number): JsonObject {
    if (Object.hasOwn(from, '_sd_alg')) throw new Refused('sd-alg');
    if (Object.hasOwn(from, '...')) throw new Refused('digest-malformed');
    const { _sd: digests, ...open } = from;
    const claims: Record<string, Json> = {};
    for (const [name, value] of Object.entries(open)) claims[name] = this.value(value, depth + 1);
    if (digests === undefined) return claims;
    if (!isList(digests)) throw new Refused('digest-malformed');
    for (const digest of digests) {
      const found = this.take(digest);
      if (found === undefined) continue;
      if (found.kind !== 'member') throw new Refused('disclosure-misplaced');
      if (Object.hasOwn(claims, found.name)) throw new Refused('name-collides');
      claims[found.name] = this.value(found.value, depth + 1);
    }
    return claims;
  }

  private value(from: Json, depth: number): Json {
    if (depth > deepestNesting) throw new Refused('malformed');
    if (isList(from)) return from.flatMap((element) => this.element(element, depth + 1));
    return isJsonObject(from) ? this.object(from, depth) : from;
  }

  private element(from: Json, depth: number): Json[] {
    if (!isJsonObject(from) || !Object.hasOwn(from, '...')) return [this.value(from, depth)];
    if (Object.keys(from).length !== 1) throw new Refused('digest-malformed');
    const found = this.take(from['...']);
    if (found === undefined) return [];
    if (found.kind !== 'element') throw new Refused('disclosure-misplaced');
    return [this.value(found.value, depth)];
  }

  private take(digest: Json | undefined): Opened | undefined {
    if (!isDigest(digest)) throw new Refused('digest-malformed');
    if (this.#seen.has(digest)) throw new Refused('digest-repeated');
    this.#seen.add(digest);
    const found = this.disclosures.get(digest);
    if (found !== undefined) this.used++;
    return found;
  }
}

function checkKeyBinding(
  { keyBinding, presented }: SdJwtParts,
  payload: JsonObject,
  demanded: SdJwtDemands['keyBinding'],
): number | undefined {
  if (demanded === 'absent') {
    if (keyBinding !== '') throw new Refused('key-binding-unexpected');
    return undefined;
  }
  if (keyBinding === '') throw new Refused('key-binding-missing');
  // The key is the one the issuer put there in the open: a disclosed `cnf` would let the holder choose.
  const confirmation = payload['cnf'];
  const holder = parsePublicJwk(isJsonObject(confirmation) ? confirmation['jwk'] : undefined, ['ES256']);
  if (!holder.ok) throw new Refused('key-binding-key');
  const verified = verifyJws(keyBinding, holder.value.key, { typ: 'kb+jwt', algorithms: ['ES256'] });
  if (!verified.ok)
    throw new Refused(verified.fault === 'signature' ? 'key-binding-signature' : 'key-binding-malformed');
  const claims = parseStrictObject(verified.payload);
  const iat = claims?.['iat'];
  if (claims === undefined || typeof iat !== 'number') throw new Refused('key-binding-malformed');
  if (claims['aud'] !== demanded.audience) throw new Refused('key-binding-audience');
  if (claims['nonce'] !== demanded.nonce) throw new Refused('key-binding-nonce');
  if (claims['sd_hash'] !== sha256Base64url(presented)) throw new Refused('key-binding-hash');
  return iat;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
