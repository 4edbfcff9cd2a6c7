import type { Json } from '../vocabulary/json.js';

/** JSON in its canonical form already: written as it stands wherever it is part of other JSON. Only {@link writtenOnce} makes one. */
export class WrittenJson {
  /** RFC 8785. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Writable = Json | WrittenJson | { readonly [name: string]: Writable };

/** Writes what is part of several things that are digested or sealed, so that it need not be written for each. */
export function writtenOnce(value: Json): WrittenJson {
  return new WrittenJson(canonicalJson(value));
}

/**
 * Writes JSON in its canonical form: members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 *
 * Throws TypeError on what has no canonical form: a number that is not finite, a lone surrogate, `undefined`, anything that is not JSON.
 *
 * @see RFC 8785 §3.2
 */
export function canonicalJson(value: Writable): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') throw new TypeError('only JSON values have a canonical form');
  if (value instanceof WrittenJson) return value.text;
  return isList(value) ? canonicalList(value) : canonicalObject(value);
}

const utf8 = new TextEncoder();

/** The UTF-8 bytes of {@link canonicalJson}: what digests and signatures are taken over. */
export function canonicalBytes(value: Writable): Uint8Array {
  return utf8.encode(canonicalJson(value));
}

function canonicalObject(value: Readonly<Record<string, Writable>>): string {
  let members = '';
  // Sorting without a comparison is by code units; localeCompare would differ by machine.
  for (const name of Object.keys(value).sort()) {
    members += `${members === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(value[name] as Writable)}`;
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

function isList(value: Writable): value is readonly Json[] {
  return Array.isArray(value);
}
