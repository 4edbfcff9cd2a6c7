import type { ReasonCode } from '../../vocabulary/codes.js';
import { isWithin } from '../../vocabulary/time.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';

const citation = 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4';

/** The officer is in the requester's directory, in the role the ask names, trained, and that role may ask, all of it now. */
export const officerInRole: Check = ({ facts, law, rows }) => {
  const { officer, ask, requester, decidedAt } = facts;
  const shut = (detail: string, remedy: string, reason = 'requester-role-invalid'): readonly Finding[] => [
    {
      check: 'officer-in-role',
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
  if (officer.role !== ask.officer.role)
    return shut('the officer holds another role than the ask names', 'name the role your directory gives the officer');
  if (!isWithin(decidedAt, officer.roleFrom, officer.roleTo))
    return shut('the officer does not hold the role now', 'ask through an officer whose role is in force');
  if (officer.team !== requester.team) return shut('the officer is not of the asking team', 'correct the directory');
  if (!officer.duties.includes('ask'))
    return shut('the role does not let an officer ask', 'ask through an officer whose role may request information');
  const named = rows.flatMap(({ namedRole }) => namedRole ?? []);
  const stands = [officer.role, law.roles.get(officer.role)?.deputises];
  if (!named.every((role) => stands.includes(role)))
    return shut('policy tells this to another role only', `ask through the \`${named.join('`, `')}\` of your team`);
  if (officer.trainingUntil === undefined || officer.trainingUntil <= decidedAt)
    return shut(
      'the officer has no current training',
      'record the officer’s current safeguarding training',
      'training-expired',
    );
  return [
    {
      check: 'officer-in-role',
      lock: 'requester',
      outcome: 'open',
      citation,
      restsOnSubject: false,
      detail: `role \`${officer.role}\` in force, training current`,
    },
  ];
};
