import type { Category } from '../../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, PersonId, TeamId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { FollowUpKind } from '../follow-up.js';

/** A notice as it is given. */
export interface NoticeRow {
  readonly id: string;
  readonly followUp: string;
  readonly kind: FollowUpKind;
  readonly sender: AgencyId;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly about: DisclosureId;
  readonly disclosureId: DisclosureId;
  readonly messageId: string;
  readonly person: PersonId;
  readonly categories: readonly Category[];
  readonly named: boolean;
  readonly receivedAt: Instant;
  readonly givenAt: Instant;
  readonly acknowledgeBy: Instant;
}

const COLUMNS = `id, follow_up AS "followUp", kind, sender, agency, team, about, disclosure_id AS "disclosureId",
  message_id AS "messageId", person, categories, named, received_at AS "receivedAt", given_at AS "givenAt",
  acknowledge_by AS "acknowledgeBy"`;

/** Adds a notice, in the transaction that gives it. A stop is followed no further: what was told stays told. */
export async function addNotice(tx: Tx, row: NoticeRow): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.follow_up_notice (id, follow_up, kind, sender, agency, team, about, disclosure_id, message_id,
       person, categories, named, received_at, given_at, acknowledge_by, followed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, CASE $3 WHEN 'stop' THEN $14::timestamptz END)`,
    [
      row.id,
      row.followUp,
      row.kind,
      row.sender,
      row.agency,
      row.team,
      row.about,
      row.disclosureId,
      row.messageId,
      row.person,
      row.categories,
      row.named,
      row.receivedAt,
      row.givenAt,
      row.acknowledgeBy,
    ],
  );
}

/** Whether a team was given notice of a disclosure by the same follow-up before; its agency must be a party. */
export async function isGiven(
  tx: Tx,
  { followUp, about, team }: Pick<NoticeRow, 'followUp' | 'about' | 'team'>,
): Promise<boolean> {
  const rows = await tx.sql(
    'SELECT id FROM gateway.follow_up_notice WHERE follow_up = $1 AND about = $2 AND team = $3',
    [followUp, about, team],
  );
  return rows.length > 0;
}

/** The corrections of these disclosures that an agency was told, which must be a party. */
export async function correctionsOf(
  tx: Tx,
  { agency, disclosures }: { readonly agency: AgencyId; readonly disclosures: readonly DisclosureId[] },
): Promise<readonly DisclosureId[]> {
  const rows = await tx.sql<{ disclosureId: DisclosureId }>(
    `SELECT disclosure_id AS "disclosureId" FROM gateway.follow_up_notice
     WHERE agency = $1 AND about = ANY ($2::uuid[]) AND kind = 'correction' ORDER BY given_at, id`,
    [agency, disclosures],
  );
  return rows.map(({ disclosureId }) => disclosureId);
}

/** Whose notice it is, by ids alone. */
export type NoticeIds = Pick<NoticeRow, 'id' | 'agency'>;

/** Notices whose recipient may have given on what they are about, the oldest first, for the jobs' login. */
export function noticesToFollow(tx: Tx, limit: number): Promise<readonly NoticeIds[]> {
  return tx.sql<NoticeIds & object>(
    'SELECT id, agency FROM gateway.follow_up_notice WHERE followed_at IS NULL ORDER BY given_at, id LIMIT $1',
    [limit],
  );
}

/** One of them, unless another transaction holds it. */
export async function noticeUnlessHeld(tx: Tx, { id, agency }: NoticeIds): Promise<NoticeRow | undefined> {
  const [row] = await tx.sql<NoticeRow & object>(
    `SELECT ${COLUMNS} FROM gateway.follow_up_notice
     WHERE id = $1 AND agency = $2 AND followed_at IS NULL FOR UPDATE SKIP LOCKED`,
    [id, agency],
  );
  return row;
}

/** Notes that everybody was told to whom a notice's recipient had given on what it is about. */
export async function markFollowed(tx: Tx, id: string, at: Instant): Promise<void> {
  await tx.sql('UPDATE gateway.follow_up_notice SET followed_at = $2 WHERE id = $1', [id, at]);
}

/** Agencies that have a notice which somebody is to hear of, for the jobs' login. */
export async function agenciesToChase(tx: Tx, now: Instant): Promise<readonly AgencyId[]> {
  const rows = await tx.sql<{ agency: AgencyId }>(
    `SELECT DISTINCT agency FROM gateway.follow_up_notice
     WHERE (acknowledged_at IS NULL AND escalated_at IS NULL
         AND CASE WHEN alerted_at IS NULL THEN acknowledge_by ELSE escalate_at END <= $1)
       OR (action = 'cannot-delete' AND refusal_told_at IS NULL)`,
    [now],
  );
  return rows.map(({ agency }) => agency);
}

/** What people hear of a notice that nobody acknowledged. */
export type LateNotice = Pick<NoticeRow, 'kind' | 'sender' | 'disclosureId' | 'named'>;

const LATE = 'kind, sender, disclosure_id AS "disclosureId", named';

/** Takes an agency's notices that are late for the first time, each once. */
export function alertLate(
  tx: Tx,
  agency: AgencyId,
  { now, escalateAt }: { readonly now: Instant; readonly escalateAt: Instant },
): Promise<readonly LateNotice[]> {
  return tx.sql<LateNotice & object>(
    `UPDATE gateway.follow_up_notice SET alerted_at = $2, escalate_at = $3
     WHERE agency = $1 AND acknowledged_at IS NULL AND alerted_at IS NULL AND acknowledge_by <= $2 RETURNING ${LATE}`,
    [agency, now, escalateAt],
  );
}

/** Takes those that people heard of and that are late again, each once. */
export function escalateLate(tx: Tx, agency: AgencyId, now: Instant): Promise<readonly LateNotice[]> {
  return tx.sql<LateNotice & object>(
    `UPDATE gateway.follow_up_notice SET escalated_at = $2
     WHERE agency = $1 AND acknowledged_at IS NULL AND escalated_at IS NULL AND escalate_at <= $2 RETURNING ${LATE}`,
    [agency, now],
  );
}

/** Takes an agency's notices that it answered with that it cannot delete, each once. */
export function tellRefusals(tx: Tx, agency: AgencyId, now: Instant): Promise<readonly LateNotice[]> {
  return tx.sql<LateNotice & object>(
    `UPDATE gateway.follow_up_notice SET refusal_told_at = $2
     WHERE agency = $1 AND action = 'cannot-delete' AND refusal_told_at IS NULL RETURNING ${LATE}`,
    [agency, now],
  );
}
