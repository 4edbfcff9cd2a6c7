import type { BasisNeed } from '../law/catalogue.js';
import { isLaw, type LawInForce } from '../law/in-force.js';
import type { PolicyRow } from '../law/policy-row.js';
import type { PowerCode } from '../vocabulary/codes.js';
import type { Ask } from './ask.js';
import type { DecisionContext } from './context.js';
import type { FoundBasis } from './decision.js';

/** Those of a row's alternatives that are law for the custodian on the day and met, in its order of preference. */
function inForce<Entry extends LawInForce>(
  codes: readonly string[],
  entries: ReadonlyMap<string, Entry>,
  { facts, on }: DecisionContext,
  isMet: (entry: Entry) => boolean,
): readonly string[] {
  return codes.filter((code) => {
    const entry = entries.get(code);
    return entry !== undefined && isLaw(entry, on, facts.custodian.jurisdiction) && isMet(entry);
  });
}

/** Whether an ask is about someone under 18, by the part it gives them and the birth date it names them with. */
export function isAboutChild({ subjectRole, subjectIsAdult }: Ask): boolean {
  return subjectRole === 'child' && subjectIsAdult === undefined;
}

/** The custodian's power under a row: in force, of their nation, from their kind of team to the requester's. */
export function powerOf(row: PolicyRow, context: DecisionContext): string | undefined {
  const { custodian, requester, ask } = context.facts;
  const [first] = inForce(row.basis.powers, context.law.powers, context, (power) => {
    const from = power.from === 'any' || power.from.includes(custodian.teamKind);
    const to = power.to === 'any' || power.to.includes(requester.teamKind);
    const about = power.childrenOnly === undefined || isAboutChild(ask);
    return from && to && about && (power.purposes === undefined || power.purposes.includes(ask.purpose));
  });
  return first;
}

/** Whether all that an entry needs is true. */
type NeedsMet = (entry: { readonly needs: readonly BasisNeed[] }) => boolean;

/**
 * Whether everything an entry needs is true of this custodian and this ask.
 *
 * What would rest on the subject is never judged here: a basis is the same for every subject. Consent is met where the row
 * is built on it, and whether it stands for this subject is another check's finding; that they are incapable of it is for a
 * person at the custodian.
 */
function needsMetBy(context: DecisionContext, row: PolicyRow, power: string | undefined): NeedsMet {
  const { facts, law } = context;
  const { ask, custodian, requester } = facts;
  const isMet = (need: BasisNeed): boolean => {
    switch (need) {
      case 'power':
        return power !== undefined;
      case 'duty':
        return law.powers.get(power as PowerCode)?.mode.startsWith('duty') === true;
      case 'consent':
        return row.requires.includes('consent');
      case 'incapable-of-consent':
        return false;
      case 'no-consent-as-basis':
        return ask.basis?.article6 !== '6-1-a' && ask.basis?.article9 !== '9-2-a';
      case 'policy-document':
        return custodian.hasPolicyDocument;
      case 'p18-reason':
      case 'serious-harm-or-crime':
        return true; // The reason is found or compared; the harm is what the purpose of the row is about.
      case 'emergency':
        return ask.urgency === 'emergency';
      case 'request-states-task':
        return ask.function.text.trim() !== '';
      case 'professional-secrecy':
        return custodian.agencyKind === 'health' || custodian.agencyKind === 'council';
      case 'court-order':
        return ask.court !== undefined;
      case 'strict-necessity':
        return (ask.police?.strictNecessity ?? '').trim() !== '';
      case 'recipient-competent-authority':
        return law.teamKinds.get(requester.teamKind)?.competentAuthority === true;
    }
  };
  return ({ needs }) => needs.every(isMet);
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

/** A condition for special-category data: article 9 with the Schedule 1 condition it needs, or Schedule 8 alone under Part 3. */
interface SpecialCondition {
  readonly article9?: string;
  readonly schedule1?: string;
}

/** Every condition a row gives that is law and met, the preferred first. */
function specialConditions(row: PolicyRow, context: DecisionContext, isMet: NeedsMet): readonly SpecialCondition[] {
  const { law } = context;
  const isPart3 = row.regime.custodian === 'part-3';
  const conditions = inForce(row.basis.schedule1, isPart3 ? law.schedule8 : law.schedule1, context, isMet);
  if (row.basis.article9.length === 0) return conditions.map((schedule1) => ({ schedule1 }));
  return inForce(row.basis.article9, law.article9, context, isMet).flatMap((article9): SpecialCondition[] => {
    const needed = law.article9.get(article9)?.schedule1 ?? [];
    if (needed.length === 0) return [{ article9 }, ...conditions.map((schedule1) => ({ article9, schedule1 }))];
    return conditions.filter((code) => needed.includes(code)).map((schedule1) => ({ article9, schedule1 }));
  });
}

/** Article 10: official authority, or a Schedule 1 condition that is law, met, and carries criminal-offence data. */
function article10s(row: PolicyRow, context: DecisionContext, isMet: NeedsMet): readonly string[] {
  const carries = inForce(
    row.basis.article10,
    context.law.schedule1,
    context,
    (condition) => condition.criminalOffenceData && isMet(condition),
  );
  return row.basis.article10.filter((code) => code === 'official-authority' || carries.includes(code));
}

/** The alternative cited, where it is one the custodian may rely on; else the row's preferred one. */
function cited<Alternative>(
  alternatives: readonly Alternative[],
  isCited: (alternative: Alternative) => boolean,
): Alternative | undefined {
  return alternatives.find(isCited) ?? alternatives[0];
}

/** Finds, lock by lock, what the custodian may rely on under a row. What the requester cites only chooses among that. */
export function basisOf(row: PolicyRow, context: DecisionContext): BasisFound {
  const { law, facts } = context;
  const { ask, custodian } = facts;
  const claim = ask.basis ?? {};
  const agrees = (claimed: string | undefined, found: string | undefined): boolean =>
    claimed === undefined || claimed === found;
  const power = powerOf(row, context);
  const isMet = needsMetBy(context, row, power);
  const article6 = cited(
    inForce(
      row.basis.article6,
      law.article6,
      context,
      (entry) => !entry.notFor.includes(custodian.agencyKind) && !entry.neverFor.includes(ask.purpose) && isMet(entry),
    ),
    (code) => agrees(claim.article6, code),
  );
  const special = cited(
    specialConditions(row, context, isMet),
    ({ article9, schedule1 }) => agrees(claim.article9, article9) && agrees(claim.schedule1, schedule1),
  );
  const article10 = cited(article10s(row, context, isMet), (code) => agrees(claim.article10, code));
  const [confidentiality] = inForce(row.basis.confidentiality, law.confidentiality, context, isMet);
  return {
    ...(power !== undefined && { power }),
    ...(article6 !== undefined && { article6 }),
    ...special,
    ...(article10 !== undefined && { article10 }),
    ...(confidentiality !== undefined && { confidentiality }),
    ...(special?.schedule1 === 'p18' && { p18Reason: p18ReasonOf(context) }),
  };
}

/** Whether a row that lets special-category data pass, or sensitive processing under Part 3, has no condition met for it. */
export function lacksSpecialCondition(row: PolicyRow, { article9, schedule1 }: BasisFound): boolean {
  const isPart3 = row.regime.custodian === 'part-3';
  return (
    (row.basis.article9.length > 0 && article9 === undefined) ||
    (isPart3 && row.basis.schedule1.length > 0 && schedule1 === undefined)
  );
}

/** The whole basis, once power, article 6 (or section 35), its conditions and confidentiality are all found; else nothing. */
export function foundBasisOf(row: PolicyRow, context: DecisionContext): FoundBasis | undefined {
  const found = basisOf(row, context);
  const { power, confidentiality, article6, ...rest } = found;
  if (power === undefined || confidentiality === undefined || article6 === undefined) return undefined;
  if (lacksSpecialCondition(row, found)) return undefined;
  return { power, confidentiality, article6, ...rest, regime: row.regime };
}
