import { isLaw } from '../../law/in-force.js';
import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';

function shut(reason: string, citation: string, detail: string, remedy: string): readonly Finding[] {
  return [
    {
      check: 'purpose-permitted',
      lock: 'need-to-know',
      outcome: 'shut',
      reason: reason as ReasonCode,
      citation,
      restsOnSubject: false,
      detail,
      remedy,
    },
  ];
}

/** A purpose that rests on law not yet in force, or not in the custodian's nation, is no purpose there today. */
function outOfLaw({ facts: { ask, custodian }, law, on }: DecisionContext): readonly Finding[] {
  const purpose = law.purposes.get(ask.purpose);
  if (purpose?.jurisdictions.includes(custodian.jurisdiction) !== true)
    return shut(
      'jurisdiction-mismatch',
      purpose?.law ?? 'published catalogue of purposes',
      `\`${ask.purpose}\` is not a purpose of the law of \`${custodian.jurisdiction}\``,
      'ask for the purpose that the law of that nation knows',
    );
  if (purpose.commencedBy === undefined) return [];
  const power = law.powers.get(purpose.commencedBy);
  if (power !== undefined && isLaw(power, on, custodian.jurisdiction)) return [];
  return shut(
    'policy-not-commenced',
    power?.citation ?? purpose.law,
    `\`${ask.purpose}\` rests on law that is not in force on ${on}`,
    'ask for a purpose whose law is in force; a report may be made on common-law public interest meanwhile',
  );
}

/** Some row of published policy speaks to this purpose between these two kinds of team. Absence denies. */
export const purposePermitted: Check = (context) => {
  const { facts, rows, rowsElsewhere } = context;
  const { ask, custodian, requester } = facts;
  const unlawful = outOfLaw(context);
  if (unlawful.length > 0) return unlawful;
  const [row] = rows;
  if (row !== undefined)
    return [
      {
        check: 'purpose-permitted',
        lock: 'need-to-know',
        outcome: 'open',
        citation: `policy ${row.id}`,
        restsOnSubject: false,
        detail: `policy \`${row.id}\` speaks to \`${ask.purpose}\` from \`${custodian.teamKind}\` to \`${requester.teamKind}\``,
      },
    ];
  if (rowsElsewhere.length > 0)
    return shut(
      'jurisdiction-mismatch',
      'published disclosure policy',
      `policy speaks to \`${ask.purpose}\` in ${rowsElsewhere.join(', ')}, and not in \`${custodian.jurisdiction}\``,
      'ask under the law of the custodian’s nation',
    );
  return shut(
    'no-legal-power',
    'UK GDPR Article 5(1)(b); published disclosure policy',
    `no policy speaks to \`${ask.purpose}\` from \`${custodian.teamKind}\` to \`${requester.teamKind}\``,
    'ask for a purpose that policy provides between these two kinds of team',
  );
};
