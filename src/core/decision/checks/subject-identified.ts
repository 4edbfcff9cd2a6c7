import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

const citation = 'UK GDPR Article 5(1)(d): never disclose on an uncertain match';

/** The subject is one person, matched exactly by identifier and by every detail given. */
export const subjectIdentified: Check = ({ facts: { subject } }) => [
  subject === 'matched'
    ? {
        check: 'subject-identified',
        lock: 'subject',
        outcome: 'open',
        citation,
        restsOnSubject: true,
        detail: 'identified exactly',
      }
    : {
        check: 'subject-identified',
        lock: 'subject',
        outcome: 'shut',
        reason: (subject === 'unknown' ? 'identity-unmatched' : 'identity-ambiguous') as ReasonCode,
        citation,
        restsOnSubject: true,
        detail:
          subject === 'unknown'
            ? 'no such person is known here'
            : 'the identifiers and details do not agree on one person',
      },
];
