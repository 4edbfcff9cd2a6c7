import type { Ask } from '../core/decision/ask.js';
import type { Catalogue } from '../core/law/catalogue.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import { dateOf, type CivilDate, type Instant } from '../core/vocabulary/time.js';
import { GatewayProblem, malformed } from '../platform/problems/gateway-problem.js';
import type { AskBody } from './http/ask.schema.js';
import { addressFaults } from './asked-address.js';
import { unknownCodesIn } from './known-codes.js';
import { namedSubjectOf } from './named-subject.js';
import type { Asked } from './opened-ask.js';

/** Drops members that are null or absent, which mean the same in an ask. */
function present(key: string, member: object | null | undefined): object {
  if (member === null || member === undefined) return {};
  return {
    [key]: Object.fromEntries(
      Object.entries(member).filter(([, value]: [string, unknown]) => value !== null && value !== undefined),
    ),
  };
}

/** Whether somebody born on a day is 18 or more today. */
export function isAdult(birthDate: string | undefined, today: CivilDate): boolean {
  if (birthDate === undefined) return false;
  const [year, ...day] = birthDate.split('-');
  return [String(Number(year) + 18), ...day].join('-') <= today;
}

/**
 * The ask as the decision takes it: codes known, a future end of the period cut to today, the subject's identity left out.
 *
 * @throws a `malformed` problem naming every code that the catalogue does not know
 */
function askOf(body: AskBody, law: Catalogue, now: Instant): Ask {
  const today = dateOf(now);
  const faults = [...addressFaults(body), ...unknownCodesIn(body, law, today)];
  if (faults.length > 0) throw new GatewayProblem('malformed', { errors: faults });
  if (body.period.from > today)
    throw new GatewayProblem('malformed', {
      errors: [{ pointer: '/period/from', detail: 'must not lie in the future' }],
    });
  const to = body.period.to > today ? today : (body.period.to as CivilDate);
  const ask = {
    kind: body.kind,
    custodian: body.custodian,
    custodianTeam: body.custodianTeam,
    subjectRole: body.subject.role,
    ...(body.subject.uprn !== undefined && { byAddress: true }),
    ...(isAdult(body.subject.birthDate, today) && { subjectIsAdult: true }),
    purpose: body.purpose,
    caseReference: body.caseReference,
    officer: body.officer,
    categories: body.categories,
    questions: body.questions,
    textFor: body.textFor,
    period: { from: body.period.from, to },
    necessity: body.necessity,
    function: body.function,
    urgency: body.urgency,
    ...present('basis', body.basis),
    ...present('notice', body.notice),
    ...present('emergency', body.emergency),
    ...present('wishes', body.wishes),
    ...present('police', body.police),
    ...present('victim', body.victim),
    ...present('court', body.court),
    ...(body.courtRoute !== undefined && { courtRoute: body.courtRoute }),
  };
  return ask as unknown as Ask;
}

/**
 * A call and its body as the line takes them.
 *
 * @throws a `malformed` problem as {@link askOf} and {@link namedSubjectOf} do, and for a custodian that is the one who asks
 */
export function askedBy(call: AuthenticatedCall, body: AskBody, law: Catalogue, now: Instant): Asked {
  const ask = askOf(body, law, now);
  const named = namedSubjectOf(body.subject);
  if (ask.custodian === call.agency) throw malformed('/custodian', 'must be another agency than the one that asks');
  return { call, ask, named, ...(ask.byAddress !== undefined && { place: 'unasked' }) };
}
