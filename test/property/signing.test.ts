import fc from 'fast-check';
import { fromBase64url, toBase64url } from '../../src/core/signing/base64url.js';
import { canonicalBytes, canonicalJson } from '../../src/core/signing/canonical-json.js';
import { openDisclosure, sealDisclosure } from '../../src/core/signing/disclosure.js';
import { signDetachedJws, signJws, verifyDetachedJws, verifyJws } from '../../src/core/signing/jws.js';
import { verifySdJwt } from '../../src/core/signing/sd-jwt-verify.js';
import { parseStrictJson } from '../../src/core/signing/strict-json.js';
import type { Category } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../../src/core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../src/core/vocabulary/json.js';
import { p256KeyPair } from '../unit/signing/agency-keys.js';
import { disclosureId, gateway, sealing, viewOf } from '../unit/signing/released-views.js';

const { publicKey, signer } = p256KeyPair();
const demands = { typ: 'receipt+jws', algorithms: ['ES256'] } as const;

const name = fc
  .string({ minLength: 1, maxLength: 12, unit: 'binary' })
  .filter((text) => text.isWellFormed() && !['__proto__', '_sd', '...', '_sd_alg'].includes(text));
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Number.isInteger(one)),
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(name, tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** Replaces one character by another that may stand in a compact form. */
function flip(text: string, at: number, by: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~';
  const index = at % text.length;
  const old = alphabet.indexOf(text.charAt(index));
  return (
    text.slice(0, index) +
    alphabet.charAt((old + 1 + (by % (alphabet.length - 1))) % alphabet.length) +
    text.slice(index + 1)
  );
}

it('base64url has one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(), fc.nat(), (bytes, at, by) => {
      const text = toBase64url(bytes);
      expect(fromBase64url(text)).toEqual(bytes);
      if (text === '') return;
      const other = fromBase64url(flip(text, at, by));
      expect(other === undefined || !Buffer.from(other).equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

it('canonical JSON is read back as it was, and does not depend on the order of members', () => {
  fc.assert(
    fc.property(json, (value) => {
      const written = canonicalJson(value);
      // -0 is written 0 (RFC 8785 §3.2.2.3), as JSON.stringify does.
      expect(parseStrictJson(canonicalBytes(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(written);
    }),
  );
});

function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

it('any flipped character of a JWS is refused', () => {
  const body = canonicalBytes({ a: 1 });
  const attached = signJws({ typ: 'receipt+jws', kid: 'k' }, { a: 1 }, signer);
  const detached = signDetachedJws({ typ: 'receipt+jws', kid: 'k' }, body, signer);
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (at, by) => {
      expect(verifyJws(flip(attached, at, by), publicKey, demands).ok).toBe(false);
      expect(verifyDetachedJws(flip(detached, at, by), body, publicKey, demands).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

it('a hostile text is refused, never thrown on', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `${text}.${text}.${text}~`),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      expect(verifyJws(text, publicKey, demands).ok).toBe(false);
      expect(verifySdJwt(text, publicKey, { ...demands, keyBinding: 'absent' }).ok).toBe(false);
    }),
  );
});

const leafNames = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const record = fc
  .record(
    Object.fromEntries(
      ['core-identity', 'injury-findings', 'health-summary'].map((category) => [
        category,
        fc.dictionary(fc.constantFrom(...leafNames), json, { minKeys: 1, maxKeys: 8, noNullPrototype: true }),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((one) => one as Record<string, Record<string, Json>>);
const expected = {
  issuer: 'https://gateway.example',
  recipient: 'northmoor-police' as AgencyId,
  disclosureId: disclosureId as DisclosureId,
};

it('opening what was sealed gives exactly the released leaves', () => {
  fc.assert(
    fc.property(record, (released) => {
      const { compact } = sealDisclosure(viewOf(released), sealing());
      const opened = openDisclosure(compact, gateway.publicKey, expected);
      expect(opened.ok && opened.value.record).toEqual(JSON.parse(JSON.stringify(released)));
    }),
    { numRuns: 60 },
  );
});

it('any flipped character of a disclosure is refused', () => {
  const { compact } = sealDisclosure(viewOf({ 'injury-findings': { a: 'ear', b: [{ site: 'arm' }] } }), sealing());
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (at, by) => {
      expect(openDisclosure(flip(compact, at, by), gateway.publicKey, expected).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

it('counts and sizes tell nothing of what was held or withheld', () => {
  fc.assert(
    fc.property(record, record, (one, other) => {
      const [ours, theirs] = [measures(one), measures(other)];
      // Nothing in the signed part follows from the content: any two records give it one length and 45 digests.
      expect([ours.digests, ours.signedLength]).toEqual([45, theirs.signedLength]);
      for (const [category, [digests, length]] of ours.categories) {
        expect(digests).toBe(sealing().shape.leavesOf.get(category));
        // Nor in a category's own disclosure: however many of its leaves were released, it is as long.
        expect([length, theirs.categories.get(category)?.[1] ?? length]).toEqual([length, length]);
      }
      expect([...ours.categories.keys()].sort()).toEqual(Object.keys(one).sort());
    }),
    { numRuns: 60 },
  );
});

interface Measures {
  readonly digests: number;
  readonly signedLength: number;
  /** For each category disclosed: its digests and the length of its disclosure. */
  readonly categories: ReadonlyMap<Category, readonly [number, number]>;
}

function measures(released: Record<string, Record<string, Json>>): Measures {
  const [jwt = '', ...parts] = sealDisclosure(viewOf(released), sealing()).compact.split('~');
  const { _sd: digests } = decode(jwt.split('.')[1] ?? '') as { _sd: string[] };
  const categories = parts.slice(0, -1).flatMap((part): [Category, [number, number]][] => {
    const [, name, within] = decode(part) as [string, string, JsonObject | null];
    // fast-check writes no `_sd` of its own, so only a category's disclosure has one.
    return Array.isArray(within?.['_sd']) ? [[name as Category, [within['_sd'].length, part.length]]] : [];
  });
  return { digests: digests.length, signedLength: jwt.length, categories: new Map(categories) };
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
