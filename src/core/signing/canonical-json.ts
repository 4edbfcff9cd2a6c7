import type { Json } from '../vocabulary/json.js';

/**
 * Writes JSON in its canonical form: members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 *
 * Throws TypeError on what has no canonical form: a number that is not finite, a lone surrogate, `undefined`, anything that is not JSON.
 *
 * @see RFC 8785 §3.2
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('a number without a JSON form has no canonical form');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return canonicalString(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError('only JSON values have a canonical form');
  const members = Object.entries(value)
    // Sorting by code units is what `<` does; localeCompare would differ by machine.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

const utf8 = new TextEncoder();

/** The UTF-8 bytes of {@link canonicalJson}: what digests and signatures are taken over. */
export function canonicalBytes(value: Json): Uint8Array {
  return utf8.encode(canonicalJson(value));
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a string with a lone surrogate has no canonical form');
  return JSON.stringify(text);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
