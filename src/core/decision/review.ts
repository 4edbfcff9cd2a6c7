import type { Catalogue, CategoryEntry } from '../law/catalogue.js';
import type { Leaf } from '../law/leaf.js';
import type { Category, LeafPath } from '../vocabulary/codes.js';
import { isAgreed, itemsAgreed } from './checks/agreement-honoured.js';
import { checkOfNeed, checksOfTheAsk, checksOfTheSubject } from './checks/in-order.js';
import type { DecisionContext } from './context.js';
import { commonOf, contextOf, type CommonOfDecision } from './context-of.js';
import { isWholeShut } from './decide.js';
import type { Finding, ItemDecision } from './decision.js';
import type { Facts } from './facts.js';
import { decideItems } from './items.js';
import type { CompiledPolicy } from './policy-ability.js';

/** What a person at the custodian may decide of one category. */
export interface ReviewItem {
  readonly category: Category;
  /** What is found without the person: `review` waits for them, `withhold` is policy's silence, which they may overcome. */
  readonly found: ItemDecision['effect'];
  /** The coded leaves that go out when it is released; none where they left with the answer already. */
  readonly full: readonly LeafPath[];
  /** The derived leaves that go out when it is minimised. */
  readonly minimised: readonly LeafPath[];
  /** Free text that was asked for. Of each only chosen segments go out. */
  readonly texts: readonly LeafPath[];
  /** Whether a second officer must release it too. */
  readonly needsSecond: boolean;
}

/** What a person may decide of an ask, by the law and the facts of the moment. */
export interface Review extends CommonOfDecision {
  /** Findings that end the whole ask, whoever decides. While there is one nothing can be released. */
  readonly stops: readonly Finding[];
  /** The categories a person may decide, in the order asked; empty while something stops the whole. */
  readonly items: readonly ReviewItem[];
}

/**
 * Says what a named person at the custodian may release of an ask.
 *
 * They overcome policy's silence and whatever was left to them, each with a written reason; no finding that shuts, whether a
 * bar, an objection, an agreement or the limits of the ask. Every check of the subject counts, of a claim too: what must
 * not tell the requester who is known does bind the custodian. Denies by default as `decide` does.
 *
 * @param answered categories whose coded leaves left with the answer: of those only free text is still to be decided
 * @see domain.md 4.0: denied by default may be released by the custodian with a written reason; a bar never
 */
export function review(
  facts: Facts,
  law: Catalogue,
  policy: CompiledPolicy,
  answered: ReadonlySet<Category> = new Set(),
): Review {
  // The override under which an ask was answered, unreviewed as yet, does not count against that same ask.
  const { context, cells } = contextOf({ ...facts, conduct: { unreviewedOverrides: 0 } }, law, policy);
  const findings = [...checksOfTheAsk, checkOfNeed, ...checksOfTheSubject].flatMap((check) => check(context));
  const stops = findings.filter(isWholeShut);
  const found = decideItems(context, cells, findings);
  const common = commonOf(context, findings, policy);
  const open = found.filter(({ category }) => stops.length === 0 && !isShut(category, findings, common.basis));
  return { ...common, stops, items: open.flatMap((item) => reviewItem(item, context, answered)) };
}

function reviewItem(
  { category, effect }: ItemDecision,
  context: DecisionContext,
  answered: ReadonlySet<Category>,
): readonly ReviewItem[] {
  const entry = context.law.categories.get(category);
  if (entry === undefined || entry.cannotBeAsked === true) return [];
  const coded = answered.has(category) ? [] : entry.leaves.filter(({ kind }) => kind === 'coded');
  const item: ReviewItem = {
    category,
    found: effect,
    full: pathsOf(coded, context, ({ form, question }) => form === 'full' || question !== undefined),
    minimised: pathsOf(coded, context, ({ form }) => form === 'minimised'),
    texts: textsOf(entry, context),
    needsSecond: entry.twoPersonRelease === true,
  };
  const isAnything = item.full.length + item.minimised.length + item.texts.length > 0;
  return isAnything ? [item] : [];
}

/** Article 6(1)(a): a row that has no other basis rests on consent alone. */
const CONSENT = '6-1-a';

/** Shut for whoever decides. Where consent alone is the basis that goes for one that does not stand: no person stands in for it. */
function isShut(category: Category, findings: readonly Finding[], basis: CommonOfDecision['basis']): boolean {
  const isWanting = ({ outcome, reason }: Finding): boolean =>
    outcome === 'shut' || (basis?.article6 === CONSENT && reason === 'consent-not-standing');
  return findings.some((finding) => isWanting(finding) && finding.categories?.includes(category) === true);
}

/** Leaves that the parties' agreement lets pass, those that answer a question only where it was asked. */
function pathsOf(
  leaves: readonly Leaf[],
  context: DecisionContext,
  isWanted: (leaf: Leaf) => boolean,
): readonly LeafPath[] {
  const isAsked = ({ category, question }: Leaf): boolean =>
    question === undefined ||
    context.facts.ask.questions.some((asked) => asked.category === category && asked.code === question);
  const agreed = itemsAgreed(context);
  return leaves.filter((leaf) => isWanted(leaf) && isAsked(leaf) && isAgreed(leaf, agreed)).map(({ path }) => path);
}

function textsOf({ code, leaves }: CategoryEntry, context: DecisionContext): readonly LeafPath[] {
  if (!context.facts.ask.textFor.includes(code)) return [];
  return pathsOf(
    leaves.filter(({ kind }) => kind === 'text'),
    context,
    () => true,
  );
}
