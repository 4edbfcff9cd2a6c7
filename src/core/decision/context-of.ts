import type { Catalogue } from '../law/catalogue.js';
import { dateOf } from '../vocabulary/time.js';
import { foundBasisOf } from './basis.js';
import type { DecisionContext } from './context.js';
import type { DeadSubject, Decision, Finding } from './decision.js';
import { overrideOf } from './emergency.js';
import type { Facts } from './facts.js';
import { travellingOf } from './received.js';
import type { CompiledPolicy, ExchangeKinds, PolicyCells } from './policy-ability.js';

/** What the checks are given for one exchange, and what policy alone would let pass of it. */
export function contextOf(
  facts: Facts,
  law: Catalogue,
  policy: CompiledPolicy,
): { readonly context: DecisionContext; readonly cells: PolicyCells } {
  const on = dateOf(facts.decidedAt);
  const kinds: ExchangeKinds = {
    purpose: facts.ask.purpose,
    from: facts.custodian.teamKind,
    to: facts.requester.teamKind,
  };
  const venue = { day: on, nation: facts.custodian.jurisdiction };
  const rowsElsewhere = policy.nationsFor(kinds, on).filter((nation) => nation !== venue.nation);
  return {
    context: { facts, law, on, rows: policy.rowsFor(kinds, venue), rowsElsewhere },
    cells: policy.cellsFor(kinds, venue),
  };
}

/** What every decision says whichever way it goes: what ruled, on what basis, and with which obligations. */
export type CommonOfDecision = Omit<Decision, 'effect' | 'ground' | 'items'>;

/** Whether the subject is known here to have died, and what law that leaves; nothing for the living. */
function deadSubjectOf({ facts: { protections }, law, rows }: DecisionContext): DeadSubject | undefined {
  if (!protections.some(({ kind }) => law.protectionKinds.get(kind)?.living === 'deceased')) return undefined;
  const thirdParties = rows[0]?.regime.custodian ?? 'uk-gdpr';
  return { living: 'deceased', dutyOfConfidence: true, regime: { subject: 'confidence-only', thirdParties } };
}

/** What a decision says of an exchange beside its effect and items. */
export function commonOf(
  context: DecisionContext,
  findings: readonly Finding[],
  policy: CompiledPolicy,
): CommonOfDecision {
  const [row] = context.rows;
  const basis = row === undefined ? undefined : foundBasisOf(row, context);
  const dead = deadSubjectOf(context);
  const override = overrideOf(context.facts);
  const travelling = travellingOf(context);
  return {
    findings,
    policyVersion: policy.version,
    lawOf: context.on,
    ...(row !== undefined && { policyRow: row.id }),
    ...(basis !== undefined && { basis }),
    ...(dead !== undefined && { subjectStatus: dead }),
    obligations: [...new Set(context.rows.flatMap(({ obligations }) => obligations))],
    ...(travelling.length > 0 && { travelling }),
    ...(override !== undefined && { override }),
  };
}
