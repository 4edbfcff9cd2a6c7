import type { CategoryEntry } from '../law/catalogue.js';
import type { Leaf } from '../law/leaf.js';
import type { Category, LeafPath, ReasonCode } from '../vocabulary/codes.js';
import { isAgreed, itemsAgreed } from './checks/agreement-honoured.js';
import type { DecisionContext } from './context.js';
import { isNamedBy, overrideOf } from './emergency.js';
import type { Finding, ItemDecision, OverrideUsed } from './decision.js';
import type { Facts } from './facts.js';
import type { PolicyCells } from './policy-ability.js';

const reason = (code: string): ReasonCode => code as ReasonCode;

/** What cells let pass of one category. */
interface CellsOfCategory {
  readonly released: readonly Leaf[];
  readonly minimised: readonly Leaf[];
  readonly isReviewed: boolean;
}

/** By policy and category alone, and so remembered: cells and entries never change. */
const cellsByCategory = new WeakMap<PolicyCells, WeakMap<CategoryEntry, CellsOfCategory>>();

function cellsOf(entry: CategoryEntry, permitted: PolicyCells): CellsOfCategory {
  const known = cellsByCategory.get(permitted) ?? new WeakMap<CategoryEntry, CellsOfCategory>();
  cellsByCategory.set(permitted, known);
  const remembered = known.get(entry);
  if (remembered !== undefined) return remembered;
  const coded = entry.leaves.filter(({ kind }) => kind === 'coded');
  const cells = {
    released: coded.filter(({ path }) => permitted.release.has(path)),
    minimised: coded.filter(({ path }) => permitted.minimise.has(path)),
    isReviewed: entry.leaves.some(({ path }) => permitted.review.has(path)),
  };
  known.set(entry, cells);
  return cells;
}

/** What is looked up for every category of an ask, found once. */
interface Asked {
  readonly context: DecisionContext;
  readonly permitted: PolicyCells;
  readonly override: OverrideUsed | undefined;
  readonly agreed: ReturnType<typeof itemsAgreed>;
  readonly questions: ReadonlyMap<Category, Facts['ask']['questions']>;
}

/** What policy alone gives a category, before any finding narrows it. */
function byPolicy(entry: CategoryEntry, asked: Asked): ItemDecision {
  const { code: category } = entry;
  const { released, minimised, isReviewed } = cellsOf(entry, asked.permitted);
  if (released.length > 0) return asQuestioned(category, 'release', released, asked);
  if (minimised.length > 0) return asQuestioned(category, 'minimise', minimised, asked);
  if (isReviewed || ordered(category, asked.context)) {
    const waits = isReviewed ? narrowing(entry, asked) : undefined;
    return { category, effect: 'review', leaves: [], reason: waits ?? reason('person-decides') };
  }
  return {
    category,
    effect: 'withhold',
    leaves: [],
    reason: entry.minimisedRemedy?.reason ?? reason('not-relevant-to-purpose'),
  };
}

/** Why the ask should be narrowed: policy gives without a person what may be asked for in place of this category. */
function narrowing({ minimisedRemedy }: CategoryEntry, { context, permitted }: Asked): ReasonCode | undefined {
  const isGiven = (other: Category): boolean => {
    const entry = context.law.categories.get(other);
    if (entry === undefined) return false;
    const { released, minimised } = cellsOf(entry, permitted);
    return released.length + minimised.length > 0;
  };
  return minimisedRemedy?.categories.some(isGiven) === true ? minimisedRemedy.reason : undefined;
}

/** A court's order reaches as far as it says, whatever policy says, and no further; a person carries it out. */
function ordered(category: Category, { facts: { ask } }: DecisionContext): boolean {
  return ask.kind === 'court-order' && ask.court?.scope.includes(category) === true;
}

/**
 * What an emergency opens of a category it names: the derived form where there is one, else, where policy would have left
 * it to a person, the coded leaves. Free text, a bar and a protected location stay as they are.
 */
function inEmergency(item: ItemDecision, entry: CategoryEntry, asked: Asked): ItemDecision {
  const opens = isNamedBy(asked.override, item.category) && entry.bar === undefined;
  if (!opens || (item.effect !== 'review' && item.effect !== 'withhold')) return item;
  const coded = (form: Leaf['form']): readonly Leaf[] =>
    entry.leaves.filter((leaf) => leaf.kind === 'coded' && leaf.form === form);
  const minimised = coded('minimised');
  if (minimised.length > 0) return asQuestioned(item.category, 'minimise', minimised, asked);
  if (item.effect === 'withhold' || entry.minimisedRemedy !== undefined) return item;
  return asQuestioned(item.category, 'release', coded('full'), asked);
}

/** Leaves that answer a question are given only to who asked it; where nothing else is left, nothing is. */
function asQuestioned(
  category: Category,
  effect: 'release' | 'minimise',
  leaves: readonly Leaf[],
  { questions }: Asked,
): ItemDecision {
  const answered: readonly LeafPath[] = leaves
    .filter(({ question }) => question === undefined || questions.get(category)?.some(({ code }) => code === question))
    .map(({ path }) => path);
  if (answered.length === 0) return { category, effect: 'withhold', leaves: [], reason: reason('question-not-asked') };
  return {
    category,
    effect,
    leaves: answered,
    ...(effect === 'minimise' && { reason: reason('minimised-for-purpose') }),
  };
}

/** What the parties agreed of a category, where they agreed on some of its leaves only. */
function asAgreed(item: ItemDecision, { agreed }: Asked): ItemDecision {
  if (agreed === undefined || agreed.has(item.category)) return item;
  const leaves = item.leaves.filter((path) => agreed.has(path));
  if (leaves.length === item.leaves.length) return item;
  if (leaves.length === 0)
    return { category: item.category, effect: 'withhold', leaves, reason: reason('outside-agreement') };
  return { ...item, leaves, reason: item.reason ?? reason('outside-agreement') };
}

/**
 * Nothing that an address leads to waits for a person: who is placed there is told within the emergency or not at all, and
 * the rest is asked for by the child's own number.
 */
function atOnce(item: ItemDecision, { context }: Asked): ItemDecision {
  if (item.effect !== 'review' || context.facts.ask.byAddress === undefined) return item;
  return { ...item, effect: 'withhold' };
}

/** A finding's own reason, or the one that stands for every cause where it rests on the subject. */
function tellable(finding: Finding, otherwise: string): ReasonCode {
  return finding.restsOnSubject || finding.reason === undefined ? reason(otherwise) : finding.reason;
}

/**
 * A shut finding withholds, a person's finding sends to review; policy's own refusal stands before either, and a statutory
 * bar before that. What a person would decide does not wait in an emergency that names it.
 */
function narrowed(
  { item, isEmergency }: GivenItem,
  shutting: readonly Finding[],
  waiting: readonly Finding[],
): ItemDecision {
  const { category, effect } = item;
  const speaks = ({ categories }: Finding): boolean => categories === undefined || categories.includes(category);
  if (effect === 'withhold') {
    const bar = shutting.find((finding) => finding.lock === 'bar' && !finding.restsOnSubject && speaks(finding));
    return bar?.reason === undefined ? item : { ...item, reason: bar.reason };
  }
  const shut = shutting.find(speaks);
  if (shut !== undefined) return { category, effect: 'withhold', leaves: [], reason: tellable(shut, 'withheld') };
  const person = isEmergency ? undefined : waiting.find(speaks);
  if (person !== undefined)
    return { category, effect: 'review', leaves: [], reason: tellable(person, 'person-decides') };
  return item;
}

/** What a category asked is given before any finding narrows it. */
export interface GivenItem {
  readonly item: ItemDecision;
  /** Whether an emergency override names it. */
  readonly isEmergency: boolean;
  /** Whether free text of it was asked for that the parties' agreement lets pass. */
  readonly wantsText: boolean;
}

/**
 * What policy, an emergency and the parties' agreement give each category asked.
 *
 * A category the catalogue does not know is withheld. `protected-location` and its kind are withheld from everyone here:
 * only a list of named people, two at a time, may release them.
 */
export function givenItems(context: DecisionContext, permitted: PolicyCells): readonly GivenItem[] {
  const { ask } = context.facts;
  const asked: Asked = {
    context,
    permitted,
    override: overrideOf(context.facts),
    agreed: itemsAgreed(context),
    questions: Map.groupBy(ask.questions, ({ category }) => category),
  };
  return ask.categories.map((category) => {
    const isEmergency = isNamedBy(asked.override, category);
    const entry = context.law.categories.get(category);
    if (entry === undefined || entry.twoPersonRelease === true || entry.cannotBeAsked === true)
      return {
        item: {
          category,
          effect: 'withhold',
          leaves: [],
          reason: reason(entry?.twoPersonRelease === true ? 'protected-location' : 'withheld'),
        },
        isEmergency,
        wantsText: false,
      };
    const wantsText =
      ask.byAddress === undefined &&
      ask.textFor.includes(category) &&
      entry.leaves.some((leaf) => leaf.kind === 'text' && isAgreed(leaf, asked.agreed));
    const item = asAgreed(inEmergency(byPolicy(entry, asked), entry, asked), asked);
    return { item: atOnce(item, asked), isEmergency, wantsText };
  });
}

/**
 * Narrows what each category is given by every finding that speaks to it.
 *
 * Free text waits for a person, held or not; where the category itself is withheld, so is its text.
 */
export function narrowedBy(findings: readonly Finding[], given: readonly GivenItem[]): readonly ItemDecision[] {
  const shutting = findings.filter(({ outcome }) => outcome === 'shut');
  const waiting = findings.filter(({ outcome }) => outcome === 'person');
  return given.map((each) => {
    const item = narrowed(each, shutting, waiting);
    return each.wantsText && item.effect !== 'withhold' ? { ...item, text: 'in-review' } : item;
  });
}

/** Decides each category asked: what it is given, narrowed by every finding that speaks to it. */
export function decideItems(
  context: DecisionContext,
  permitted: PolicyCells,
  findings: readonly Finding[],
): readonly ItemDecision[] {
  return narrowedBy(findings, givenItems(context, permitted));
}
