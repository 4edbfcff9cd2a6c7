import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/**
 * The officer does not bear the family name of the person; where they do, somebody else looks first.
 *
 * The directory knows officers by name and post alone: their own record, a colleague's, a household or a family of another
 * name is not found by it. A namesake waits too, since a person decides within the day and a wrong look is not undone.
 */
export const officerUnrelated: Check = ({ facts: { officer } }) =>
  officer?.bearsSubjectsName === true
    ? [
        {
          check: 'officer-unrelated',
          lock: 'requester',
          outcome: 'person',
          reason: 'conflict-of-interest' as ReasonCode,
          citation: 'UK GDPR Article 5(1)(a) and (f)',
          restsOnSubject: true,
          detail: 'the officer bears the family name of the person',
        },
      ]
    : [];
