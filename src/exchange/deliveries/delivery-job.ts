import type { Urgency } from '../../core/decision/ask.js';
import type { AgencyId, TeamId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Job } from '../../platform/jobs/jobs.js';
import type { DeliveryNamed } from './delivery.js';

const PRIORITY: Readonly<Record<Urgency, number>> = { routine: 0, urgent: 1, emergency: 2 };

/** The job of one attempt: whose message it is, and no more. Those of one team's system are a group. */
export function jobOf(
  { messageId, agency, team, sender }: DeliveryNamed,
  chosen: { readonly afterSeconds?: number; readonly urgency?: Urgency } = {},
): Job {
  const { afterSeconds, urgency } = chosen;
  return {
    data: { messageId, agency, team, sender },
    key: messageId,
    group: team,
    ...(urgency !== undefined && { priority: PRIORITY[urgency] }),
    ...(afterSeconds !== undefined && { afterSeconds }),
  };
}

/** What such a job names. Throws TypeError on anything else. */
export function namedBy(data: JsonObject): DeliveryNamed {
  const { messageId, agency, team, sender } = data;
  if (
    typeof messageId !== 'string' ||
    typeof agency !== 'string' ||
    typeof team !== 'string' ||
    typeof sender !== 'string'
  )
    throw new TypeError('a delivery job names message, recipient, team and sender');
  return { messageId, agency: agency as AgencyId, team: team as TeamId, sender: sender as AgencyId };
}
