import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/** Some kinds of request a person always decides, whatever policy permits. */
export const kindReviewed: Check = ({ facts: { ask }, law }) => {
  const kind = law.requestKinds.get(ask.kind);
  if (kind?.alwaysReviewed !== true) return [];
  return [
    {
      check: 'kind-reviewed',
      lock: 'minimum',
      outcome: 'person',
      reason: 'person-decides' as ReasonCode,
      citation: kind.citation,
      restsOnSubject: false,
      detail: `a person decides every request of kind \`${ask.kind}\``,
    },
  ];
};
