import type { OfficerId } from '../core/vocabulary/ids.js';
import { readBody } from '../platform/http/strict-json.js';

/**
 * Whether a body names no other officer than the agency's signature does.
 *
 * Looks at the member `officer` of the root, a string or an object with an `id`; a body without one, or one that is no
 * strict JSON, passes, for the schema to judge. It is read by the reader that reads it for the schema, so that what is seen
 * here is what will be read: JSON.parse may take an escaped name for another (nodejs/node#63785).
 */
export function officerMatches(body: Uint8Array, officer: OfficerId): boolean {
  const named = officerNamedIn(body);
  return named === undefined || named === officer;
}

function officerNamedIn(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  const root = readBody(body);
  if (root.read === 'fault') return undefined;
  const officer = memberOf(root.value, 'officer');
  return typeof officer === 'object' ? memberOf(officer, 'id') : officer;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
