import type { InvalidCombination } from '../../law/catalogue.js';
import type { PolicyRow } from '../../law/policy-row.js';
import type { ReasonCode } from '../../vocabulary/codes.js';
import { basisOf, lacksSpecialCondition, type BasisFound } from '../basis.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';

/** Whether a forbidden pair is what the requester cites for this custodian. A part the pair leaves out matches anything. */
function isCited({ when }: InvalidCombination, { facts }: DecisionContext): boolean {
  const { ask, custodian } = facts;
  const cited = ask.basis;
  const among = (list: readonly string[] | undefined, value: string | undefined): boolean =>
    list === undefined || (value !== undefined && list.includes(value));
  // Consent as the basis and a policy document are facts of the custodian's, which no citation states.
  if (when.citedAsDuty === true) return false;
  if (when.noPolicyDocument === true && custodian.hasPolicyDocument) return false;
  if (when.consentAsBasis === true && cited?.article6 !== '6-1-a' && cited?.article9 !== '9-2-a') return false;
  return (
    among(when.custodianKinds, custodian.agencyKind) &&
    among(when.custodianTeams, custodian.teamKind) &&
    among(when.article6, cited?.article6) &&
    among(when.article9, cited?.article9) &&
    among(when.schedule1, cited?.schedule1) &&
    among(when.powers, ask.function.power) &&
    among(when.purposes, ask.purpose) &&
    among(when.requestKinds, ask.kind)
  );
}

/** The first part of the cited basis that differs from the one found, and what is right there. */
function firstDifference(context: DecisionContext, found: BasisFound): string | undefined {
  const cited = context.facts.ask.basis;
  if (cited === undefined) return undefined;
  if (cited.p18Reason !== undefined && !context.law.p18Reasons.has(cited.p18Reason)) return 'p18Reason';
  return (['article6', 'article9', 'schedule1', 'article10'] as const).find(
    (part) => cited[part] !== undefined && cited[part] !== found[part],
  );
}

/** Categories of criminal-offence data stay shut where no article 10 condition of the row is met (DPA 2018 s.10(5)). */
function offenceDataUncovered(
  row: PolicyRow,
  { article10 }: BasisFound,
  { facts, law }: DecisionContext,
): readonly Finding[] {
  if (row.regime.custodian === 'part-3' || article10 !== undefined) return [];
  const categories = facts.ask.categories.filter((category) =>
    law.categories.get(category)?.leaves.some(({ dataClasses }) => dataClasses.includes('C')),
  );
  if (categories.length === 0) return [];
  return [
    {
      check: 'data-protection-met',
      lock: 'data-protection',
      outcome: 'shut',
      reason: 'no-dp-condition' as ReasonCode,
      citation: 'UK GDPR Article 10; DPA 2018 s.10(5)',
      categories,
      restsOnSubject: false,
      detail: 'no condition for criminal-offence data is met for this custodian today',
      remedy: 'the custodian must hold an appropriate policy document',
    },
  ];
}

function describe(found: BasisFound): string {
  const { article6, article9, schedule1, article10 } = found;
  const parts = [article6, article9, schedule1].filter((part) => part !== undefined).join(' with ');
  return article10 === undefined ? parts : `${parts}, and ${article10} for article 10`;
}

/**
 * Lock 2: an article 6 basis (or DPA 2018 s.35) and, where special or criminal-offence data may pass, its conditions.
 *
 * The custodian's own basis is found from policy. What the requester cites is right where the custodian may rely on it,
 * preferred or not; where wrong it is refused with the right one, never swapped.
 */
export const dataProtectionMet: Check = (context) => {
  const [row] = context.rows;
  if (row === undefined) return [];
  const found = basisOf(row, context);
  const shut = (reason: string, citation: string, detail: string, remedy: string): readonly Finding[] => [
    {
      check: 'data-protection-met',
      lock: 'data-protection',
      outcome: 'shut',
      reason: reason as ReasonCode,
      citation,
      restsOnSubject: false,
      detail,
      remedy,
    },
  ];
  const forbidden = context.law.invalidCombinations.find((pair) => isCited(pair, context));
  if (forbidden !== undefined)
    return shut('invalid-basis-combination', forbidden.citation, forbidden.title, forbidden.remedy);
  const wanting = found.article6 === undefined || lacksSpecialCondition(row, found);
  if (wanting)
    return shut(
      'no-dp-condition',
      'UK GDPR Articles 6 and 9; DPA 2018 Schedule 1',
      'no basis and condition of the policy is met for this custodian today',
      'the custodian must hold an appropriate policy document and a basis in force',
    );
  const difference = firstDifference(context, found);
  if (difference !== undefined)
    return shut(
      'invalid-basis-combination',
      'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
      `\`basis.${difference}\` is not what the custodian may rely on here`,
      `the custodian relies on ${describe(found)}: cite that, or leave \`basis\` out`,
    );
  return [
    ...offenceDataUncovered(row, found, context),
    {
      check: 'data-protection-met',
      lock: 'data-protection',
      outcome: 'open',
      citation: 'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
      restsOnSubject: false,
      detail: `\`${describe(found)}\`, ${row.regime.custodian} to ${row.regime.requester}`,
    },
  ];
};
