import { isListType, type LeafType, type ScalarType } from '../law/catalogue.js';
import type { Json } from '../vocabulary/json.js';

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DEFAULT_TEXT_LENGTH = 10_000;

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
      return typeof value === 'string' && DATE.test(value);
    case 'instant':
      return typeof value === 'string' && INSTANT.test(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'decimal':
      return typeof value === 'number' && Number.isFinite(value);
  }
}

function copyItem(item: unknown, shape: Readonly<Record<string, ScalarType>>): Json | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const copy: Record<string, Json> = {};
  for (const [name, type] of Object.entries(shape)) {
    // Own properties only: a hostile prototype must not supply one.
    const value: unknown = Object.hasOwn(item, name) ? (item as Record<string, unknown>)[name] : undefined;
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
  for (const item of value as readonly unknown[]) {
    const copy = copyItem(item, type.listOf);
    if (copy === undefined) return undefined;
    items.push(copy);
  }
  return items;
}
