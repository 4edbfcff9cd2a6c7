import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import { isJsonObject } from '../../core/signing/strict-json.js';
import type { Json } from '../../core/vocabulary/json.js';
import { isOfPeriod, type Period } from '../dated-items.js';
import type { LeafShape, Take } from './shape.js';
import { transformed, type Transformed } from './transforms.js';

/** Whether a section says that there is nothing: null, an empty list, an empty object. */
export function isNothing(section: Json): boolean {
  return section === null || (typeof section === 'object' && Object.keys(section).length === 0);
}

/** The value at the end of the steps, of own members alone. Null is nothing; a step into what is no object is wrong. */
function at(value: Json, steps: readonly string[]): Transformed {
  let found: Json | undefined = value;
  for (const step of steps) {
    if (found === undefined || found === null) return { value: undefined };
    if (!isJsonObject(found)) return 'wrong-type';
    found = Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return { value: found ?? undefined };
}

/** What is taken of a holder; `wrong-type` where it is not what the shape says. */
export function taken({ from, as, codes, always }: Take, holder: Json): Transformed {
  if (always !== undefined) return { value: always };
  const found = at(holder, from);
  if (found === 'wrong-type' || found.value === undefined) return found;
  const made = transformed(as, found.value);
  if (made === 'wrong-type' || codes === undefined || typeof made.value !== 'string') return made;
  return { value: codes.get(made.value) };
}

/** What stands at the end of the steps, of own members alone; undefined where nothing does. */
export function valueAt(section: Json, steps: readonly string[]): Json | undefined {
  const found = at(section, steps);
  return found === 'wrong-type' ? undefined : found.value;
}

type ListShape = Extract<LeafShape['value'], { readonly each: unknown }>;

function itemOf({ each }: ListShape, element: Json): Readonly<Record<string, Json>> | 'wrong-type' {
  if (!isJsonObject(element)) return 'wrong-type';
  const item: Record<string, Json> = {};
  for (const [column, take] of Object.entries(each)) {
    const read = taken(take, element);
    if (read === 'wrong-type') return 'wrong-type';
    if (read.value !== undefined) item[column] = read.value;
  }
  return item;
}

function listOf(shape: ListShape, section: Json, period: Period): Transformed {
  const { dated } = shape;
  const found = at(section, shape.within);
  if (found === 'wrong-type' || found.value === undefined) return found;
  if (!Array.isArray(found.value)) return 'wrong-type';
  const items: Readonly<Record<string, Json>>[] = [];
  for (const element of found.value as readonly Json[]) {
    const item = itemOf(shape, element);
    if (item === 'wrong-type') return 'wrong-type';
    const isWanted = dated === undefined ? Object.keys(item).length > 0 : isOfPeriod(item, dated, period);
    if (isWanted) items.push(item);
  }
  return { value: items.length === 0 ? undefined : items };
}

/**
 * Reads one leaf from its category's section, within a period, copied into fresh data of the catalogue's type.
 *
 * @returns no value where nothing is held; `wrong-type` where what is there is not what the shape says, too long or too much
 */
export function readLeaf({ leaf, value }: LeafShape, section: Json, period: Period): Transformed {
  const read = 'one' in value ? taken(value.one, section) : listOf(value, section, period);
  if (read === 'wrong-type' || read.value === undefined) return read;
  const copy = copyLeaf(read.value, leaf.type);
  return copy === undefined ? 'wrong-type' : { value: copy };
}
