import type { Json, JsonObject } from '../vocabulary/json.js';

const deepestNesting = 32;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that can be read in one way only, as I-JSON (RFC 7493) asks.
 *
 * Refuses what two parsers may read differently: invalid UTF-8, a byte-order mark, a repeated member name, a lone surrogate,
 * a number that a double cannot hold exactly, nesting beyond 32, a member called `__proto__`.
 *
 * @returns undefined when refused; never throws on hostile input
 */
export function parseStrictJson(bytes: Uint8Array): Json | undefined {
  try {
    const text = decoder.decode(bytes);
    const value = JSON.parse(text) as Json;
    return isUnambiguous(value, text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As {@link parseStrictJson}, and the root must be an object. */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  const value = parseStrictJson(bytes);
  return isJsonObject(value) ? value : undefined;
}

/** Whether a JSON value is an object: neither null nor a list. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** INVARIANT: `value` is what JSON.parse made of `text`, so it has fewer names than were written only where one was repeated. */
function isUnambiguous(value: Json, text: string): boolean {
  const names = namesWrittenIn(text);
  if (membersOf(value, 0) !== names.length) return false;
  return !text.includes('\\') || isSame(namesIn(value), names.map(decoded));
}

// V8 12.8 and later may read an escaped name as another name, once it has read an object of that shape with the name `\`
// (nodejs/node#63785): so escapes are read here once more, a string for itself, and what comes out differently is refused.
function decoded(name: string): string {
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  const sorted = [...others].sort();
  return [...names].sort().every((name, index) => name === sorted[index]);
}

function namesIn(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isList(value)) return value.flatMap(namesIn);
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)]);
}

/** How many members a value has, those of what it holds included; NaN where any part of it could be read in two ways. */
function membersOf(value: Json, depth: number): number {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : NaN;
  if (typeof value === 'number') return isExact(value) ? 0 : NaN;
  if (value === null || typeof value === 'boolean') return 0;
  return depth === deepestNesting ? NaN : membersWithin(value, depth + 1);
}

function membersWithin(value: JsonObject | readonly Json[], depth: number): number {
  let members = 0;
  if (isList(value)) {
    for (const item of value) members += membersOf(item, depth);
    return members;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__' || !name.isWellFormed()) return NaN;
    members += 1 + membersOf(value[name] as Json, depth);
  }
  return members;
}

/** The names as they are written, escapes and all. Nothing that JSON.parse accepts has a colon after a string unless it is a name. */
function namesWrittenIn(text: string): readonly string[] {
  const names: string[] = [];
  for (let start = text.indexOf('"'); start !== -1;) {
    const after = afterString(text, start);
    let at = after;
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (text[at] === ':') names.push(text.slice(start + 1, after - 1));
    start = text.indexOf('"', at);
  }
  return names;
}

function afterString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

/** A quote after an odd number of backslashes belongs to the string. */
function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1;
  while (text[before] === '\\') before -= 1;
  return (quote - before) % 2 === 0;
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
