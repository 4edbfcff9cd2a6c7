import type { BasisNeed } from '../law/catalogue.js';
import { isLaw, type LawInForce } from '../law/in-force.js';
import type { PolicyRow } from '../law/policy-row.js';
import type { DecisionContext } from './context.js';
import type { FoundBasis } from './decision.js';

/** The first of a row's alternatives that is law for the custodian on the day and whose needs are met. */
function firstInForce<Entry extends LawInForce>(
  codes: readonly string[],
  entries: ReadonlyMap<string, Entry>,
  { facts, on }: DecisionContext,
  isMet: (entry: Entry) => boolean = () => true,
): string | undefined {
  return codes.find((code) => {
    const entry = entries.get(code);
    return entry !== undefined && isLaw(entry, on, facts.custodian.jurisdiction) && isMet(entry);
  });
}

/** The custodian's power under a row: in force, of their nation, from their kind of team to the requester's. */
export function powerOf(row: PolicyRow, context: DecisionContext): string | undefined {
  const { custodian, requester, ask } = context.facts;
  return firstInForce(row.basis.powers, context.law.powers, context, (power) => {
    const from = power.from === 'any' || power.from.includes(custodian.teamKind);
    const to = power.to === 'any' || power.to.includes(requester.teamKind);
    return from && to && (power.purposes === undefined || power.purposes.includes(ask.purpose));
  });
}

/** DPA 2018 Schedule 1 Part 4: conditions that need an appropriate policy document are shut without one. */
function documented(context: DecisionContext) {
  return ({ needs }: { readonly needs: readonly BasisNeed[] }): boolean =>
    !needs.includes('policy-document') || context.facts.custodian.hasPolicyDocument;
}

/**
 * Why obtaining consent was out of the question (DPA 2018 Schedule 1 paragraph 18(3)): the requester's reason where given;
 * otherwise a family not told for its child's safety would be warned by asking, and one that was told was not asked.
 */
function p18ReasonOf({ facts: { ask } }: DecisionContext): string {
  if (ask.basis?.p18Reason !== undefined) return ask.basis.p18Reason;
  return ask.notice?.given === true ? 'cannot-reasonably-obtain' : 'would-prejudice-protection';
}

/** The basis of each lock that a row of policy gives the custodian; a part is absent where none of its alternatives is law. */
export interface BasisFound {
  readonly power?: string;
  readonly article6?: string;
  readonly article9?: string;
  readonly schedule1?: string;
  readonly article10?: string;
  readonly confidentiality?: string;
  readonly p18Reason?: string;
}

/** Finds, lock by lock, what the custodian may rely on under a row. Cites nothing the requester claimed. */
export function basisOf(row: PolicyRow, context: DecisionContext): BasisFound {
  const { law, facts } = context;
  const power = powerOf(row, context);
  const article6 = firstInForce(
    row.basis.article6,
    law.article6,
    context,
    (entry) => !entry.notFor.includes(facts.custodian.agencyKind) && !entry.neverFor.includes(facts.ask.purpose),
  );
  const conditions = row.regime.custodian === 'part-3' ? law.schedule8 : law.schedule1;
  const schedule1 = firstInForce(row.basis.schedule1, conditions, context, documented(context));
  const article9 = firstInForce(
    row.basis.article9,
    law.article9,
    context,
    (entry) => entry.schedule1.length === 0 || (schedule1 !== undefined && entry.schedule1.includes(schedule1)),
  );
  const article10 = row.basis.article10[0];
  const confidentiality = firstInForce(row.basis.confidentiality, law.confidentiality, context);
  return {
    ...(power !== undefined && { power }),
    ...(article6 !== undefined && { article6 }),
    ...(schedule1 !== undefined && { schedule1 }),
    ...(article9 !== undefined && { article9 }),
    ...(article10 !== undefined && { article10 }),
    ...(confidentiality !== undefined && { confidentiality }),
    ...(schedule1 === 'p18' && { p18Reason: p18ReasonOf(context) }),
  };
}

/** The whole basis, once power, article 6 (or section 35) and confidentiality are all found; else nothing. */
export function foundBasisOf(row: PolicyRow, context: DecisionContext): FoundBasis | undefined {
  const { power, confidentiality, article6, ...rest } = basisOf(row, context);
  if (power === undefined || confidentiality === undefined || article6 === undefined) return undefined;
  return { power, confidentiality, article6, ...rest, regime: row.regime };
}
