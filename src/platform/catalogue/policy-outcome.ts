import type { CompiledPolicy } from '../../core/decision/policy-ability.js';
import type { Bar, Catalogue } from '../../core/law/catalogue.js';
import type { Leaf } from '../../core/law/leaf.js';
import { isInForceOn } from '../../core/law/in-force.js';
import type { Category, Jurisdiction, LeafPath, Purpose, SubjectRole, TeamKind } from '../../core/vocabulary/codes.js';
import type { CivilDate } from '../../core/vocabulary/time.js';

/** What policy says of a category: permit, minimise, review, deny, or behind a bar that stands for everyone. */
export type PolicyOutcome = 'P' | 'M' | 'R' | 'D' | 'X';

/** Who would tell whom, for what, about someone in what part, and when. */
export interface PolicyQuestion {
  readonly purpose: Purpose;
  readonly from: TeamKind;
  readonly to: TeamKind;
  readonly subjectRole: SubjectRole;
  readonly on: CivilDate;
  /** Whose law: the nation of the one who holds the information. */
  readonly nation: Jurisdiction;
}

/**
 * What policy alone says of one category, and the leaves it would release without a person: the cell of the matrix.
 *
 * Knows no fact about anyone: bars raised by a protection, involvement, consent and agreements come on top and only narrow.
 */
export function policyOutcome(
  policy: CompiledPolicy,
  catalogue: Catalogue,
  question: PolicyQuestion,
  category: Category,
): { readonly outcome: PolicyOutcome; readonly leaves: readonly LeafPath[] } {
  if (isBarred(catalogue, question, category)) return { outcome: 'X', leaves: [] };
  const only = catalogue.subjectRoles.get(question.subjectRole)?.onlyCategories;
  if (only !== undefined && !only.includes(category)) return { outcome: 'D', leaves: [] };
  const cells = policy.cellsFor(question, { day: question.on, nation: question.nation });
  const leaves = catalogue.categories.get(category)?.leaves ?? [];
  const among = (granted: ReadonlySet<LeafPath>): readonly LeafPath[] =>
    leaves.filter((leaf: Leaf) => granted.has(leaf.path)).map(({ path }) => path);
  const released = among(cells.release);
  if (released.length > 0) return { outcome: 'P', leaves: released };
  const minimised = among(cells.minimise);
  if (minimised.length > 0) return { outcome: 'M', leaves: minimised };
  return { outcome: among(cells.review).length > 0 ? 'R' : 'D', leaves: [] };
}

function isBarred(catalogue: Catalogue, question: PolicyQuestion, category: Category): boolean {
  if (catalogue.categories.get(category)?.cannotBeAsked === true) return true;
  return [...catalogue.bars.values()].some(
    (bar) => standsForEveryone(bar, question) && bar.categories.includes(category),
  );
}

function standsForEveryone(bar: Bar, { purpose, from, to, on, nation }: PolicyQuestion): boolean {
  return (
    bar.protectionKinds.length === 0 &&
    bar.jurisdictions.includes(nation) &&
    isInForceOn(bar, on) &&
    (bar.purposes?.includes(purpose) ?? true) &&
    (bar.sources?.includes(from) ?? true) &&
    (bar.recipients?.includes(to) ?? true)
  );
}
