import { isJsonObject } from '../../core/signing/strict-json.js';
import type { Obligation } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { HandlingShape } from './shape.js';

/** As deep as a part of a record is looked through: its lists, their items, and what stands in those. */
const DEPTH = 4;

function codesIn(value: Json | undefined): readonly string[] | 'wrong-type' {
  if (value === undefined || value === null) return [];
  const given: readonly Json[] = Array.isArray(value) ? value : [value];
  return given.every((code) => typeof code === 'string') ? given : 'wrong-type';
}

/**
 * The conditions a system puts on a part of a record: on the part, and on each item of it, whether of the period or not.
 *
 * @returns `wrong-type` for a code that the mapping does not know: what cannot be obeyed is not passed on
 */
export function readHandling(
  { member, codes }: HandlingShape,
  section: Json,
  depth = DEPTH,
): readonly Obligation[] | 'wrong-type' {
  if (typeof section !== 'object' || section === null || depth === 0) return [];
  const found = new Set<Obligation>();
  if (isJsonObject(section)) {
    const given = codesIn(Object.hasOwn(section, member) ? section[member] : undefined);
    if (given === 'wrong-type') return given;
    for (const code of given) {
      const condition = codes.get(code);
      if (condition === undefined) return 'wrong-type';
      found.add(condition);
    }
  }
  for (const inner of Object.values(section) as readonly Json[]) {
    const below = readHandling({ member, codes }, inner, depth - 1);
    if (below === 'wrong-type') return below;
    for (const condition of below) found.add(condition);
  }
  return [...found].sort();
}
