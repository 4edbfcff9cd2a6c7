import type { Catalogue } from '../law/catalogue.js';
import type { ReasonCode } from '../vocabulary/codes.js';
import { restsOnClaimAlone } from './checks/need-to-know.js';
import { checkOfNeed, checksOfTheAsk, checksOfTheSubject } from './checks/in-order.js';
import type { DecisionContext } from './context.js';
import { commonOf, contextOf } from './context-of.js';
import type { Decision, Finding, ItemDecision, RefusalGround } from './decision.js';
import type { Facts } from './facts.js';
import { givenItems, narrowedBy, type GivenItem } from './items.js';
import type { CompiledPolicy } from './policy-ability.js';

/** What the checks find of the subject and the need to know of them. */
function findingsOfTheSubject(context: DecisionContext): readonly Finding[] {
  const need = checkOfNeed(context);
  // From a claim alone: a finding about the subject would make the answer tell whether they are known.
  if (restsOnClaimAlone(context.facts)) return need;
  return [...need, ...checksOfTheSubject.flatMap((check) => check(context))];
}

/** Whether a finding ends the whole ask. */
export const isWholeShut = ({ outcome, categories }: Finding): boolean =>
  outcome === 'shut' && categories === undefined;

/** A reason as a requester is told it: what is only ever withheld, without its cause. */
function toldOf(reason: ReasonCode, law: Catalogue): ReasonCode {
  return law.reasons.get(reason)?.shown === 'withheld' ? ('withheld' as ReasonCode) : reason;
}

/**
 * Why the whole ask is refused whoever it is about, if it is: a check of the ask shuts, or policy gives nothing of it.
 *
 * Judged before anything of the subject, so that the same ask about another person, known or not, is refused alike.
 */
function groundOfTheAsk(
  findings: readonly Finding[],
  items: readonly ItemDecision[],
  law: Catalogue,
): (RefusalGround & { readonly kind: 'stated' }) | undefined {
  const shut = findings.find(isWholeShut);
  // What a bar that stands for everyone lets be asked instead is the only way on, whatever else would have shut.
  const barred = findings.find(
    ({ lock, outcome, remedy }) => lock === 'bar' && outcome === 'shut' && remedy !== undefined,
  );
  const remedy = barred?.remedy ?? shut?.remedy;
  if (shut !== undefined)
    return {
      kind: 'stated',
      reason: shut.reason ?? ('no-legal-power' as ReasonCode),
      citation: shut.citation,
      ...(remedy !== undefined && { remedy }),
    };
  if (items.some(({ effect }) => effect !== 'withhold')) return undefined;
  return {
    kind: 'stated',
    reason: toldOf(items[0]?.reason ?? ('not-relevant-to-purpose' as ReasonCode), law),
    citation: 'published disclosure policy; UK GDPR Article 5(1)(c)',
  };
}

/** Why it is refused for what is known, or not known, of the subject: always the one answer. */
function groundOfTheSubject(items: readonly ItemDecision[]): (RefusalGround & { readonly kind: 'silent' }) | undefined {
  // A finding that ends the whole ask has withheld every item.
  return items.every(({ effect }) => effect === 'withhold') ? { kind: 'silent' } : undefined;
}

/** What was found of one exchange, before anything is made of it. */
export interface Found {
  readonly context: DecisionContext;
  readonly policy: CompiledPolicy;
  /** Of the parties, the law and what is to pass alone: the same for every subject. */
  readonly ofTheAsk: readonly Finding[];
  readonly ofTheSubject: readonly Finding[];
  readonly given: readonly GivenItem[];
}

/**
 * Makes a decision of what was found: each item as its findings narrow it, and where nothing of it may pass a refusal.
 *
 * @param settled what an item comes to once it is narrowed: itself, unless nobody is there to decide what is left to a person
 */
export function concluded(
  { context, policy, ofTheAsk, ofTheSubject, given }: Found,
  settled: (item: ItemDecision) => ItemDecision = (item) => item,
): Decision {
  const { law } = context;
  const findings = [...ofTheAsk, ...ofTheSubject];
  const itemsForAnyone = narrowedBy(ofTheAsk, given).map(settled);
  const items = narrowedBy(findings, given).map(settled);
  const common = commonOf(context, findings, policy);
  const ground = groundOfTheAsk(ofTheAsk, itemsForAnyone, law) ?? groundOfTheSubject(items);
  if (ground !== undefined) return { ...common, effect: 'refuse', ground, items: itemsForAnyone.map(refused) };
  const releases = items.some(({ effect }) => effect === 'release' || effect === 'minimise');
  return { ...common, effect: releases ? 'permit' : 'review', items };
}

/**
 * Decides an exchange from its facts, the law and one version of policy. Total and pure: the same facts decide the same.
 *
 * Denies by default: a missing row, power, basis, route, officer, involvement or match shuts. Losing a fact never grants.
 * Trusts the facts to be true and current; whoever gathered them answers for that, and decides again under lock before
 * anything leaves. Says nothing of what is held: no record has been fetched.
 */
export function decide(facts: Facts, law: Catalogue, policy: CompiledPolicy): Decision {
  const { context, cells } = contextOf(facts, law, policy);
  return concluded({
    context,
    policy,
    ofTheAsk: checksOfTheAsk.flatMap((check) => check(context)),
    ofTheSubject: findingsOfTheSubject(context),
    given: givenItems(context, cells),
  });
}

/** What a refusal says of a category: policy's own reason where that alone withholds it, else nothing of the cause. */
function refused({ category, effect, reason }: ItemDecision): ItemDecision {
  const told = effect === 'withhold' ? reason : ('withheld' as ReasonCode);
  return { category, effect: 'withhold', leaves: [], ...(told !== undefined && { reason: told }) };
}
