import type { Json } from '../../core/vocabulary/json.js';
import type { Fault } from '../problems/gateway-problem.js';

/** What strict reading gives: the value, or the first fault. */
export type StrictJson =
  { readonly read: 'value'; readonly value: Json } | { readonly read: 'fault'; readonly fault: Fault };

/** Objects and arrays within one another, the root counted. Deeper input is refused before it can exhaust a stack. */
export const MAX_DEPTH = 32;

const MAX_SIGNIFICANT_DIGITS = 17;
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON (RFC 8259) so that no two readers could see two things in it.
 *
 * Refuses what parsers disagree on or databases choke on: a byte order mark, invalid UTF-8, NUL, lone surrogates,
 * duplicate keys, numbers a double cannot carry (RFC 7493 §2), keys of JavaScript's prototype chain, depth over
 * {@link MAX_DEPTH}, and, unless `root` is `any`, a root that is not an object. Never throws.
 *
 * Not core's `parseStrictJson`, which says yes or no of a token that somebody signed: a caller is owed the place and the
 * remedy, and the database cannot hold NUL. One reader for both would be the longer of the two, in core.
 */
export function readStrictJson(bytes: Uint8Array, root: 'object' | 'any' = 'object'): StrictJson {
  try {
    const value = new Reader(decoded(bytes)).document();
    if (root === 'object' && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      throw new Refused('', 'the root must be a JSON object');
    }
    return { read: 'value', value };
  } catch (error) {
    if (error instanceof Refused) return { read: 'fault', fault: { pointer: error.pointer, detail: error.message } };
    throw error;
  }
}

const bodies = new WeakMap<Uint8Array, StrictJson>();

/** As {@link readStrictJson}, once for all who look into the same body. Neither its bytes nor what was read may be changed. */
export function readBody(bytes: Uint8Array): StrictJson {
  const before = bodies.get(bytes);
  if (before !== undefined) return before;
  const read = readStrictJson(bytes);
  bodies.set(bytes, read);
  return read;
}

/** One reference token of a JSON pointer, escaped (RFC 6901 §3). */
export function pointerToken(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

class Refused extends Error {
  constructor(
    readonly pointer: string,
    detail: string,
  ) {
    super(detail);
  }
}

function decoded(bytes: Uint8Array): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new Refused('', 'must be valid UTF-8');
  }
  if (text.startsWith('\uFEFF')) throw new Refused('', 'must not start with a byte order mark');
  return text;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WHITESPACE = /[ \t\n\r]*/y;
const SPACE = 0x20;
// Everything but the quote, the backslash and the control characters of RFC 8259 §7.
const PLAIN = /[^"\\\u0000-\u001F]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  private at = 0;
  private readonly path: (string | number)[] = [];

  constructor(private readonly text: string) {}

  document(): Json {
    this.skipWhitespace();
    const value = this.value();
    if (this.at < this.text.length) this.refuse('must end after one JSON value');
    return value;
  }

  private value(): Json {
    const start = this.text[this.at];
    let value: Json;
    if (start === '{') value = this.object();
    else if (start === '[') value = this.array();
    else if (start === '"') value = this.string();
    else if (start === 't') value = this.word('true', true);
    else if (start === 'f') value = this.word('false', false);
    else if (start === 'n') value = this.word('null', null);
    else value = this.number();
    this.skipWhitespace();
    return value;
  }

  private object(): Json {
    const members: Record<string, Json> = {};
    this.enter();
    if (this.took('}')) return members;
    do {
      const key = this.key(members);
      this.path.push(key);
      members[key] = this.value();
      this.path.pop();
    } while (this.took(','));
    if (!this.took('}')) this.refuse('must be valid JSON: expected `,` or `}`');
    return members;
  }

  private key(members: Record<string, Json>): string {
    if (this.text[this.at] !== '"') this.refuse('must be valid JSON: expected a key in double quotes');
    const key = this.string();
    if (REFUSED_KEYS.has(key)) this.refuse('this key is not allowed', key);
    if (Object.hasOwn(members, key)) this.refuse('must not be given twice', key);
    this.skipWhitespace();
    if (!this.took(':')) this.refuse('must be valid JSON: expected `:`', key);
    return key;
  }

  private array(): Json {
    const items: Json[] = [];
    this.enter();
    if (this.took(']')) return items;
    do {
      this.path.push(items.length);
      items.push(this.value());
      this.path.pop();
    } while (this.took(','));
    if (!this.took(']')) this.refuse('must be valid JSON: expected `,` or `]`');
    return items;
  }

  private enter(): void {
    if (this.path.length >= MAX_DEPTH) this.refuse(`must not nest deeper than ${String(MAX_DEPTH)}`);
    this.at += 1;
    this.skipWhitespace();
  }

  private string(): string {
    this.at += 1;
    let text = this.match(PLAIN);
    while (this.text[this.at] === '\\') text += this.escape() + this.match(PLAIN);
    if (this.text[this.at] !== '"')
      this.refuse('must be valid JSON: a string must be closed, its control characters escaped');
    this.at += 1;
    if (text.includes('\0')) this.refuse('must not contain NUL');
    if (!text.isWellFormed()) this.refuse('must not contain a lone surrogate');
    return text;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    const simple = ESCAPES[letter];
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse('must be valid JSON: unknown escape');
    this.at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private number(): number {
    const literal = this.match(NUMBER);
    if (literal === '') this.refuse('must be valid JSON: expected a value');
    const value = Number(literal);
    const mantissa = literal
      .replace(/[eE].*$/, '')
      .replace(/[-.]/g, '')
      .replace(/^0+/, '');
    const vanished = value === 0 && mantissa !== '';
    const significant = mantissa.replace(/0+$/, '').length;
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER || vanished || significant > MAX_SIGNIFICANT_DIGITS) {
      this.refuse('must be a number that a double carries exactly; send it as a string');
    }
    return value;
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.refuse('must be valid JSON: expected a value');
    this.at += word.length;
    return value;
  }

  private took(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    this.skipWhitespace();
    return true;
  }

  private skipWhitespace(): void {
    // Mostly there is none.
    if (this.text.charCodeAt(this.at) <= SPACE) this.match(WHITESPACE);
  }

  private match(pattern: RegExp): string {
    const start = this.at;
    pattern.lastIndex = start;
    if (pattern.test(this.text)) this.at = pattern.lastIndex;
    return this.text.slice(start, this.at);
  }

  private refuse(detail: string, key?: string): never {
    const path = key === undefined ? this.path : [...this.path, key];
    throw new Refused(path.map(pointerToken).join(''), detail);
  }
}
