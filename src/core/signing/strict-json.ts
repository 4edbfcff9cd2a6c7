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
    return isUnambiguous(text) ? value : undefined;
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

// INVARIANT: `text` has been accepted by JSON.parse, so the scan only has to tell tokens apart, not to check grammar.
function isUnambiguous(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let nameComes = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const value = JSON.parse(text.slice(at, end)) as string;
      if (!value.isWellFormed()) return false;
      const names = open.at(-1);
      if (nameComes && names !== undefined) {
        if (names.has(value) || value === '__proto__') return false;
        names.add(value);
      }
      at = end - 1;
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > deepestNesting) return false;
      nameComes = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',') {
      nameComes = open.at(-1) !== undefined;
    } else if (character === ':') {
      nameComes = false;
    } else if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) {
      const end = endOfNumber(text, at);
      if (!isExact(text.slice(at, end))) return false;
      at = end - 1;
    }
  }
  return true;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && '+-.0123456789eE'.includes(text.charAt(at))) at++;
  return at;
}

function isExact(token: string): boolean {
  const value = Number(token);
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
