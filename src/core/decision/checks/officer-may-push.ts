import type { ReasonCode } from '../../vocabulary/codes.js';
import { isWithin } from '../../vocabulary/time.js';
import type { Finding } from '../decision.js';
import type { PushFacts } from '../push.js';

const citation = 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4';

/** The sender's officer is in its directory, in the role the push names, trained, and that role may push, all of it now. */
export function officerMayPush({ officer, push, sender, decidedAt }: PushFacts): readonly Finding[] {
  const shut = (detail: string, remedy: string, reason = 'requester-role-invalid'): readonly Finding[] => [
    {
      check: 'officer-may-push',
      lock: 'requester',
      outcome: 'shut',
      reason: reason as ReasonCode,
      citation,
      restsOnSubject: false,
      detail,
      remedy,
    },
  ];
  if (officer === undefined) return shut('the directory knows no such officer', 'enrol the officer in your directory');
  if (officer.role !== push.officer.role)
    return shut('the officer holds another role than the push names', 'name the role your directory gives the officer');
  if (!isWithin(decidedAt, officer.roleFrom, officer.roleTo))
    return shut('the officer does not hold the role now', 'push through an officer whose role is in force');
  if (officer.team !== sender.team) return shut('the officer is not of the sending team', 'correct the directory');
  if (!officer.duties.includes('push'))
    return shut('the role does not let an officer push', 'push through an officer whose role may raise a flag');
  if (officer.trainingUntil === undefined || officer.trainingUntil <= decidedAt)
    return shut(
      'the officer has no current training',
      'record the officer’s current safeguarding training',
      'training-expired',
    );
  return [
    {
      check: 'officer-may-push',
      lock: 'requester',
      outcome: 'open',
      citation,
      restsOnSubject: false,
      detail: `role \`${officer.role}\` in force, training current`,
    },
  ];
}
