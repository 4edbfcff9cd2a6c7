import type { Json } from '../vocabulary/json.js';

/**
 * Writes JSON in its canonical form: members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 *
 * Throws TypeError on what has no canonical form: a number that is not finite, a lone surrogate, `undefined`, anything that is not JSON.
 *
 * @see RFC 8785 §3.2
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') throw new TypeError('only JSON values have a canonical form');
  return isList(value) ? canonicalList(value) : canonicalObject(value);
}

const utf8 = new TextEncoder();

/** The UTF-8 bytes of {@link canonicalJson}: what digests and signatures are taken over. */
export function canonicalBytes(value: Json): Uint8Array {
  return utf8.encode(canonicalJson(value));
}

function canonicalObject(value: Readonly<Record<string, Json>>): string {
  let members = '';
  // Sorting without a comparison is by code units; localeCompare would differ by machine.
  for (const name of Object.keys(value).sort()) {
    members += `${members === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(value[name] as Json)}`;
  }
  return `{${members}}`;
}

function canonicalList(values: readonly Json[]): string {
  let items = '';
  for (const value of values) items += `${items === '' ? '' : ','}${canonicalJson(value)}`;
  return `[${items}]`;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('a number without a JSON form has no canonical form');
  return JSON.stringify(value);
}

/** Printable ASCII without quote and backslash: what JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a string with a lone surrogate has no canonical form');
  return JSON.stringify(text);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
