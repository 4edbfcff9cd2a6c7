import type { Urgency } from '../../../core/decision/ask.js';
import type { AgencyId, DisclosureId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';

/** A message that nobody acknowledged in time, as far as it is told of. */
export interface LateMessage {
  readonly disclosureId: DisclosureId;
  readonly sender: AgencyId;
  /** The sender may not know that there is a recipient. */
  readonly isHidden: boolean;
  /** Null for one that an earlier version delivered. */
  readonly urgency: Urgency | null;
}

/** Corrections, recalls and stops are chased by those who sent them: until they are obeyed, which reading them is not. */
const NOT_CHASED_OTHERWISE = `kind NOT IN ('correction', 'recall', 'stop')`;

/** The recipients of late messages of which somebody is still to be told, for a transaction of the jobs' own database. */
export async function recipientsWithLate(tx: Tx, at: Instant): Promise<readonly AgencyId[]> {
  const rows = await tx.sql<{ agency: AgencyId }>(
    `SELECT DISTINCT agency FROM gateway.inbox_message
     WHERE ended_at IS NULL AND escalated_at IS NULL AND acknowledge_by < $1 AND ${NOT_CHASED_OTHERWISE}
       AND (alerted_at IS NULL OR coalesce(escalate_by, acknowledge_by) < $1) ORDER BY agency`,
    [at],
  );
  return rows.map(({ agency }) => agency);
}

/** Marks a recipient's late messages as told of, each once, and gives those that were not before. */
export function alertLate(tx: Tx, recipient: AgencyId, at: Instant): Promise<readonly LateMessage[]> {
  return tx.sql<LateMessage>(
    `UPDATE gateway.inbox_message SET alerted_at = $2
     WHERE agency = $1 AND ended_at IS NULL AND alerted_at IS NULL AND acknowledge_by < $2 AND ${NOT_CHASED_OTHERWISE}
     RETURNING disclosure_id AS "disclosureId", sender, hidden_from_sender AS "isHidden", urgency`,
    [recipient, at],
  );
}

/** The same of those that are late a second time. */
export function escalateLate(tx: Tx, recipient: AgencyId, at: Instant): Promise<readonly LateMessage[]> {
  return tx.sql<LateMessage>(
    `UPDATE gateway.inbox_message SET escalated_at = $2
     WHERE agency = $1 AND ended_at IS NULL AND alerted_at IS NOT NULL AND escalated_at IS NULL
       AND coalesce(escalate_by, acknowledge_by) < $2
     RETURNING disclosure_id AS "disclosureId", sender, hidden_from_sender AS "isHidden", urgency`,
    [recipient, at],
  );
}
