import type { Purpose } from '../../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, PersonId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { FollowUpKind } from '../follow-up.js';

/** A follow-up's row. */
export interface FollowUpRow {
  readonly id: string;
  readonly agency: AgencyId;
  readonly kind: FollowUpKind;
  readonly of: ExchangeId | null;
  readonly disclosureId: DisclosureId;
  readonly person: PersonId;
  readonly purpose: Purpose;
  readonly begunAt: Instant;
  readonly sealed: Buffer;
  readonly content: Buffer | null;
}

const COLUMNS = `id, agency, kind, exchange_id AS "of", disclosure_id AS "disclosureId", person, purpose,
  begun_at AS "begunAt", sealed, content`;

/** Adds a follow-up, in the transaction of whatever began it. */
export async function addFollowUp(tx: Tx, row: FollowUpRow): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.follow_up (id, agency, kind, exchange_id, disclosure_id, person, purpose, begun_at, sealed, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      row.id,
      row.agency,
      row.kind,
      row.of,
      row.disclosureId,
      row.person,
      row.purpose,
      row.begunAt,
      row.sealed,
      row.content,
    ],
  );
}

/** A follow-up of which somebody is still to be told, unless another transaction holds it. */
export async function followUpUnlessHeld(tx: Tx, agency: AgencyId, id: string): Promise<FollowUpRow | undefined> {
  const [row] = await tx.sql<FollowUpRow & object>(
    `SELECT ${COLUMNS} FROM gateway.follow_up WHERE agency = $1 AND id = $2 AND told_at IS NULL FOR UPDATE SKIP LOCKED`,
    [agency, id],
  );
  return row;
}

/** Holds an exchange against another correction or recall until the transaction ends, and says whether it was recalled. */
export async function wasRecalled(tx: Tx, agency: AgencyId, exchange: ExchangeId): Promise<boolean> {
  await tx.sql(`SELECT pg_advisory_xact_lock(hashtextextended('follow-up|' || $1, 0))`, [exchange]);
  return isRecalled(tx, agency, exchange);
}

/** Whether what an agency told in an exchange was recalled. */
export async function isRecalled(tx: Tx, agency: AgencyId, exchange: ExchangeId): Promise<boolean> {
  const rows = await tx.sql(
    `SELECT id FROM gateway.follow_up WHERE agency = $1 AND exchange_id = $2 AND kind = 'recall' LIMIT 1`,
    [agency, exchange],
  );
  return rows.length > 0;
}

/** Notes that everybody has been told, and destroys what was to be told. */
export async function markTold(tx: Tx, id: string, at: Instant): Promise<void> {
  await tx.sql('UPDATE gateway.follow_up SET told_at = $2, content = NULL WHERE id = $1', [id, at]);
}

/** Follow-ups of which somebody is still to be told, the oldest first, for the jobs' login. */
export function followUpsToTell(tx: Tx, limit: number): Promise<readonly Pick<FollowUpRow, 'id' | 'agency'>[]> {
  return tx.sql<Pick<FollowUpRow, 'id' | 'agency'> & object>(
    'SELECT id, agency FROM gateway.follow_up WHERE told_at IS NULL ORDER BY begun_at, id LIMIT $1',
    [limit],
  );
}
