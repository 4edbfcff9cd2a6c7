import type { Category } from '../vocabulary/codes.js';
import type { Decision, ItemDecision } from './decision.js';

/** What became of an ask, or of one category of it, in the words of a reader. */
export type Fate =
  | 'answered'
  | 'waits for a person'
  | 'refused with reasons'
  | 'refused in silence'
  | 'released'
  | 'minimised'
  | 'in review'
  | 'withheld';

/** One outcome that differs between two decisions of the same facts. */
export interface Flip {
  /** Absent: the ask as a whole. */
  readonly category?: Category;
  readonly from: Fate;
  readonly to: Fate;
  /** Where the word is the same and what would pass is not. */
  readonly leaves?: 'fewer' | 'more' | 'others';
  /** Where the category is decided alike, and whether its free text waits for a person is not. */
  readonly text?: 'waits no more' | 'waits as well';
}

function fateOfAsk(decision: Decision): Fate {
  switch (decision.effect) {
    case 'permit':
      return 'answered';
    case 'review':
      return 'waits for a person';
    case 'refuse':
      return decision.ground.kind === 'silent' ? 'refused in silence' : 'refused with reasons';
  }
}

function fateOf({ effect }: ItemDecision): Fate {
  switch (effect) {
    case 'release':
      return 'released';
    case 'minimise':
      return 'minimised';
    case 'review':
      return 'in review';
    case 'withhold':
      return 'withheld';
  }
}

function leavesBetween(before: ItemDecision, after: ItemDecision): Flip['leaves'] {
  const had = new Set(before.leaves);
  const has = new Set(after.leaves);
  const lost = had.difference(has).size > 0;
  const gained = has.difference(had).size > 0;
  if (lost && gained) return 'others';
  if (lost) return 'fewer';
  return gained ? 'more' : undefined;
}

function textBetween(before: ItemDecision, after: ItemDecision): Flip['text'] {
  if (before.text === after.text) return undefined;
  return after.text === undefined ? 'waits no more' : 'waits as well';
}

function flipOfItem(before: ItemDecision, after: ItemDecision): Flip | undefined {
  const { category } = before;
  const [from, to] = [fateOf(before), fateOf(after)];
  if (from !== to) return { category, from, to };
  const leaves = leavesBetween(before, after);
  const text = textBetween(before, after);
  if (leaves === undefined && text === undefined) return undefined;
  return { category, from, to, ...(leaves !== undefined && { leaves }), ...(text !== undefined && { text }) };
}

/**
 * What would come out otherwise: the ask as a whole, and each category of it. Empty where both decide alike, whatever they
 * rest it on.
 *
 * Both must be decisions of the same facts, so that their items are of the same categories in the same order.
 */
export function flipsBetween(before: Decision, after: Decision): readonly Flip[] {
  const [from, to] = [fateOfAsk(before), fateOfAsk(after)];
  const ofItems = before.items.flatMap((item, index) => {
    const other = after.items[index];
    const flip = other === undefined ? undefined : flipOfItem(item, other);
    return flip === undefined ? [] : [flip];
  });
  return from === to ? ofItems : [{ from, to }, ...ofItems];
}
