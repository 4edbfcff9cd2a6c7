import type { ReasonCode } from '../../vocabulary/codes.js';
import { basisOf } from '../basis.js';
import type { Check } from '../context.js';

/** Lock 3: the duty of confidence is set aside by a route of the policy that is law today, and proportionately so. */
export const confidentialityOverridden: Check = (context) => {
  const [row] = context.rows;
  if (row === undefined) return [];
  const { confidentiality } = basisOf(row, context);
  if (confidentiality === undefined)
    return [
      {
        check: 'confidentiality-overridden',
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'confidentiality-not-overridden' as ReasonCode,
        citation: 'common-law duty of confidence; Human Rights Act 1998 Article 8',
        restsOnSubject: false,
        detail: 'no route of the policy sets the duty of confidence aside',
        remedy: 'ask for a purpose for which confidence may be set aside, or obtain consent or a court order',
      },
    ];
  const route = context.law.confidentiality.get(confidentiality);
  return [
    {
      check: 'confidentiality-overridden',
      lock: 'confidentiality',
      outcome: 'open',
      citation: route?.citation ?? 'common-law duty of confidence',
      restsOnSubject: false,
      detail: `\`${confidentiality}\``,
    },
  ];
};
