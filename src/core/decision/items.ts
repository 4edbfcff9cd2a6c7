import type { CategoryEntry, Leaf } from '../law/catalogue.js';
import type { Category, LeafPath, ReasonCode } from '../vocabulary/codes.js';
import { isAgreed } from './checks/agreement-honoured.js';
import type { DecisionContext } from './context.js';
import { isNamedBy, overrideOf } from './emergency.js';
import type { Finding, ItemDecision } from './decision.js';
import type { PolicyCells } from './policy-ability.js';

const reason = (code: string): ReasonCode => code as ReasonCode;

/** What policy alone gives a category, before any finding narrows it. */
function byPolicy(entry: CategoryEntry, permitted: PolicyCells, context: DecisionContext): ItemDecision {
  const { code: category, leaves } = entry;
  const released = leaves.filter(({ kind, path }) => kind === 'coded' && permitted.release.has(path));
  if (released.length > 0) return asQuestioned(category, 'release', released, context);
  const minimised = leaves.filter(({ kind, path }) => kind === 'coded' && permitted.minimise.has(path));
  if (minimised.length > 0) return asQuestioned(category, 'minimise', minimised, context);
  if (ordered(category, context) || leaves.some(({ path }) => permitted.review.has(path)))
    return { category, effect: 'review', leaves: [], reason: reason('person-decides') };
  return {
    category,
    effect: 'withhold',
    leaves: [],
    reason: entry.minimisedRemedy?.reason ?? reason('not-relevant-to-purpose'),
  };
}

/** A court's order reaches as far as it says, whatever policy says, and no further; a person carries it out. */
function ordered(category: Category, { facts: { ask } }: DecisionContext): boolean {
  return ask.kind === 'court-order' && ask.court?.scope.includes(category) === true;
}

/**
 * What an emergency opens of a category it names: the derived form where there is one, else, where policy would have left
 * it to a person, the coded leaves. Free text, a bar and a protected location stay as they are.
 */
function inEmergency(item: ItemDecision, entry: CategoryEntry, context: DecisionContext): ItemDecision {
  const opens = isNamedBy(overrideOf(context.facts), item.category) && entry.bar === undefined;
  if (!opens || (item.effect !== 'review' && item.effect !== 'withhold')) return item;
  const coded = (form: Leaf['form']): readonly Leaf[] =>
    entry.leaves.filter((leaf) => leaf.kind === 'coded' && leaf.form === form);
  const minimised = coded('minimised');
  if (minimised.length > 0) return asQuestioned(item.category, 'minimise', minimised, context);
  if (item.effect === 'withhold' || entry.minimisedRemedy !== undefined) return item;
  return asQuestioned(item.category, 'release', coded('full'), context);
}

/** Leaves that answer a question are given only to who asked it; where nothing else is left, nothing is. */
function asQuestioned(
  category: Category,
  effect: 'release' | 'minimise',
  leaves: readonly Leaf[],
  { facts: { ask } }: DecisionContext,
): ItemDecision {
  const asked = new Set(ask.questions.filter((question) => question.category === category).map(({ code }) => code));
  const answered: readonly LeafPath[] = leaves
    .filter(({ question }) => question === undefined || asked.has(question))
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
function asAgreed(item: ItemDecision, entry: CategoryEntry, context: DecisionContext): ItemDecision {
  const agreed = new Set(entry.leaves.filter((leaf) => isAgreed(leaf, context)).map(({ path }) => path));
  const leaves = item.leaves.filter((path) => agreed.has(path));
  if (leaves.length === item.leaves.length) return item;
  if (leaves.length === 0)
    return { category: item.category, effect: 'withhold', leaves, reason: reason('outside-agreement') };
  return { ...item, leaves, reason: item.reason ?? reason('outside-agreement') };
}

/** A finding's own reason, or the one that stands for every cause where it rests on the subject. */
function tellable(finding: Finding, otherwise: string): ReasonCode {
  return finding.restsOnSubject || finding.reason === undefined ? reason(otherwise) : finding.reason;
}

/**
 * A shut finding withholds, a person's finding sends to review; policy's own refusal stands before either. What a person
 * would decide does not wait in an emergency that names it.
 */
function narrowed(item: ItemDecision, findings: readonly Finding[], isEmergency: boolean): ItemDecision {
  if (item.effect === 'withhold') return item;
  const speaking = findings.filter(({ categories }) => categories === undefined || categories.includes(item.category));
  const shut = speaking.find(({ outcome }) => outcome === 'shut');
  if (shut !== undefined)
    return { category: item.category, effect: 'withhold', leaves: [], reason: tellable(shut, 'withheld') };
  const person = speaking.find(({ outcome }) => outcome === 'person');
  if (person !== undefined && !isEmergency)
    return { category: item.category, effect: 'review', leaves: [], reason: tellable(person, 'person-decides') };
  return item;
}

/** Free text waits for a person, held or not; where the category itself is withheld, so is its text. */
function withText(item: ItemDecision, entry: CategoryEntry, context: DecisionContext): ItemDecision {
  const wanted =
    context.facts.ask.textFor.includes(item.category) &&
    entry.leaves.some((leaf) => leaf.kind === 'text' && isAgreed(leaf, context));
  return wanted && item.effect !== 'withhold' ? { ...item, text: 'in-review' } : item;
}

/**
 * Decides each category asked: what policy gives it, narrowed by every finding that speaks to it.
 *
 * A category the catalogue does not know is withheld. `protected-location` and its kind are withheld from everyone here:
 * only a list of named people, two at a time, may release them.
 */
export function decideItems(
  context: DecisionContext,
  permitted: PolicyCells,
  findings: readonly Finding[],
): readonly ItemDecision[] {
  const override = overrideOf(context.facts);
  return context.facts.ask.categories.map((category) => {
    const entry = context.law.categories.get(category);
    if (entry === undefined || entry.twoPersonRelease === true || entry.cannotBeAsked === true)
      return { category, effect: 'withhold', leaves: [], reason: reason('withheld') };
    const given = inEmergency(byPolicy(entry, permitted, context), entry, context);
    const agreed = asAgreed(given, entry, context);
    return withText(narrowed(agreed, findings, isNamedBy(override, category)), entry, context);
  });
}
