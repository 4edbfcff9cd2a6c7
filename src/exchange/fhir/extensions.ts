import type { Json, JsonObject } from '../../core/vocabulary/json.js';

/** An extension's value, or what it is made of (FHIR R4 2.1.10). */
interface Extension {
  readonly url: string;
  readonly extension?: readonly Extension[] | undefined;
  readonly [value: string]: unknown;
}

type Scalar = string | number | boolean;

const TEXTS = new Set([
  'valueString',
  'valueCode',
  'valueId',
  'valueUri',
  'valueDate',
  'valueDateTime',
  'valueInstant',
  'valueMarkdown',
]);
const NUMBERS = new Set(['valueInteger', 'valueDecimal', 'valuePositiveInt', 'valueUnsignedInt']);

/** The one value of an extension that has no others within it; undefined for any other, or a value of a type that is not taken. */
export function scalarOf(extension: Extension): Scalar | undefined {
  const members = Object.keys(extension).filter((key) => key !== 'url' && key !== 'id');
  const [member] = members;
  if (member === undefined || members.length > 1) return undefined;
  const value = extension[member];
  if (typeof value === 'string' && value !== '' && TEXTS.has(member)) return value;
  if (typeof value === 'number' && NUMBERS.has(member)) return value;
  return typeof value === 'boolean' && member === 'valueBoolean' ? value : undefined;
}

/** An extension that holds one value. */
export function scalarExtension(url: string, value: Scalar): JsonObject {
  if (typeof value === 'boolean') return { url, valueBoolean: value };
  if (typeof value === 'string') return { url, valueString: value };
  const isInteger = Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  return isInteger ? { url, valueInteger: value } : { url, valueDecimal: value };
}

/**
 * Any JSON as extensions, for what FHIR has no element of its own: a list as the same extension again, an object as
 * extensions within one, null and empty ones not at all.
 */
export function extensionsOf(url: string, value: Json): readonly JsonObject[] {
  if (value === null) return [];
  if (typeof value !== 'object') return value === '' ? [] : [scalarExtension(url, value)];
  if (Array.isArray(value)) return value.flatMap((item: Json) => extensionsOf(url, item));
  const within = Object.entries(value as JsonObject).flatMap(([name, member]) => extensionsOf(name, member));
  return within.length === 0 ? [] : [{ url, extension: within }];
}

/** The members of an extension that is an object of single values; undefined where it is anything else, or names one twice. */
export function membersOf(outer: Extension): ReadonlyMap<string, Scalar> | undefined {
  const { extension } = outer;
  const isClosed = Object.keys(outer).every((key) => ['url', 'id', 'extension'].includes(key));
  if (extension === undefined || !isClosed) return undefined;
  const members = new Map<string, Scalar>();
  for (const inner of extension) {
    const value = scalarOf(inner);
    if (value === undefined || members.has(inner.url)) return undefined;
    members.set(inner.url, value);
  }
  return members;
}
