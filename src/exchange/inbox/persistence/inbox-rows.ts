import type { Purpose } from '../../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, TeamId } from '../../../core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { CarriedSeal } from '../../../platform/sealing/carried-seal.js';
import type { KeptMessage, MessageAction, MessageKind, NewMessage } from '../inbox-message.js';

const KEPT_SECONDS = 30 * 24 * 60 * 60;

interface Row {
  readonly id: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly sender: AgencyId;
  readonly kind: MessageKind;
  readonly exchange_id: ExchangeId;
  readonly disclosure_id: DisclosureId;
  readonly purpose: Purpose;
  readonly made_at: Instant;
  readonly acknowledge_by: Instant;
  readonly sealed: Buffer | null;
  readonly rests_on: Buffer | null;
  readonly rests_on_key: Buffer | null;
  readonly first_read_at: Instant | null;
  readonly was_delivered: boolean;
  readonly ended_because: NonNullable<KeptMessage['endedBecause']> | null;
  readonly acknowledged_by: OfficerId | null;
  readonly action: MessageAction | null;
  readonly hidden_from_sender: boolean;
}

/** Whether the recipient's own system has taken it: what it then holds was disclosed. */
const WAS_DELIVERED = `EXISTS (SELECT FROM gateway.delivery d
    WHERE d.message_id = inbox_message.id AND d.delivered_at IS NOT NULL) AS was_delivered`;

const COLUMNS = `id, agency, team, sender, kind, exchange_id, disclosure_id, purpose, made_at, acknowledge_by, sealed,
  rests_on, rests_on_key, first_read_at, ${WAS_DELIVERED}, ended_because, acknowledged_by, action, hidden_from_sender`;

function messageOf(row: Row): KeptMessage {
  const { sealed, rests_on: restsOn, rests_on_key: wrapped, first_read_at: firstReadAt } = row;
  const { ended_because: endedBecause, acknowledged_by: by, action } = row;
  return {
    id: row.id,
    agency: row.agency,
    team: row.team,
    sender: row.sender,
    kind: row.kind,
    exchangeId: row.exchange_id,
    disclosureId: row.disclosure_id,
    purpose: row.purpose,
    madeAt: row.made_at,
    acknowledgeBy: row.acknowledge_by,
    ...(row.hidden_from_sender && { hiddenFromSender: true }),
    ...(sealed !== null && { sealed }),
    ...(restsOn !== null && wrapped !== null && { restsOn: { sealed: restsOn, wrapped } }),
    ...(firstReadAt !== null && { firstReadAt }),
    ...(row.was_delivered && { wasDelivered: true }),
    ...(endedBecause !== null && { endedBecause }),
    ...(by !== null && action !== null && { acknowledged: { by, action } }),
  };
}

/** Adds a message, its content and what it rests on sealed. */
export async function addMessage(
  tx: Tx,
  message: NewMessage,
  { sealed, restsOn }: { readonly sealed: Buffer; readonly restsOn: CarriedSeal | undefined },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.inbox_message (id, agency, team, sender, kind, exchange_id, disclosure_id, purpose, made_at,
       acknowledge_by, keep_until, sealed, rests_on, rests_on_key, consents, urgency, escalate_by, hidden_from_sender)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    [
      message.id,
      message.agency,
      message.team,
      message.sender,
      message.kind,
      message.content.of,
      message.content.disclosureId,
      message.purpose,
      message.madeAt,
      message.acknowledgeBy,
      secondsAfter(message.madeAt, KEPT_SECONDS),
      sealed,
      restsOn?.sealed ?? null,
      restsOn?.wrapped ?? null,
      message.consents,
      message.content.urgency,
      message.escalateBy,
      message.hiddenFromSender === true,
    ],
  );
}

/** What waits for a team of an agency, the oldest first, from after the one named. */
export async function waitingMessages(
  tx: Tx,
  { agency, team, after, limit }: { agency: AgencyId; team: TeamId; after: string | undefined; limit: number },
): Promise<readonly KeptMessage[]> {
  tx.planAnew();
  const rows = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.inbox_message
     WHERE agency = $1 AND team = $2 AND ended_at IS NULL AND ($3::uuid IS NULL OR id > $3::uuid)
     ORDER BY id LIMIT $4`,
    [agency, team, after ?? null, limit],
  );
  return rows.map(messageOf);
}

const TOLD_AT_ONCE = 1_000;

/** What waits for a team, in the order of ids, from after one on: which messages there are, and nothing of them. */
export async function waitingAfter(
  tx: Tx,
  { agency, team, from }: { agency: AgencyId; team: TeamId; from: string | undefined },
): Promise<readonly Pick<KeptMessage, 'id' | 'kind'>[]> {
  tx.planAnew();
  const found: Pick<KeptMessage, 'id' | 'kind'>[] = [];
  for (let after = from; ;) {
    const rows = await tx.sql<Pick<KeptMessage, 'id' | 'kind'>>(
      `SELECT id, kind FROM gateway.inbox_message
       WHERE agency = $1 AND team = $2 AND ended_at IS NULL AND ($3::uuid IS NULL OR id > $3::uuid)
       ORDER BY id LIMIT $4`,
      [agency, team, after ?? null, TOLD_AT_ONCE],
    );
    found.push(...rows);
    if (rows.length < TOLD_AT_ONCE) return found;
    after = rows.at(-1)?.id;
  }
}

/**
 * Holds these messages of an agency until the transaction ends, and gives them as they are by then: without those that have
 * ended since they were listed. In the order of their ids, so that two who do so wait for each other and never both.
 */
export async function holdWaiting(tx: Tx, agency: AgencyId, ids: readonly string[]): Promise<readonly KeptMessage[]> {
  if (ids.length === 0) return [];
  const rows = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.inbox_message WHERE agency = $1 AND id = ANY ($2) AND ended_at IS NULL
     ORDER BY id FOR UPDATE`,
    [agency, ids],
  );
  return rows.map(messageOf);
}

/** Puts on record who was first shown each of these; what it took to decide them again is destroyed. */
export async function noteRead(tx: Tx, ids: readonly string[], by: OfficerId, at: Instant): Promise<void> {
  if (ids.length === 0) return;
  await tx.sql(
    `UPDATE gateway.inbox_message SET first_read_at = $3, first_read_by = $2, rests_on = NULL, rests_on_key = NULL
     WHERE id = ANY ($1) AND first_read_at IS NULL AND ended_at IS NULL`,
    [ids, by, at],
  );
}

/** One message of a team. */
export async function messageNamed(
  tx: Tx,
  { agency, team, id }: { agency: AgencyId; team: TeamId; id: string },
): Promise<KeptMessage | undefined> {
  const [row] = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.inbox_message WHERE agency = $1 AND team = $2 AND id = $3`,
    [agency, team, id],
  );
  return row && messageOf(row);
}

/** Ends a message once, and destroys its content. False when it had ended. */
export async function endMessage(
  tx: Tx,
  { id, by, action, at }: { id: string; by: OfficerId; action: MessageAction; at: Instant },
): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.inbox_message
     SET sealed = NULL, rests_on = NULL, rests_on_key = NULL,
       ended_at = $4, ended_because = 'acknowledged', acknowledged_by = $2, action = $3
     WHERE id = $1 AND ended_at IS NULL RETURNING id`,
    [id, by, action, at],
  );
  return rows.length === 1;
}

/** Ends a message that nobody was shown, and destroys its content. */
export async function withholdMessage(tx: Tx, id: string, at: Instant): Promise<void> {
  await tx.sql(
    `UPDATE gateway.inbox_message
     SET sealed = NULL, rests_on = NULL, rests_on_key = NULL, ended_at = $2, ended_because = 'withheld'
     WHERE id = $1 AND ended_at IS NULL AND first_read_at IS NULL`,
    [id, at],
  );
}

/** Says which consents stand behind a message that nobody was shown. */
export async function noteConsents(tx: Tx, id: string, consents: readonly string[]): Promise<void> {
  await tx.sql(
    `UPDATE gateway.inbox_message SET consents = $2 WHERE id = $1 AND ended_at IS NULL AND first_read_at IS NULL`,
    [id, consents],
  );
}

/**
 * Unread messages behind which a consent stood that has been withdrawn since, for a transaction of the jobs' own database:
 * its policies show it nothing else of them.
 */
export async function restingOnWithdrawn(tx: Tx): Promise<readonly Pick<KeptMessage, 'id' | 'agency'>[]> {
  return tx.sql<Pick<KeptMessage, 'id' | 'agency'>>(
    `SELECT m.id, m.agency FROM gateway.inbox_message m
     WHERE m.ended_at IS NULL AND m.first_read_at IS NULL AND m.consents <> '{}'
       AND EXISTS (SELECT FROM gateway.consent_withdrawal w WHERE w.consent = ANY (m.consents))
     ORDER BY m.id LIMIT 500`,
  );
}

/** Ends what an agency's inbox still holds of these disclosures, and destroys its content; gives the messages' ids. */
export async function recallMessages(
  tx: Tx,
  { agency, disclosures, at }: { agency: AgencyId; disclosures: readonly DisclosureId[]; at: Instant },
): Promise<readonly string[]> {
  const rows = await tx.sql<{ id: string }>(
    `UPDATE gateway.inbox_message SET sealed = NULL, rests_on = NULL, rests_on_key = NULL, ended_at = $3, ended_because = 'recalled'
     WHERE agency = $1 AND disclosure_id = ANY ($2::uuid[]) AND ended_at IS NULL RETURNING id`,
    [agency, disclosures, at],
  );
  return rows.map(({ id }) => id);
}

/** Destroys the content of every message past its day, for a transaction of the jobs' own database: its policies decide which. */
export async function expireMessages(tx: Tx): Promise<void> {
  await tx.sql(
    `UPDATE gateway.inbox_message
     SET sealed = NULL, rests_on = NULL, rests_on_key = NULL, ended_at = now(), ended_because = 'expired'
     WHERE ended_at IS NULL`,
  );
}
