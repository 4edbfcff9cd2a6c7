import { isListType, type LeafType, type ScalarType } from '../law/leaf.js';
import type { Json } from '../vocabulary/json.js';

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DEFAULT_TEXT_LENGTH = 10_000;

/** 30 February is written like a date and is none. */
function isDayOfCalendar(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** An own property's plain value. A getter is code of the sender's, and gives nothing. */
function ownValue(holder: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, name)?.value;
}

function isScalar(value: unknown, type: ScalarType): value is string | number | boolean {
  switch (type.of) {
    case 'string':
    case 'text':
      return (
        typeof value === 'string' && value.isWellFormed() && value.length <= (type.maxLength ?? DEFAULT_TEXT_LENGTH)
      );
    case 'code':
      return (
        typeof value === 'string' &&
        value.length <= (type.maxLength ?? 64) &&
        (type.codes === undefined || type.codes.includes(value))
      );
    case 'date':
      return typeof value === 'string' && DATE.test(value) && isDayOfCalendar(value);
    case 'instant':
      return typeof value === 'string' && INSTANT.test(value) && isDayOfCalendar(value.slice(0, 10));
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'decimal':
      return Number.isFinite(value);
  }
}

function copyItem(item: unknown, shape: Readonly<Record<string, ScalarType>>): Json | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const copy: Record<string, Json> = {};
  for (const [name, type] of Object.entries(shape)) {
    // Own properties only: a hostile prototype must not supply one.
    const value = ownValue(item, name);
    if (value === undefined || value === null) continue;
    if (!isScalar(value, type)) return undefined;
    copy[name] = value;
  }
  return copy;
}

/**
 * Copies a leaf's value into fresh data of its declared type: closed items, own properties, nothing else.
 *
 * @returns undefined where any part is of another type, too long or too many; never throws on hostile input
 */
export function copyLeaf(value: unknown, type: LeafType): Json | undefined {
  if (!isListType(type)) return isScalar(value, type) ? value : undefined;
  if (!Array.isArray(value) || value.length > type.maxItems) return undefined;
  const items: Json[] = [];
  // By index: a list's own iterator would be code of the sender's too.
  for (let index = 0; index < value.length; index += 1) {
    const copy = copyItem(ownValue(value, String(index)), type.listOf);
    if (copy === undefined) return undefined;
    items.push(copy);
  }
  return items;
}
