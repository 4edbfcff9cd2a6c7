import type { Catalogue } from '../../core/law/catalogue.js';
import type { Category } from '../../core/vocabulary/codes.js';
import type { Item } from '../items.js';

/**
 * The categories of an answer that are left to a person: what is in review, its free text, and what only two people may
 * release. The last is withheld toward the requester, who does not learn that anybody looks.
 */
export function whatWaits(items: readonly Item[], law: Pick<Catalogue, 'categories'>): readonly Category[] {
  return items
    .filter(
      ({ category, status, text }) =>
        status === 'in-review' || text === 'in-review' || law.categories.get(category)?.twoPersonRelease === true,
    )
    .map(({ category }) => category);
}

/** The categories whose coded leaves the answer has told of already. */
export function answeredIn(items: readonly Item[]): ReadonlySet<Category> {
  const isAnswered = ({ status }: Item): boolean => ['released', 'minimised', 'not-held'].includes(status);
  return new Set(items.filter(isAnswered).map(({ category }) => category));
}
