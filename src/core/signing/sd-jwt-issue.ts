import type { Json, JsonObject } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';
import { toBase64url } from './base64url.js';
import { canonicalJson } from './canonical-json.js';
import { sha256Base64url } from './digest.js';
import { signJws } from './jws.js';
import type { Es256Signer } from './signer.js';

/** A claim as its issuer sees it: what stands open and what is concealed behind a digest. */
export type Claim =
  | { readonly kind: 'value'; readonly value: Json }
  | {
      readonly kind: 'object';
      readonly open: Readonly<Record<string, Claim>>;
      readonly concealed: Readonly<Record<string, Claim>>;
      /** How many digests the object carries in all, decoys making up the difference: the number then says nothing of what there was. */
      readonly digests: number;
    }
  | {
      readonly kind: 'list';
      readonly elements: readonly { readonly concealed: boolean; readonly claim: Claim }[];
      readonly decoys: number;
    };

/** A source of unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** Of a salt (RFC 9901 §9.3), and of what a decoy is the digest of. */
const SALT_BYTES = 16;

/** A concealed claim in the open: as sensitive as the claim itself. */
export interface Disclosure {
  /** Member names and list positions from the root. */
  readonly path: readonly (string | number)[];
  /** base64url of `[salt, name, value]`, or of `[salt, value]` for an element of a list. */
  readonly encoded: string;
}

/** What an issuer gives its holder: the signed JWT and every disclosure it has digests for. */
export interface IssuedSdJwt {
  readonly jwt: string;
  readonly disclosures: readonly Disclosure[];
}

/**
 * Issues an SD-JWT whose concealed claims are nested: to open an inner one, the outer one must be opened too.
 *
 * Digests are sorted, so their order says nothing. Throws RangeError when an object has more concealed members than digests,
 * TypeError on a reserved name.
 *
 * @param header `typ`, and `kid` as the verifier wants it
 * @param root the claims; must be of kind `object`
 * @see RFC 9901 §4.2 and §6.3
 */
export function issueSdJwt(
  header: JsonObject & { readonly typ: string },
  root: Claim & { readonly kind: 'object' },
  random: RandomBytes,
  signer: Es256Signer,
): IssuedSdJwt {
  const disclosures: Disclosure[] = [];
  const payload = conceal(root, [], { salt: saltsFrom(random, digestsIn(root)), disclosures });
  return { jwt: signJws(header, { ...(payload as JsonObject), _sd_alg: 'sha-256' }, signer), disclosures };
}

/**
 * Presents an SD-JWT with the disclosures chosen and those they rest on, without key binding.
 *
 * @param isChosen asked for the path of each concealed claim
 * @see RFC 9901 §7.2
 */
export function presentSdJwt(issued: IssuedSdJwt, isChosen: (path: readonly (string | number)[]) => boolean): string {
  const chosen = issued.disclosures.filter(({ path }) => isChosen(path));
  const shown = issued.disclosures.filter(({ path }) => chosen.some((one) => isWithin(one.path, path)));
  return [issued.jwt, ...shown.map(({ encoded }) => encoded), ''].join('~');
}

/** What a key-binding JWT says: for whom, in which exchange, when. */
export interface KeyBindingClaims {
  readonly audience: string;
  readonly nonce: string;
  readonly at: Instant;
}

/**
 * Binds a presentation to one audience and one exchange with the holder's key, which is that of the SD-JWT's `cnf`.
 *
 * @param presented ends in `~`
 * @see RFC 9901 §4.3
 */
export function bindToKey(presented: string, claims: KeyBindingClaims, holder: Es256Signer): string {
  const keyBinding = signJws(
    { typ: 'kb+jwt' },
    {
      iat: Math.floor(epochMillisecondsOf(claims.at) / 1000),
      aud: claims.audience,
      nonce: claims.nonce,
      sd_hash: sha256Base64url(presented),
    },
    holder,
  );
  return presented + keyBinding;
}

interface Concealing {
  /** Gives 16 unpredictable bytes, each time others. */
  readonly salt: () => Uint8Array;
  readonly disclosures: Disclosure[];
}

/** How many digests a claim comes to, decoys among them: each takes a salt. */
function digestsIn(claim: Claim): number {
  switch (claim.kind) {
    case 'value':
      return 0;
    case 'object':
      return [...Object.values(claim.open), ...Object.values(claim.concealed)].reduce(
        (sum, inner) => sum + digestsIn(inner),
        claim.digests,
      );
    case 'list':
      return claim.elements.reduce(
        (sum, { concealed, claim: inner }) => sum + (concealed ? 1 : 0) + digestsIn(inner),
        claim.decoys,
      );
  }
}

/** So many salts of one drawing: each drawing costs as much as a digest. */
function saltsFrom(random: RandomBytes, count: number): () => Uint8Array {
  const drawn = random(count * SALT_BYTES);
  let given = 0;
  return () => {
    if (given === count) throw new RangeError('more salts are needed than claims were counted');
    const salt = drawn.subarray(given * SALT_BYTES, (given + 1) * SALT_BYTES);
    given += 1;
    return salt;
  };
}

function conceal(claim: Claim, path: Disclosure['path'], to: Concealing): Json {
  switch (claim.kind) {
    case 'value':
      refuseReservedWithin(claim.value);
      return claim.value;
    case 'object':
      return concealMembers(claim, path, to);
    case 'list':
      return concealElements(claim, path, to);
  }
}

function concealMembers(claim: Claim & { kind: 'object' }, path: Disclosure['path'], to: Concealing): Json {
  const concealed = Object.entries(claim.concealed);
  if (concealed.length > claim.digests) throw new RangeError('an object has more concealed members than digests');
  const members: Record<string, Json> = {};
  for (const [name, open] of Object.entries(claim.open)) {
    refuseReserved(name);
    members[name] = conceal(open, [...path, name], to);
  }
  if (claim.digests === 0) return members;
  const digests = concealed.map(([name, inner]) => {
    refuseReserved(name);
    if (Object.hasOwn(members, name)) throw new TypeError('a claim is both open and concealed');
    const here = [...path, name];
    return disclose([toBase64url(to.salt()), name, conceal(inner, here, to)], here, to);
  });
  while (digests.length < claim.digests) digests.push(decoy(to));
  return { ...members, _sd: digests.sort() };
}

function concealElements(claim: Claim & { kind: 'list' }, path: Disclosure['path'], to: Concealing): Json {
  const elements = claim.elements.map(({ concealed, claim: inner }, index) => {
    const here = [...path, index];
    const value = conceal(inner, here, to);
    return concealed ? { '...': disclose([toBase64url(to.salt()), value], here, to) } : value;
  });
  return [...elements, ...Array.from({ length: claim.decoys }, () => ({ '...': decoy(to) }))];
}

function disclose(content: Json, path: Disclosure['path'], to: Concealing): string {
  const encoded = Buffer.from(canonicalJson(content)).toString('base64url');
  to.disclosures.push({ path, encoded });
  return sha256Base64url(encoded);
}

// RFC 9901 §4.2.5: a digest over random bytes cannot be told from the digest of a disclosure.
function decoy({ salt }: Concealing): string {
  return sha256Base64url(salt());
}

function refuseReserved(name: string): void {
  if (reservedNames.has(name)) throw new TypeError('a claim bears a name that SD-JWT reserves');
}

// A plain value that looked like digests would be opened as such by every verifier.
function refuseReservedWithin(value: Json): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) Object.keys(value).forEach(refuseReserved);
  Object.values(value).forEach(refuseReservedWithin);
}

/** Names no claim may bear: those with a meaning in the format (RFC 9901 §4.2.1), and the one that is no ordinary member in JavaScript. */
export const reservedNames: ReadonlySet<string> = new Set(['_sd', '...', '_sd_alg', '__proto__']);

function isWithin(path: Disclosure['path'], outer: Disclosure['path']): boolean {
  return outer.length <= path.length && outer.every((step, index) => step === path[index]);
}
