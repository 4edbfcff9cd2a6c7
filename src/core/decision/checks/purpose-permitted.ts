import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/** Some row of published policy speaks to this purpose between these two kinds of team. Absence denies. */
export const purposePermitted: Check = ({ facts: { ask, custodian, requester }, rows }) => {
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
  return [
    {
      check: 'purpose-permitted',
      lock: 'need-to-know',
      outcome: 'shut',
      reason: 'no-legal-power' as ReasonCode,
      citation: 'UK GDPR Article 5(1)(b); published disclosure policy',
      restsOnSubject: false,
      detail: `no policy speaks to \`${ask.purpose}\` from \`${custodian.teamKind}\` to \`${requester.teamKind}\``,
      remedy: 'ask for a purpose that policy provides between these two kinds of team',
    },
  ];
};
