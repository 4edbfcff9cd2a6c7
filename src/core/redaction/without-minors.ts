import { isListType, type Leaf } from '../law/leaf.js';
import type { LeafPath } from '../vocabulary/codes.js';
import type { Json } from '../vocabulary/json.js';
import type { CivilDate } from '../vocabulary/time.js';
import type { SourceAnswer } from './source-record.js';

/** The category that says who else is where somebody is. */
const WHO_ELSE = 'household';

/** The day on which somebody has to have been born, at the latest, to be 18 on a day. */
function eighteenYearsBefore(day: CivilDate): string {
  const [year, ...rest] = day.split('-');
  return [String(Number(year) - 18).padStart(4, '0'), ...rest].join('-');
}

function isGrownUp(item: Json, bornBy: string): boolean {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  const birthDate = Object.getOwnPropertyDescriptor(item, 'birthDate')?.value as Json | undefined;
  return typeof birthDate === 'string' && birthDate <= bornBy;
}

/** What of one list may stay: those known to be grown up. A list that cannot tell who is, says nothing. */
function grownUpOf(value: Json, { type }: Leaf, bornBy: string): Json | undefined {
  if (!isListType(type) || !Object.hasOwn(type.listOf, 'birthDate') || !Array.isArray(value)) return undefined;
  const kept = (value as readonly Json[]).filter((item) => isGrownUp(item, bornBy));
  return kept.length === 0 ? undefined : kept;
}

/**
 * Leaves of an answer's household nobody but those who are known to be grown up: the guard of the joined response (domain.md
 * 4.2, rule 7). In answer to an address each child is told of or is not, by a decision of their own, and the record of one
 * must not name the other. Always so, whether anyone is kept back or not, or the gap would tell.
 *
 * What is left empty is `unavailable`, never `not-held`: so is a household of which nothing is recorded.
 *
 * @param on the day as of which somebody is 18
 */
export function withoutMinors(answer: SourceAnswer, leaves: ReadonlyMap<LeafPath, Leaf>, on: CivilDate): SourceAnswer {
  if (answer.status !== 'held') return answer;
  const bornBy = eighteenYearsBefore(on);
  const kept = new Map<LeafPath, Json>();
  for (const [path, value] of answer.leaves) {
    const leaf = leaves.get(path);
    const left = leaf?.category === WHO_ELSE ? grownUpOf(value, leaf, bornBy) : value;
    if (left !== undefined) kept.set(path, left);
  }
  if (kept.size > 0) return { ...answer, leaves: kept };
  const { keptBack } = answer;
  return { status: 'unavailable', ...(keptBack !== undefined && { keptBack }) };
}
