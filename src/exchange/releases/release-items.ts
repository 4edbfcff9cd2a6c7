import type { Decision, ItemDecision } from '../../core/decision/decision.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { Category, ReasonCode } from '../../core/vocabulary/codes.js';
import type { Fetched, Item, ItemStatus } from '../items.js';

/** One category as it stands once a person has decided. */
export interface DecidedItem extends Omit<Item, 'text'> {
  /** Of its free text, where that was asked for. */
  readonly text?: 'released' | 'withheld' | 'in-review';
}

/** What was decided, by whom it may be told in which words. */
interface Decided {
  readonly decision: Decision;
  /** Absent where nothing was released. */
  readonly fetched?: Fetched | undefined;
  /** The officer's own words or code, by category. Told only where it is a code that may be shown. */
  readonly reasons: ReadonlyMap<Category, string>;
  readonly law: Pick<Catalogue, 'leaves' | 'reasons'>;
}

/** Each category asked, as the requester may see it after a person decided on what waited. */
export function decidedItems(answered: readonly Item[], decided: Decided): readonly DecidedItem[] {
  return answered.map((item) => decidedItem(item, decided));
}

function decidedItem(item: Item, decided: Decided): DecidedItem {
  const { category } = item;
  const choice = decided.decision.items.find((one) => one.category === category);
  const isOpen = item.status === 'in-review' || item.status === 'withheld' || item.status === 'unavailable';
  const status = isOpen ? statusAfter(item, choice, decided) : item.status;
  const text = textAfter(item, choice, decided);
  const reason = status === item.status && status !== 'withheld' ? item.reason : reasonFor(status, item, decided);
  const explanation = reason === undefined ? undefined : decided.law.reasons.get(reason as ReasonCode)?.explanation;
  return {
    category,
    status,
    ...(text !== undefined && { text }),
    ...(reason !== undefined && { reason }),
    ...(explanation !== undefined && { explanation }),
  };
}

/** What became of the coded leaves. A person who decides on nothing of a category leaves it withheld, or as it was. */
function statusAfter(item: Item, choice: ItemDecision | undefined, { fetched, law }: Decided): ItemStatus {
  const coded = choice?.leaves.filter((path) => law.leaves.get(path)?.kind === 'coded') ?? [];
  if (choice === undefined || coded.length === 0) return item.status === 'in-review' ? 'withheld' : item.status;
  const isReleased = coded.some((path) => fetched?.view.leaves.includes(path));
  if (!isReleased) return 'not-held';
  return choice.effect === 'minimise' ? 'minimised' : 'released';
}

function textAfter(item: Item, choice: ItemDecision | undefined, { fetched, law }: Decided): DecidedItem['text'] {
  const chosen = choice?.leaves.filter((path) => law.leaves.get(path)?.kind === 'text') ?? [];
  if (chosen.some((path) => fetched?.view.leaves.includes(path))) return 'released';
  return item.text === undefined ? undefined : 'withheld';
}

function reasonFor(status: ItemStatus, item: Item, { reasons, law }: Decided): string | undefined {
  switch (status) {
    case 'released':
      return undefined;
    case 'minimised':
      return 'minimised-for-purpose';
    case 'not-held':
      return 'not-held';
    case 'withheld': {
      const given = law.reasons.get(reasons.get(item.category) as ReasonCode);
      if (given?.shown === 'shown' && !given.restsOnSubject) return given.code;
      return item.status === 'withheld' ? item.reason : 'withheld';
    }
    case 'in-review':
    case 'unavailable':
      return item.reason;
  }
}

/** Whether nothing of what was asked is left out any more. */
export function isWhole(items: readonly DecidedItem[]): boolean {
  const isTold = (status: ItemStatus): boolean => status === 'released' || status === 'not-held';
  return items.every(({ status, text }) => isTold(status) && (text === undefined || text === 'released'));
}
