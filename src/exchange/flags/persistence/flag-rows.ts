import type { NeedToKnow } from '../../../core/decision/push.js';
import type { LeafPath, Purpose } from '../../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, PersonId, TeamId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { ToldRecipient } from '../flag.js';

/** A flag's row. */
export interface FlagRow {
  readonly id: ExchangeId;
  readonly sender: AgencyId;
  readonly person: PersonId;
  readonly disclosureId: DisclosureId;
  readonly purpose: Purpose;
  readonly raisedAt: Instant;
  readonly sealed: Buffer;
  readonly content: Buffer | null;
  readonly toldAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endToldAt: Instant | null;
}

const COLUMNS = `id, sender, person, disclosure_id AS "disclosureId", purpose, raised_at AS "raisedAt", sealed, content,
  told_at AS "toldAt", ended_at AS "endedAt", end_told_at AS "endToldAt"`;

/** Adds a flag that was just raised. */
export async function addFlag(
  tx: Tx,
  row: Omit<FlagRow, 'content' | 'toldAt' | 'endedAt' | 'endToldAt'> & { readonly content: Buffer },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.flag (id, sender, person, disclosure_id, purpose, raised_at, sealed, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.id, row.sender, row.person, row.disclosureId, row.purpose, row.raisedAt, row.sealed, row.content],
  );
}

/** A flag of an agency. */
export async function flagOf(tx: Tx, sender: AgencyId, id: string): Promise<FlagRow | undefined> {
  const [row] = await tx.sql<FlagRow & object>(`SELECT ${COLUMNS} FROM gateway.flag WHERE sender = $1 AND id = $2`, [
    sender,
    id,
  ]);
  return row;
}

/** The same, held alone until the transaction ends. */
export async function flagHeld(tx: Tx, sender: AgencyId, id: string): Promise<FlagRow | undefined> {
  const [row] = await tx.sql<FlagRow & object>(
    `SELECT ${COLUMNS} FROM gateway.flag WHERE sender = $1 AND id = $2 FOR UPDATE`,
    [sender, id],
  );
  return row;
}

/** The same, unless another transaction holds it. */
export async function flagUnlessHeld(tx: Tx, sender: AgencyId, id: string): Promise<FlagRow | undefined> {
  const [row] = await tx.sql<FlagRow & object>(
    `SELECT ${COLUMNS} FROM gateway.flag WHERE sender = $1 AND id = $2 FOR UPDATE SKIP LOCKED`,
    [sender, id],
  );
  return row;
}

/** Adds one who was told, in the transaction that tells them. */
export async function addTold(
  tx: Tx,
  { id, sender }: Pick<FlagRow, 'id' | 'sender'>,
  told: ToldRecipient,
  at: Instant,
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.flag_recipient
       (flag, sender, agency, team, disclosure_id, message_id, named, need, leaves, told_code, told_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      sender,
      told.agency,
      told.team,
      told.disclosureId,
      told.messageId,
      told.named,
      told.need,
      told.leaves,
      told.toldCode,
      at,
    ],
  );
}

interface ToldRow {
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly disclosureId: DisclosureId;
  readonly messageId: string;
  readonly named: boolean;
  readonly need: NeedToKnow;
  readonly leaves: readonly LeafPath[];
  readonly toldCode: boolean;
}

/** Who was told of a flag, as far as the transaction may see: all of them once it has named the flag. */
export function toldOf(tx: Tx, flag: ExchangeId): Promise<readonly ToldRecipient[]> {
  return tx.sql<ToldRow & object>(
    `SELECT agency, team, disclosure_id AS "disclosureId", message_id AS "messageId", named, need, leaves,
            told_code AS "toldCode"
     FROM gateway.flag_recipient WHERE flag = $1 ORDER BY told_at, disclosure_id`,
    [flag],
  );
}

/** Lets the rest of the transaction see everybody who was told of one flag. */
export async function nameFlag(tx: Tx, flag: ExchangeId): Promise<void> {
  await tx.sql(`SELECT set_config('app.flag', $1, true)`, [flag]);
}

/** Notes that everybody has been told. */
export async function markTold(tx: Tx, flag: ExchangeId, at: Instant): Promise<void> {
  await tx.sql('UPDATE gateway.flag SET told_at = $2 WHERE id = $1', [flag, at]);
}

/** Destroys what a flag said. */
export async function forgetContent(tx: Tx, flag: ExchangeId): Promise<void> {
  await tx.sql('UPDATE gateway.flag SET content = NULL, content_kept = false WHERE id = $1', [flag]);
}

/** Ends a flag. */
export async function markEnded(
  tx: Tx,
  flag: ExchangeId,
  { endedAt, notedAt }: { readonly endedAt: Instant; readonly notedAt: Instant },
): Promise<void> {
  await tx.sql('UPDATE gateway.flag SET ended_at = $2, end_noted_at = $3 WHERE id = $1', [flag, endedAt, notedAt]);
}

/** Notes that everybody who was told of a flag has been told that it ended. */
export async function markEndTold(tx: Tx, flag: ExchangeId, at: Instant): Promise<void> {
  await tx.sql('UPDATE gateway.flag SET end_told_at = $2 WHERE id = $1', [flag, at]);
}

/** A flag, by its ids alone. */
export type FlagIds = Pick<FlagRow, 'id' | 'sender'>;

/** Flags of which somebody is still to be told something, the oldest first, for the jobs' login. */
export function flagsToTell(tx: Tx, limit: number): Promise<readonly FlagIds[]> {
  return tx.sql<FlagIds & object>(
    `SELECT id, sender FROM gateway.flag
     WHERE told_at IS NULL OR (ended_at IS NOT NULL AND end_told_at IS NULL) ORDER BY raised_at LIMIT $1`,
    [limit],
  );
}

/** Flags whose thirty days are over and that still say something, the oldest first, for the jobs' login. */
export function flagsToForget(tx: Tx, limit: number): Promise<readonly FlagIds[]> {
  return tx.sql<FlagIds & object>(
    `SELECT id, sender FROM gateway.flag
     WHERE content_kept AND raised_at < now() - interval '30 days' ORDER BY raised_at LIMIT $1`,
    [limit],
  );
}
