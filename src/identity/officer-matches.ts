import type { OfficerId } from '../core/vocabulary/ids.js';

/**
 * Whether a body names no other officer than the agency's signature does.
 *
 * Looks at the member `officer` of the root, a string or an object with an `id`; a body without one, or one that is no
 * JSON, passes, for the schema to judge. A key given twice is refused later, so what is seen here is what will be read.
 */
export function officerMatches(body: Uint8Array, officer: OfficerId): boolean {
  const named = officerNamedIn(body);
  return named === undefined || named === officer;
}

function officerNamedIn(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  try {
    const root: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
    const officer = memberOf(root, 'officer');
    return typeof officer === 'object' ? memberOf(officer, 'id') : officer;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
