import { isListType, type Leaf } from '../core/law/leaf.js';
import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { LeafPath } from '../core/vocabulary/codes.js';
import type { Json } from '../core/vocabulary/json.js';

/** What DPA 2018 s.38 has a competent authority tell apart of each item: fact or opinion, who the person is in it, how sure. */
const MARKS = ['assertion', 'personAs', 'reliability'] as const;

/** Intelligence is graded instead of called reliable or not (3x5x2). */
const GRADES = ['sourceEvaluation', 'informationEvaluation'] as const;

/** Whether every item that has room for the marks carries all of them. */
export function isMarked(answer: SourceAnswer, leaves: ReadonlyMap<LeafPath, Leaf>): boolean {
  if (answer.status !== 'held') return true;
  return [...answer.leaves].every(([path, value]) => {
    const type = leaves.get(path)?.type;
    if (type === undefined || !isListType(type)) return true;
    const hasRoom = (column: string): boolean => Object.hasOwn(type.listOf, column);
    if (!MARKS.every(hasRoom)) return true;
    const isGraded = GRADES.every(hasRoom);
    return Array.isArray(value) && value.every((item: Json) => carriesMarks(item, isGraded));
  });
}

function carriesMarks(item: Json, isGraded: boolean): boolean {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  const carries = (column: string): boolean => Object.hasOwn(item, column);
  const isRated = carries('reliability') || (isGraded && GRADES.every(carries));
  return carries('assertion') && carries('personAs') && isRated;
}
