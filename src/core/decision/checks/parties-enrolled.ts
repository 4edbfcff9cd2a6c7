import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

const citation = 'UK GDPR Article 5(1)(f) and 32: exchanges pass between enrolled agencies only';

/** Neither party is suspended. */
export const partiesEnrolled: Check = ({ facts }) => {
  const suspended = [facts.requester, facts.custodian].find((party) => party.suspended);
  if (suspended === undefined) return [];
  return [
    {
      check: 'parties-enrolled',
      lock: 'requester',
      outcome: 'shut',
      reason: 'requester-role-invalid' as ReasonCode,
      citation,
      restsOnSubject: false,
      detail: `agency \`${suspended.agency}\` is suspended`,
      remedy: 'contact the operator of the gateway',
    },
  ];
};
