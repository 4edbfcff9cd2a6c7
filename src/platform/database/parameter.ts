/** A parameter as it goes to the server: text, bytes, or NULL. */
export type Parameter = string | Uint8Array | null;

/**
 * Writes a value as the server reads it: bytes as they are, arrays as PostgreSQL arrays (8.15.6), objects as JSON, all else
 * as text. Absent is NULL.
 */
export function parameterOf(value: unknown): Parameter {
  switch (typeof value) {
    case 'string':
      return value;
    case 'undefined':
      return null;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      return Array.isArray(value) ? arrayOf(value) : JSON.stringify(value);
    case 'function':
    case 'symbol':
      throw new TypeError(`a ${typeof value} is no parameter of a statement`);
  }
}

function arrayOf(values: readonly unknown[]): string {
  return `{${values.map(elementOf).join(',')}}`;
}

function elementOf(value: unknown): string {
  if (Array.isArray(value)) return arrayOf(value);
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  const text = parameterOf(value);
  return text === null ? 'NULL' : `"${String(text).replace(/["\\]/g, '\\$&')}"`;
}
