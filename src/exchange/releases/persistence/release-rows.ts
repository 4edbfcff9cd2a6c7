import type { Urgency } from '../../../core/decision/ask.js';
import type { Category, Purpose, RoleCode } from '../../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, TeamId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { ReleaseCase, ReleaseOutcome } from '../release-case.js';

interface Row {
  readonly id: string;
  readonly exchange_id: ExchangeId;
  readonly disclosure_id: DisclosureId;
  readonly requester: AgencyId;
  readonly custodian: AgencyId;
  readonly custodian_team: TeamId;
  readonly named_role: RoleCode | null;
  readonly purpose: Purpose;
  readonly categories: readonly Category[];
  readonly urgency: Urgency;
  readonly opened_at: Instant;
  readonly due_at: Instant;
  readonly seen: Buffer;
  readonly sealed: Buffer | null;
  readonly proposal_id: string | null;
  readonly proposed_by: OfficerId | null;
  readonly proposed_at: Instant | null;
  readonly proposal: Buffer | null;
  readonly decided_at: Instant | null;
  readonly outcome: ReleaseOutcome | null;
  readonly decided_by: OfficerId | null;
  readonly seconded_by: OfficerId | null;
  readonly released_as: DisclosureId | null;
  readonly escalated_at: Instant | null;
}

const COLUMNS = `id, exchange_id, disclosure_id, requester, custodian, custodian_team, named_role, purpose, categories,
  urgency, opened_at, due_at, seen, sealed, proposal_id, proposed_by, proposed_at, proposal,
  decided_at, outcome, decided_by, seconded_by, released_as, escalated_at`;

function proposalOf(row: Row): Pick<ReleaseCase, 'proposal'> {
  const { proposal_id: id, proposed_by: by, proposed_at: at, proposal } = row;
  if (id === null || by === null || at === null) return {};
  return { proposal: { id, by, at, ...(proposal !== null && { sealed: proposal }) } };
}

function decidedOf(row: Row): Pick<ReleaseCase, 'decided'> {
  const { decided_at: at, decided_by: by, outcome, released_as: disclosureId, seconded_by: second } = row;
  if (at === null || by === null || outcome === null || disclosureId === null) return {};
  return { decided: { at, by, outcome, disclosureId, ...(second !== null && { second }) } };
}

function caseOf(row: Row): ReleaseCase {
  return {
    id: row.id,
    exchangeId: row.exchange_id,
    disclosureId: row.disclosure_id,
    requester: row.requester,
    custodian: row.custodian,
    custodianTeam: row.custodian_team,
    ...(row.named_role !== null && { namedRole: row.named_role }),
    purpose: row.purpose,
    categories: row.categories,
    urgency: row.urgency,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    seen: row.seen,
    ...(row.sealed !== null && { sealed: row.sealed }),
    ...(row.escalated_at !== null && { escalatedAt: row.escalated_at }),
    ...proposalOf(row),
    ...decidedOf(row),
  };
}

/** The id of an exchange's open case; undefined where none waits. */
export async function openCaseOf(tx: Tx, custodian: AgencyId, exchange: ExchangeId): Promise<string | undefined> {
  const [row] = await tx.sql<{ id: string }>(
    `SELECT id FROM gateway.release_case WHERE custodian = $1 AND exchange_id = $2 AND decided_at IS NULL`,
    [custodian, exchange],
  );
  return row?.id;
}

/**
 * Adds a case. A retry of the ask takes the place of what its earlier answer left waiting, which keeps its id and the time
 * by which it is due; what a first officer proposed of that falls. Not waited for.
 */
export function putCase(tx: Tx, opened: ReleaseCase & { readonly sealed: Buffer }): void {
  tx.send(
    `INSERT INTO gateway.release_case (id, exchange_id, disclosure_id, requester, custodian, custodian_team, named_role,
       purpose, categories, urgency, opened_at, due_at, seen, sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (exchange_id) WHERE decided_at IS NULL DO UPDATE
       SET disclosure_id = excluded.disclosure_id, categories = excluded.categories, seen = excluded.seen,
         sealed = excluded.sealed, proposal_id = NULL, proposed_by = NULL, proposed_at = NULL, proposal = NULL`,
    [
      opened.id,
      opened.exchangeId,
      opened.disclosureId,
      opened.requester,
      opened.custodian,
      opened.custodianTeam,
      opened.namedRole ?? null,
      opened.purpose,
      opened.categories,
      opened.urgency,
      opened.openedAt,
      opened.dueAt,
      opened.seen,
      opened.sealed,
    ],
  );
}

/** One case of a custodian. */
export async function caseNamed(tx: Tx, custodian: AgencyId, id: string): Promise<ReleaseCase | undefined> {
  const [row] = await tx.sql<Row>(`SELECT ${COLUMNS} FROM gateway.release_case WHERE custodian = $1 AND id = $2`, [
    custodian,
    id,
  ]);
  return row && caseOf(row);
}

/** Which cases of one team are listed, and from where on. */
export interface CaseFilter {
  readonly custodian: AgencyId;
  readonly team: TeamId;
  /** Only those that name no role or one of these. */
  readonly roles: readonly RoleCode[];
  /** Open cases due before this moment only; absent: all that are open. */
  readonly dueBefore?: Instant | undefined;
  readonly after?: { readonly at: Instant; readonly id: string } | undefined;
  readonly limit: number;
}

/** Open cases, the first due first. */
export async function openCases(tx: Tx, filter: CaseFilter): Promise<readonly ReleaseCase[]> {
  tx.planAnew();
  const rows = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.release_case
     WHERE custodian = $1 AND custodian_team = $2 AND (named_role IS NULL OR named_role = ANY ($3))
       AND decided_at IS NULL AND ($4::timestamptz IS NULL OR due_at < $4)
       AND ($5::timestamptz IS NULL OR (due_at, id) > ($5::timestamptz, $6::uuid))
     ORDER BY due_at, id LIMIT $7`,
    placed(filter),
  );
  return rows.map(caseOf);
}

/** Decided cases, the latest first. */
export async function decidedCases(tx: Tx, filter: CaseFilter): Promise<readonly ReleaseCase[]> {
  tx.planAnew();
  const rows = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM gateway.release_case
     WHERE custodian = $1 AND custodian_team = $2 AND (named_role IS NULL OR named_role = ANY ($3))
       AND decided_at IS NOT NULL AND ($4::timestamptz IS NULL OR decided_at < $4)
       AND ($5::timestamptz IS NULL OR (decided_at, id) < ($5::timestamptz, $6::uuid))
     ORDER BY decided_at DESC, id DESC LIMIT $7`,
    placed(filter),
  );
  return rows.map(caseOf);
}

function placed({ custodian, team, roles, dueBefore, after, limit }: CaseFilter): readonly unknown[] {
  return [custodian, team, roles, dueBefore ?? null, after?.at ?? null, after?.id ?? null, limit];
}

/** Puts on record that the custodian's own system is about to be asked for a case, before it is. */
export async function noteFetch(
  tx: Tx,
  { id, at, by, disclosureId }: { readonly id: string; at: Instant; by: OfficerId; disclosureId: DisclosureId },
): Promise<void> {
  await tx.sql(
    `UPDATE gateway.release_case SET fetched_at = $2, fetched_by = $3, fetched_for = $4
     WHERE id = $1 AND decided_at IS NULL`,
    [id, at, by, disclosureId],
  );
}

/** Puts on record which review was shown last. */
export async function noteSeen(tx: Tx, id: string, seen: Buffer): Promise<void> {
  await tx.sql(`UPDATE gateway.release_case SET seen = $2 WHERE id = $1 AND decided_at IS NULL`, [id, seen]);
}

/** Keeps what the first of two officers decided, in place of what another proposed before. */
export async function propose(
  tx: Tx,
  id: string,
  { id: proposalId, by, at, sealed }: Required<NonNullable<ReleaseCase['proposal']>>,
): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.release_case SET proposal_id = $2, proposed_by = $3, proposed_at = $4, proposal = $5
     WHERE id = $1 AND decided_at IS NULL RETURNING id`,
    [id, proposalId, by, at, sealed],
  );
  return rows.length === 1;
}

/**
 * Ends a case once: of two who decide at the same moment the second finds it decided. What was sealed for it is destroyed.
 *
 * @returns false when it was decided, or what was proposed of it is not what is approved
 */
export async function closeCase(
  tx: Tx,
  {
    id,
    disclosureId,
    proposal,
    decided,
  }: Pick<ReleaseCase, 'id' | 'disclosureId' | 'proposal'> & {
    readonly decided: NonNullable<ReleaseCase['decided']>;
  },
): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.release_case
     SET sealed = NULL, proposal = NULL, decided_at = $4, outcome = $5, decided_by = $6, seconded_by = $7,
       released_as = $8
     WHERE id = $1 AND disclosure_id = $2 AND decided_at IS NULL AND ($3::uuid IS NULL OR proposal_id = $3)
     RETURNING id`,
    [
      id,
      disclosureId,
      decided.second === undefined ? null : (proposal?.id ?? null),
      decided.at,
      decided.outcome,
      decided.by,
      decided.second ?? null,
      decided.disclosureId,
    ],
  );
  return rows.length === 1;
}

/** How many cases are past the time by which they were due, for a transaction of the jobs' own database. */
export async function countOverdue(tx: Tx, at: Instant): Promise<number> {
  const [row] = await tx.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM gateway.release_case WHERE decided_at IS NULL AND due_at < $1`,
    [at],
  );
  return row?.n ?? 0;
}

/** The custodians of cases that are overdue and of which nobody else was told, for a transaction of the jobs' own database. */
export async function custodiansWithOverdue(tx: Tx, at: Instant): Promise<readonly AgencyId[]> {
  const rows = await tx.sql<{ custodian: AgencyId }>(
    `SELECT DISTINCT custodian FROM gateway.release_case
     WHERE decided_at IS NULL AND due_at < $1 AND escalated_at IS NULL ORDER BY custodian`,
    [at],
  );
  return rows.map(({ custodian }) => custodian);
}

/** Marks a custodian's overdue cases as told of, each once, and gives those that were not before. */
export async function escalateOverdue(
  tx: Tx,
  custodian: AgencyId,
  at: Instant,
): Promise<readonly Pick<ReleaseCase, 'disclosureId' | 'requester' | 'urgency'>[]> {
  return tx.sql<Pick<ReleaseCase, 'disclosureId' | 'requester' | 'urgency'>>(
    `UPDATE gateway.release_case SET escalated_at = $2
     WHERE custodian = $1 AND decided_at IS NULL AND due_at < $2 AND escalated_at IS NULL
     RETURNING disclosure_id AS "disclosureId", requester, urgency`,
    [custodian, at],
  );
}
