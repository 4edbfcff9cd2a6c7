import type { Decision, ItemDecision } from '../core/decision/decision.js';
import type { Catalogue } from '../core/law/catalogue.js';
import type { ReleasedView } from '../core/redaction/released-view.js';
import type { SourceAnswer, SourceRecord } from '../core/redaction/source-record.js';
import type { Category, ReasonCode } from '../core/vocabulary/codes.js';

/** What became of one category asked. `withheld` is not `not-held`, and `unavailable` is neither. */
export type ItemStatus = 'released' | 'minimised' | 'withheld' | 'not-held' | 'in-review' | 'unavailable';

/** One category of an answer, as the requester may see it. */
export interface Item {
  readonly category: Category;
  readonly status: ItemStatus;
  readonly text?: 'in-review';
  readonly reason?: string;
  readonly explanation?: string;
}

/** What was fetched and what of it is released; absent where nothing was fetched. */
export interface Fetched {
  readonly record: SourceRecord;
  readonly view: ReleasedView;
}

function statusOfFetched(item: ItemDecision, { record, view }: Fetched): ItemStatus {
  const answer: SourceAnswer = record.answers.get(item.category) ?? { status: 'unavailable' };
  switch (answer.status) {
    case 'unavailable':
    case 'not-held':
      return answer.status;
    case 'held':
      if (view.record[item.category] === undefined) return 'not-held';
      return item.effect === 'release' ? 'released' : 'minimised';
  }
}

function statusOf(item: ItemDecision, fetched: Fetched | undefined): ItemStatus {
  switch (item.effect) {
    case 'withhold':
      return 'withheld';
    case 'review':
      return 'in-review';
    case 'release':
    case 'minimise':
      return fetched === undefined ? 'unavailable' : statusOfFetched(item, fetched);
  }
}

/** A reason the requester may know, or the one that stands for all they may not. */
function shownReason(status: ItemStatus, reason: ReasonCode | undefined, law: Catalogue): ReasonCode | undefined {
  const entry = reason === undefined ? undefined : law.reasons.get(reason);
  switch (status) {
    case 'released':
      return undefined;
    case 'minimised':
      return reason;
    case 'not-held':
      return 'not-held' as ReasonCode;
    case 'unavailable':
      return 'source-unavailable' as ReasonCode;
    case 'in-review':
      return entry?.shown === 'shown' || (entry?.shown === 'in-review' && !entry.restsOnSubject)
        ? reason
        : ('person-decides' as ReasonCode);
    case 'withheld':
      return entry?.shown === 'shown' && !entry.restsOnSubject ? reason : ('withheld' as ReasonCode);
  }
}

/** What a reason means; where policy alone finds that too much was asked, what to ask for in its place as well. */
function explanationOf(
  category: Category,
  reason: ReasonCode | undefined,
  { findings }: Decision,
  law: Catalogue,
): string | undefined {
  const explanation = reason === undefined ? undefined : law.reasons.get(reason)?.explanation;
  const instead = law.categories.get(category)?.minimisedRemedy;
  const isFound = findings.some(({ outcome, categories }) => outcome === 'shut' && categories?.includes(category));
  if (explanation === undefined || instead === undefined || instead.reason !== reason || isFound) return explanation;
  return `${explanation.replace(/\.$/, '')}: ${instead.text}.`;
}

/** Each category asked, in the order asked, as the requester may see it. */
export function itemsOf(decision: Decision, law: Catalogue, fetched?: Fetched): readonly Item[] {
  return decision.items.map((item) => {
    const status = statusOf(item, fetched);
    const reason = shownReason(status, item.reason, law);
    const explanation = explanationOf(item.category, reason, decision, law);
    return {
      category: item.category,
      status,
      ...(item.text !== undefined && { text: item.text }),
      ...(reason !== undefined && { reason }),
      ...(explanation !== undefined && { explanation }),
    };
  });
}
