import type { Urgency } from '../../../core/decision/ask.js';
import type { AgencyId, DisclosureId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { DeadBecause, Delivery, DeliveryNamed, DeliveryState } from '../delivery.js';

interface Row {
  readonly message_id: string;
  readonly agency: Delivery['agency'];
  readonly team: Delivery['team'];
  readonly sender: Delivery['sender'];
  readonly kind: Delivery['kind'];
  readonly exchange_id: Delivery['exchangeId'];
  readonly disclosure_id: Delivery['disclosureId'];
  readonly purpose: Delivery['purpose'];
  readonly urgency: Urgency;
  readonly named_to_sender: boolean;
  readonly made_at: Instant;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly attempts_before: number;
  readonly faults: number;
  readonly redrives: number;
  readonly last_outcome: string | null;
  readonly last_at: Instant | null;
  readonly delivered_at: Instant | null;
  readonly acknowledged_at: Instant | null;
  readonly dead_at: Instant | null;
  readonly dead_because: DeadBecause | null;
  readonly act_by: Instant | null;
  readonly receipt: string | null;
}

const COLUMNS = `message_id, agency, team, sender, kind, exchange_id, disclosure_id, purpose, urgency, named_to_sender,
  made_at, state, attempts, attempts_before, faults, redrives, last_outcome, last_at, delivered_at, acknowledged_at, dead_at, dead_because,
  act_by, receipt`;

function deliveryOf(row: Row): Delivery {
  const {
    last_outcome: outcome,
    last_at: lastAt,
    dead_at: deadAt,
    dead_because: because,
    act_by: actBy,
    receipt,
  } = row;
  return {
    messageId: row.message_id,
    agency: row.agency,
    team: row.team,
    sender: row.sender,
    kind: row.kind,
    exchangeId: row.exchange_id,
    disclosureId: row.disclosure_id,
    purpose: row.purpose,
    urgency: row.urgency,
    isNamedToSender: row.named_to_sender,
    madeAt: row.made_at,
    state: row.state,
    attempts: row.attempts,
    attemptsBefore: row.attempts_before,
    faults: row.faults,
    redrives: row.redrives,
    ...(outcome !== null && lastAt !== null && { last: { outcome, at: lastAt } }),
    ...(row.delivered_at !== null && { deliveredAt: row.delivered_at }),
    ...(row.acknowledged_at !== null && { acknowledgedAt: row.acknowledged_at }),
    ...(deadAt !== null &&
      because !== null &&
      actBy !== null && { dead: { at: deadAt, because, actBy, ...(receipt !== null && { receipt }) } }),
  };
}

/** Says of deliveries that their messages began how urgent they are, and whether the sender may know of them; gives them. */
export async function describeDeliveries(
  tx: Tx,
  described: readonly { readonly messageId: string; readonly urgency: Urgency; readonly namedToSender: boolean }[],
): Promise<readonly DeliveryNamed[]> {
  const rows = await tx.sql<Pick<Row, 'message_id' | 'agency' | 'team' | 'sender'>>(
    `UPDATE gateway.delivery SET urgency = said.urgency, named_to_sender = said.named
     FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS said (id, urgency, named)
     WHERE message_id = said.id RETURNING message_id, agency, team, sender`,
    [
      described.map(({ messageId }) => messageId),
      described.map(({ urgency }) => urgency),
      described.map(({ namedToSender }) => namedToSender),
    ],
  );
  return rows.map(({ message_id: messageId, agency, team, sender }) => ({ messageId, agency, team, sender }));
}

/** Keeps others away from a delivery that is due, for so many seconds; undefined where it is not due, or kept already. */
export async function leaseDelivery(tx: Tx, messageId: string, seconds: number): Promise<Delivery | undefined> {
  const [row] = await tx.sql<Row>(
    `UPDATE gateway.delivery SET leased_until = clock_timestamp() + make_interval(secs => $2)
     WHERE message_id = $1 AND state = 'pending' AND due_at <= clock_timestamp()
       AND (leased_until IS NULL OR leased_until <= clock_timestamp())
     RETURNING ${COLUMNS}`,
    [messageId, seconds],
  );
  return row && deliveryOf(row);
}

/** For how long a delivery that is due is still kept by somebody else; undefined where it is not due, or nobody keeps it. */
export async function leasedForSeconds(tx: Tx, messageId: string): Promise<number | undefined> {
  const [row] = await tx.sql<{ readonly seconds: number }>(
    `SELECT extract(epoch FROM leased_until - clock_timestamp())::float8 AS seconds FROM gateway.delivery
     WHERE message_id = $1 AND state = 'pending' AND due_at <= clock_timestamp() AND leased_until > clock_timestamp()`,
    [messageId],
  );
  return row?.seconds;
}

/** Begins an attempt; gives its number. */
export async function beginAttempt(
  tx: Tx,
  { messageId, agency }: DeliveryNamed,
  sent: { readonly endpoint: string; readonly bodyDigest: Uint8Array; readonly signature: string },
): Promise<number> {
  const [row] = await tx.sql<{ readonly attempt: number }>(
    `WITH counted AS (
       UPDATE gateway.delivery SET attempts = attempts + 1, route = 'system' WHERE message_id = $1 RETURNING attempts)
     INSERT INTO gateway.delivery_attempt (message_id, attempt, agency, endpoint, body_digest, signature)
     SELECT $1, attempts, $2, $3, $4, $5 FROM counted RETURNING attempt`,
    [messageId, agency, sent.endpoint, sent.bodyDigest, sent.signature],
  );
  if (row === undefined) throw new Error(`delivery \`${messageId}\` is gone`);
  return row.attempt;
}

/** Ends the attempts of which nobody heard again: whoever made them died. Gives how many there were. */
export async function endLostAttempts(tx: Tx, messageId: string): Promise<number> {
  const rows = await tx.sql(
    `UPDATE gateway.delivery_attempt SET ended_at = clock_timestamp(), outcome = 'unknown'
     WHERE message_id = $1 AND outcome IS NULL RETURNING attempt`,
    [messageId],
  );
  return rows.length;
}

/** Says how an attempt ended; false where that was said before. */
export async function endAttempt(tx: Tx, messageId: string, attempt: number, outcome: string): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.delivery_attempt SET ended_at = clock_timestamp(), outcome = $3
     WHERE message_id = $1 AND attempt = $2 AND outcome IS NULL RETURNING attempt`,
    [messageId, attempt, outcome],
  );
  return rows.length > 0;
}

/** Of these agencies, those on whose record of a disclosure it does not stand yet that its way out is unknown. */
export async function notYetUnknownTo(
  tx: Tx,
  disclosureId: DisclosureId,
  agencies: readonly AgencyId[],
): Promise<readonly AgencyId[]> {
  const rows = await tx.sql<{ readonly agency: AgencyId }>(
    `SELECT agency FROM unnest($1::text[]) AS told (agency)
     WHERE NOT EXISTS (SELECT FROM gateway.outcome
       WHERE outcome.agency = told.agency AND disclosure_id = $2 AND outcome = 'unknown')`,
    [agencies, disclosureId],
  );
  return rows.map(({ agency }) => agency);
}

/** There is no system to send to: the inbox is the way, and whoever was shown the message there has it. */
export async function leaveToInbox(tx: Tx, messageId: string, wasRead: boolean): Promise<void> {
  await tx.sql(
    `UPDATE gateway.delivery SET route = 'inbox', due_at = NULL, leased_until = NULL,
       state = CASE WHEN $2 THEN 'delivered' ELSE state END,
       delivered_at = CASE WHEN $2 THEN clock_timestamp() ELSE delivered_at END
     WHERE message_id = $1 AND state = 'pending'`,
    [messageId, wasRead],
  );
}

/** Whether an officer was shown the message; in a transaction of the recipient alone. */
export async function wasReadInInbox(tx: Tx, messageId: string): Promise<boolean> {
  const rows = await tx.sql('SELECT FROM gateway.inbox_message WHERE id = $1 AND first_read_at IS NOT NULL', [
    messageId,
  ]);
  return rows.length > 0;
}

/** Nothing may go there any more, and nothing will. */
export async function withhold(tx: Tx, messageId: string): Promise<void> {
  await tx.sql(
    `UPDATE gateway.delivery SET state = 'withheld', due_at = NULL, leased_until = NULL
     WHERE message_id = $1 AND state = 'pending'`,
    [messageId],
  );
}

/** The receiver has it. */
export async function noteDelivered(tx: Tx, messageId: string): Promise<void> {
  await tx.sql(
    `UPDATE gateway.delivery SET state = 'delivered', delivered_at = clock_timestamp(), due_at = NULL,
       leased_until = NULL, faults = 0, last_outcome = 'delivered', last_at = clock_timestamp()
     WHERE message_id = $1 AND state = 'pending'`,
    [messageId],
  );
}

/** What a delivery that was not made is put off by, and why. */
export interface PutOff {
  readonly seconds: number;
  /** Absent: no attempt was made. */
  readonly outcome?: string;
  /** It could not even be made ready to send. */
  readonly isFault?: boolean;
  /** Whoever puts it off keeps it; else it is put off only where it is due and nobody does. */
  readonly isKept: boolean;
}

/**
 * Puts a delivery off, to its last moment at most.
 *
 * @returns in how many seconds it is due; `too-late` where its last moment has passed; undefined where it is pending no more, or
 *   not to be put off by this caller
 */
export async function putOff(
  tx: Tx,
  messageId: string,
  { seconds, outcome, isFault = false, isKept }: PutOff,
): Promise<number | 'too-late' | undefined> {
  const [row] = await tx.sql<{ readonly seconds: number | null }>(
    `UPDATE gateway.delivery SET leased_until = NULL,
       due_at = least(clock_timestamp() + make_interval(secs => $2), greatest(give_up_at, clock_timestamp())),
       last_outcome = coalesce($3, last_outcome),
       last_at = CASE WHEN $3::text IS NULL THEN last_at ELSE clock_timestamp() END,
       faults = CASE WHEN $4 THEN faults + 1 WHEN $3::text IS NULL THEN faults ELSE 0 END
     WHERE message_id = $1 AND state = 'pending' AND ($5 OR (due_at <= clock_timestamp()
       AND (leased_until IS NULL OR leased_until <= clock_timestamp())))
     RETURNING CASE WHEN give_up_at <= clock_timestamp() THEN NULL
       ELSE extract(epoch FROM due_at - clock_timestamp())::float8 END AS seconds`,
    [messageId, seconds, outcome ?? null, isFault, isKept],
  );
  return row && (row.seconds ?? 'too-late');
}

/** Ends a delivery that nobody tries any more; undefined where it is pending no more. By `act_by` somebody has to have acted. */
export async function markDead(tx: Tx, messageId: string, because: DeadBecause): Promise<Delivery | undefined> {
  const [row] = await tx.sql<Row>(
    `UPDATE gateway.delivery SET state = 'dead', dead_at = clock_timestamp(), dead_because = $2, due_at = NULL,
       leased_until = NULL, act_by = clock_timestamp() + (acknowledge_by - made_at)
     WHERE message_id = $1 AND state = 'pending' RETURNING ${COLUMNS}`,
    [messageId, because],
  );
  return row && deliveryOf(row);
}

/** Keeps the signed word of a non-delivery with it. False where it has one, or is dead no more. */
export async function keepReceipt(tx: Tx, messageId: string, receipt: string): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.delivery SET receipt = $2
     WHERE message_id = $1 AND state = 'dead' AND receipt IS NULL RETURNING message_id`,
    [messageId, receipt],
  );
  return rows.length > 0;
}

/** A dead delivery is pending again, for seven days or as long as the message is kept; undefined where it is not dead, or its content is gone. */
export async function revive(tx: Tx, messageId: string): Promise<Delivery | undefined> {
  const [row] = await tx.sql<Row>(
    `UPDATE gateway.delivery SET state = 'pending', dead_at = NULL, dead_because = NULL, act_by = NULL, receipt = NULL,
       due_at = clock_timestamp(), faults = 0, redrives = redrives + 1, attempts_before = attempts,
       give_up_at = least(clock_timestamp() + interval '7 days', keep_until)
     WHERE message_id = $1 AND state = 'dead' AND dead_because <> 'not-taken-on' AND keep_until > clock_timestamp()
     RETURNING ${COLUMNS}`,
    [messageId],
  );
  return row && deliveryOf(row);
}

/** One delivery, whoever may know of it. */
export async function deliveryOfMessage(tx: Tx, messageId: string): Promise<Delivery | undefined> {
  const [row] = await tx.sql<Row>(`SELECT ${COLUMNS} FROM gateway.delivery WHERE message_id = $1`, [messageId]);
  return row && deliveryOf(row);
}

/** One delivery that an agency may know of: to it, or of its own to a recipient it may know of. */
export async function deliveryKnownTo(tx: Tx, agency: AgencyId, messageId: string): Promise<Delivery | undefined> {
  const [row] = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.delivery
     WHERE message_id = $1 AND (agency = $2 OR (sender = $2 AND named_to_sender))`,
    [messageId, agency],
  );
  return row && deliveryOf(row);
}

/** Deliveries of a sender that it may know of, the oldest first, after one of them. */
export async function deliveriesOf(
  tx: Tx,
  sender: AgencyId,
  page: { readonly state: DeliveryState | undefined; readonly after: string | undefined; readonly limit: number },
): Promise<readonly Delivery[]> {
  tx.planAnew();
  const rows = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.delivery
     WHERE sender = $1 AND named_to_sender AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR message_id > $3)
     ORDER BY message_id LIMIT $4`,
    [sender, page.state ?? null, page.after ?? null, page.limit],
  );
  return rows.map(deliveryOf);
}

/** Deliveries that have been due for a while, and for which no job is queued. For the jobs' own login. */
export async function forgottenDeliveries(
  tx: Tx,
  graceSeconds: number,
  limit: number,
): Promise<readonly (DeliveryNamed & { readonly urgency: Urgency })[]> {
  const rows = await tx.sql<Pick<Row, 'message_id' | 'agency' | 'team' | 'sender' | 'urgency'>>(
    `SELECT message_id, agency, team, sender, urgency FROM gateway.delivery
     WHERE due_at < clock_timestamp() - make_interval(secs => $1)
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
       AND NOT EXISTS (SELECT FROM gateway_jobs.job
         WHERE name = 'deliveries' AND singleton_key = message_id::text AND state < 'active')
     ORDER BY due_at LIMIT $2`,
    [graceSeconds, limit],
  );
  return rows.map(({ message_id: messageId, agency, team, sender, urgency }) => ({
    messageId,
    agency,
    team,
    sender,
    urgency,
  }));
}

/** Dead deliveries that nobody was told of yet. For the jobs' own login. */
export async function untoldDeaths(tx: Tx, limit: number): Promise<readonly DeliveryNamed[]> {
  const rows = await tx.sql<Pick<Row, 'message_id' | 'agency' | 'team' | 'sender'>>(
    `SELECT message_id, agency, team, sender FROM gateway.delivery
     WHERE state = 'dead' AND receipt IS NULL ORDER BY dead_at LIMIT $1`,
    [limit],
  );
  return rows.map(({ message_id: messageId, agency, team, sender }) => ({ messageId, agency, team, sender }));
}
