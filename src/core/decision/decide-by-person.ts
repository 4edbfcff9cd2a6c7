import type { Catalogue } from '../law/catalogue.js';
import type { Category, LeafPath, ReasonCode } from '../vocabulary/codes.js';
import type { OfficerId } from '../vocabulary/ids.js';
import type { Decision, Finding, ItemDecision } from './decision.js';
import type { Facts } from './facts.js';
import type { CompiledPolicy } from './policy-ability.js';
import { review, type Review, type ReviewItem } from './review.js';

/** What a person decides of one category. */
export interface PersonsChoice {
  readonly category: Category;
  readonly decision: 'release' | 'minimise' | 'withhold';
  /** Text leaves of which they chose segments. */
  readonly texts: readonly LeafPath[];
}

/** The facts of a person's decision, as they are kept: with them and the policy version it is taken again years later. */
export interface FactsOfRelease extends Facts {
  readonly byPerson: {
    readonly choices: readonly PersonsChoice[];
    readonly officers: readonly OfficerId[];
    /** Categories whose coded leaves had left with the answer already. */
    readonly answered: readonly Category[];
  };
}

/**
 * Takes a person's decision again from its kept facts: what they chose, as far as the law and policy given leave it to them.
 *
 * Says nothing of what they would have chosen had they been shown something else.
 */
export function decideAgainByPerson(facts: FactsOfRelease, law: Catalogue, policy: CompiledPolicy): Decision {
  const { choices, officers, answered } = facts.byPerson;
  return decideByPerson(review(facts, law, policy, new Set(answered)), choices, officers, facts.ask.categories);
}

/** Why a choice cannot be carried out, and where in what was sent. */
export interface ChoiceFault {
  /** Position among the choices. */
  readonly index: number;
  readonly detail: string;
}

/** Everything in the choices that the law, the policy or the ask leaves no person to do. Empty: they may all be made. */
export function choiceFaults({ items }: Review, choices: readonly PersonsChoice[]): readonly ChoiceFault[] {
  return choices.flatMap((choice, index) => {
    const detail = faultOf(choice, itemFor(items, choice.category));
    return detail === undefined ? [] : [{ index, detail }];
  });
}

function faultOf({ decision, texts }: PersonsChoice, item: ReviewItem | undefined): string | undefined {
  if (decision === 'withhold') return texts.length > 0 ? 'chooses segments of a text that is withheld' : undefined;
  if (item === undefined) return 'is not open to be released: it was not asked for, or something shuts it';
  if (!texts.every((leaf) => item.texts.includes(leaf))) return 'names a text that was not asked for';
  if (leavesOf(decision, item).length + texts.length > 0) return undefined;
  return decision === 'minimise'
    ? 'has no minimised form; release or withhold it'
    : 'needs segments: only its text waits';
}

/** Whether what is chosen takes a second officer. */
export function needsSecondOfficer({ items }: Review, choices: readonly PersonsChoice[]): boolean {
  return choices.some(
    ({ category, decision }) => decision !== 'withhold' && itemFor(items, category)?.needsSecond === true,
  );
}

/**
 * The decision of a person at the custodian: what they chose of what they may choose, and nothing else.
 *
 * Trusts that the officers may decide this case (see `whyNotTheirs` of the exchange) and that the choices have no faults:
 * one that has is withheld. Where nothing is released the decision refuses.
 */
export function decideByPerson(
  { stops: _stops, items, findings, ...common }: Review,
  choices: readonly PersonsChoice[],
  officers: readonly OfficerId[],
  asked: readonly Category[],
): Decision {
  const decided = {
    ...common,
    findings: [...findings, personFound(officers)],
    items: asked.map((category) => itemDecision(category, choices, itemFor(items, category))),
  };
  if (decided.items.some(({ leaves }) => leaves.length > 0)) return { ...decided, effect: 'permit' };
  const ground = { kind: 'stated', reason: 'withheld' as ReasonCode, citation: 'decided by a person' } as const;
  return { ...decided, effect: 'refuse', ground };
}

function itemDecision(
  category: Category,
  choices: readonly PersonsChoice[],
  item: ReviewItem | undefined,
): ItemDecision {
  const choice = choices.find((one) => one.category === category);
  const withheld = { category, effect: 'withhold', leaves: [], reason: 'withheld' as ReasonCode } as const;
  if (choice === undefined || choice.decision === 'withhold' || item === undefined) return withheld;
  if (faultOf(choice, item) !== undefined) return withheld;
  return {
    category,
    effect: choice.decision,
    leaves: [...leavesOf(choice.decision, item), ...choice.texts],
    ...(choice.decision === 'minimise' && { reason: 'minimised-for-purpose' as ReasonCode }),
  };
}

const leavesOf = (decision: 'release' | 'minimise', item: ReviewItem): readonly LeafPath[] =>
  decision === 'release' ? item.full : item.minimised;

const itemFor = (items: readonly ReviewItem[], category: Category): ReviewItem | undefined =>
  items.find((item) => item.category === category);

function personFound(officers: readonly OfficerId[]): Finding {
  return {
    check: 'decided-by-person',
    lock: 'minimum',
    outcome: 'person',
    citation: 'published disclosure policy; UK GDPR Article 5(1)(c) and (2)',
    restsOnSubject: false,
    detail: `decided at the custodian by \`${officers.join('` and `')}\``,
  };
}
