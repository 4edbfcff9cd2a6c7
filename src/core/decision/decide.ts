import type { Catalogue } from '../law/catalogue.js';
import { dateOf } from '../vocabulary/time.js';
import type { ReasonCode } from '../vocabulary/codes.js';
import { foundBasisOf } from './basis.js';
import { restsOnClaimAlone } from './checks/need-to-know.js';
import { checkOfNeed, checksOfTheAsk, checksOfTheSubject } from './checks/in-order.js';
import type { DecisionContext } from './context.js';
import type { Decision, Finding, ItemDecision, RefusalGround } from './decision.js';
import type { Facts } from './facts.js';
import { decideItems } from './items.js';
import type { CompiledPolicy, ExchangeKinds } from './policy-ability.js';

function gatherFindings(context: DecisionContext): readonly Finding[] {
  const ask = checksOfTheAsk.flatMap((check) => check(context));
  const need = checkOfNeed(context);
  // From a claim alone: a finding about the subject would make the answer tell whether they are known.
  const subject = restsOnClaimAlone(context.facts) ? [] : checksOfTheSubject.flatMap((check) => check(context));
  return [...ask, ...need, ...subject];
}

/** Why the whole ask is refused, if it is. Reasons that do not rest on the subject come first, so that nothing about them shows. */
function groundOf(findings: readonly Finding[], items: readonly ItemDecision[]): RefusalGround | undefined {
  const shut = findings.filter(({ outcome, categories }) => outcome === 'shut' && categories === undefined);
  const stated = shut.find(({ restsOnSubject }) => !restsOnSubject);
  if (stated !== undefined)
    return {
      kind: 'stated',
      reason: stated.reason ?? ('no-legal-power' as ReasonCode),
      citation: stated.citation,
      ...(stated.remedy !== undefined && { remedy: stated.remedy }),
    };
  if (shut.length > 0) return { kind: 'silent' };
  if (items.some(({ effect }) => effect !== 'withhold')) return undefined;
  const restsOnSubject = findings.some(({ outcome, restsOnSubject }) => outcome === 'shut' && restsOnSubject);
  if (restsOnSubject) return { kind: 'silent' };
  return {
    kind: 'stated',
    reason: items[0]?.reason ?? ('not-relevant-to-purpose' as ReasonCode),
    citation: 'published disclosure policy; UK GDPR Article 5(1)(c)',
  };
}

/**
 * Decides an exchange from its facts, the law and one version of policy. Total and pure: the same facts decide the same.
 *
 * Denies by default: a missing row, power, basis, route, officer, involvement or match shuts. Losing a fact never grants.
 * Trusts the facts to be true and current; whoever gathered them answers for that, and decides again under lock before
 * anything leaves. Says nothing of what is held: no record has been fetched.
 */
export function decide(facts: Facts, law: Catalogue, policy: CompiledPolicy): Decision {
  const on = dateOf(facts.decidedAt);
  const kinds: ExchangeKinds = {
    purpose: facts.ask.purpose,
    from: facts.custodian.teamKind,
    to: facts.requester.teamKind,
  };
  const context: DecisionContext = { facts, law, on, rows: policy.rowsFor(kinds, on) };
  const findings = gatherFindings(context);
  const [row] = context.rows;
  const items = decideItems(context, policy.cellsFor(kinds, on), findings);
  const basis = row === undefined ? undefined : foundBasisOf(row, context);
  const common = {
    findings,
    policyVersion: policy.version,
    lawOf: on,
    ...(row !== undefined && { policyRow: row.id }),
    ...(basis !== undefined && { basis }),
    obligations: [...new Set(context.rows.flatMap(({ obligations }) => obligations))],
  };
  const ground = groundOf(findings, items);
  if (ground !== undefined) return { ...common, effect: 'refuse', ground, items: items.map(withheld) };
  const releases = items.some(({ effect }) => effect === 'release' || effect === 'minimise');
  return { ...common, effect: releases ? 'permit' : 'review', items };
}

function withheld({ category, reason }: ItemDecision): ItemDecision {
  return { category, effect: 'withhold', leaves: [], ...(reason !== undefined && { reason }) };
}
