import { isJsonObject } from '../../core/signing/strict-json.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { valueAt } from './read-section.js';
import type { LeafShape, RestrictedMark } from './shape.js';

/** What a section's or an item's own mark says; what bears none says nothing. */
function bears({ member, harmless }: RestrictedMark, holder: Json): boolean {
  if (!isJsonObject(holder) || !Object.hasOwn(holder, member)) return false;
  const marked = holder[member];
  return marked === undefined || !harmless.has(marked);
}

/**
 * Whether a record as a whole is marked restricted. One that does not say is taken for one that is: a system that forgets to
 * must not tell where somebody hides.
 */
export function isRecordRestricted(mark: RestrictedMark | undefined, record: JsonObject): boolean {
  return mark === undefined || !Object.hasOwn(record, mark.member) || bears(mark, record);
}

/**
 * Whether a leaf's value stands in something that is marked restricted: the record, its section, or an item of its list.
 *
 * One item that is marked keeps back the whole list: the others would look like all there are.
 */
export function isRestricted(
  mark: RestrictedMark | undefined,
  record: JsonObject,
  section: Json,
  { value }: LeafShape,
): boolean {
  if (mark === undefined || isRecordRestricted(mark, record) || bears(mark, section)) return true;
  if ('one' in value) return false;
  const list = valueAt(section, value.within);
  return !Array.isArray(list) || (list as readonly Json[]).some((item) => bears(mark, item));
}
