import type { AgencyId, OfficerId, PersonId, SubjectRef, TeamId } from '../../core/vocabulary/ids.js';
import type { CivilDate, Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';

/** A deposit without its content. */
export interface DepositRow {
  readonly id: string;
  readonly person: PersonId;
  readonly subjectRef: SubjectRef;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly officer: OfficerId;
  readonly categories: readonly string[];
  readonly asOf: CivilDate;
  readonly reviewBy: CivilDate;
  readonly depositedAt: Instant;
  readonly endedAt: Instant | null;
  readonly endedBecause: 'replaced' | 'ended' | 'expired' | null;
}

const COLUMNS = `id, person, subject_ref AS "subjectRef", agency, team, officer, categories, as_of AS "asOf",
  review_by AS "reviewBy", deposited_at AS "depositedAt", ended_at AS "endedAt", ended_because AS "endedBecause"`;

export async function addDeposit(
  tx: Tx,
  row: Omit<DepositRow, 'endedAt' | 'endedBecause'> & { readonly sealed: Buffer },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.deposit
       (id, person, subject_ref, agency, team, officer, categories, as_of, review_by, deposited_at, sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.person,
      row.subjectRef,
      row.agency,
      row.team,
      row.officer,
      row.categories,
      row.asOf,
      row.reviewBy,
      row.depositedAt,
      row.sealed,
    ],
  );
}

/** Ends what a team's deposit about a person is now, in favour of another; gives its id where there was one. */
export async function replaceCurrent(
  tx: Tx,
  of: Pick<DepositRow, 'agency' | 'team' | 'person'>,
  by: OfficerId,
  at: Instant,
): Promise<string | undefined> {
  const [row] = await tx.sql<{ id: string }>(
    `UPDATE gateway.deposit SET sealed = NULL, ended_at = $5, ended_because = 'replaced', ended_by = $4
     WHERE agency = $1 AND team = $2 AND person = $3 AND ended_at IS NULL RETURNING id`,
    [of.agency, of.team, of.person, by, at],
  );
  return row?.id;
}

/** Ends one deposit and destroys its content. False where it has ended meanwhile. */
export async function endDeposit(
  tx: Tx,
  id: string,
  { by, at, reason }: { readonly by: OfficerId; readonly at: Instant; readonly reason: Buffer },
): Promise<boolean> {
  const ended = await tx.sql(
    `UPDATE gateway.deposit SET sealed = NULL, ended_at = $3, ended_because = 'ended', ended_by = $2, reason = $4
     WHERE id = $1 AND ended_at IS NULL RETURNING id`,
    [id, by, at, reason],
  );
  return ended.length > 0;
}

/** One of an agency's own deposits. */
export async function ownDeposit(tx: Tx, agency: AgencyId, id: string): Promise<DepositRow | undefined> {
  const [row] = await tx.sql<DepositRow & object>(
    `SELECT ${COLUMNS} FROM gateway.deposit WHERE agency = $1 AND id = $2`,
    [agency, id],
  );
  return row;
}

/** An agency's own deposits, the latest first, from before the one named. */
export function ownDeposits(
  tx: Tx,
  agency: AgencyId,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<DepositRow[]> {
  tx.planAnew();
  return tx.sql<DepositRow & object>(
    `SELECT ${COLUMNS} FROM gateway.deposit WHERE agency = $1 AND ($2::uuid IS NULL OR id < $2::uuid)
     ORDER BY id DESC LIMIT $3`,
    [agency, before ?? null, limit],
  );
}

/** What a team has deposited of a person and still stands on a day. */
export async function currentDeposit(
  tx: Tx,
  of: Pick<DepositRow, 'agency' | 'team' | 'person'>,
  on: CivilDate,
): Promise<{ readonly id: string; readonly sealed: Buffer } | undefined> {
  const [row] = await tx.sql<{ id: string; sealed: Buffer }>(
    `SELECT id, sealed FROM gateway.deposit
     WHERE agency = $1 AND team = $2 AND person = $3 AND ended_at IS NULL AND review_by >= $4`,
    [of.agency, of.team, of.person, on],
  );
  return row;
}

/** What a team has deposited that has all of some categories and still stands on a day, up to a number. */
export function currentDepositsOf(
  tx: Tx,
  of: Pick<DepositRow, 'agency' | 'team' | 'categories'>,
  on: CivilDate,
  atMost: number,
): Promise<readonly { readonly id: string; readonly person: PersonId; readonly sealed: Buffer }[]> {
  return tx.sql<{ id: string; person: PersonId; sealed: Buffer }>(
    `SELECT id, person, sealed FROM gateway.deposit
     WHERE agency = $1 AND team = $2 AND categories @> $3::text[] AND ended_at IS NULL AND review_by >= $4
     ORDER BY id LIMIT $5`,
    [of.agency, of.team, of.categories, on, atMost],
  );
}

/** Destroys the content of every deposit past its day, for a transaction of the jobs' own database: its policies decide which. */
export async function expireOverdue(tx: Tx): Promise<void> {
  await tx.sql(
    `UPDATE gateway.deposit SET sealed = NULL, ended_at = now(), ended_because = 'expired' WHERE ended_at IS NULL`,
  );
}
