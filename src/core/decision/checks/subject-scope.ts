import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/** Each subject is a request of their own: asking about a child opens no one else's record, a sibling's only in part. */
export const subjectScope: Check = ({ facts: { ask }, law }) => {
  const only = law.subjectRoles.get(ask.subjectRole)?.onlyCategories;
  const beyond = only === undefined ? [] : ask.categories.filter((category) => !only.includes(category));
  if (beyond.length === 0) return [];
  return [
    {
      check: 'subject-scope',
      lock: 'minimum',
      outcome: 'shut',
      reason: 'excessive-scope' as ReasonCode,
      citation: 'UK GDPR Article 5(1)(c)',
      categories: beyond,
      restsOnSubject: false,
      detail: `more was asked of a \`${ask.subjectRole}\` than the concern covers`,
      remedy: 'ask about this person in their own right when the concern covers them',
    },
  ];
};
