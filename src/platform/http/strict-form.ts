import type { Fault } from '../problems/gateway-problem.js';
import { pointerToken } from './strict-json.js';

/** A body that is an HTML form, as its bytes: read once the caller is known. */
export class FormBody {
  constructor(readonly bytes: Uint8Array) {}
}

/** What strict reading of a form gives: each parameter and its value, or the first fault. */
export type StrictForm =
  | { readonly read: 'value'; readonly value: Readonly<Record<string, string>> }
  | { readonly read: 'fault'; readonly fault: Fault };

const MOST_PARAMETERS = 50;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads `application/x-www-form-urlencoded` so that no two readers could see two things in it: every parameter once, escapes
 * whole, the text UTF-8 without NUL. Never throws.
 */
export function readStrictForm(bytes: Uint8Array): StrictForm {
  const value = new Map<string, string>();
  const text = decoded(bytes);
  if (text === undefined) return fault('', 'must be valid UTF-8');
  const pairs = text === '' ? [] : text.split('&');
  if (pairs.length > MOST_PARAMETERS) return fault('', `must not hold more than ${String(MOST_PARAMETERS)} parameters`);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = unescaped(at < 0 ? pair : pair.slice(0, at));
    const given = unescaped(at < 0 ? '' : pair.slice(at + 1));
    if (name === undefined || given === undefined) return fault('', 'must have every escape whole and in UTF-8');
    if (name === '') return fault('', 'must name every parameter');
    if ((name + given).includes('\0')) return fault('', 'must not contain NUL');
    if (value.has(name)) return fault(pointerToken(name), 'must not be given twice');
    value.set(name, given);
  }
  return { read: 'value', value: Object.fromEntries(value) };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function fault(pointer: string, detail: string): StrictForm {
  return { read: 'fault', fault: { pointer, detail } };
}
