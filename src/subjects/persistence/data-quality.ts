import type { AgencyId, OfficerId, PersonId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Author } from '../subject.js';

/** Why it is in doubt who a person is. */
export type Doubt = 'details-differ' | 'identifiers-differ';

/** A doubt to be raised about one person, and who is to settle it. */
export interface RaisedDoubt {
  readonly id: string;
  readonly person: PersonId;
  readonly kind: Doubt;
  readonly addressedTo: AgencyId;
}

/** An open task as the agency it is addressed to sees it. Who differs from it is not said. */
export interface OpenTask {
  readonly id: string;
  readonly person: PersonId;
  readonly kind: Doubt;
  readonly openedAt: Instant;
}

/** Opens tasks, unless the same agency has one of the kind open about the same person. Runs with none, for the time it takes. */
export async function openTasks(tx: Tx, by: Author, at: Instant, doubts: readonly RaisedDoubt[]): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.data_quality_task (id, person, kind, addressed_to, opened_by, officer, opened_at)
     SELECT id, person, kind, addressed_to, $5::text, $6::text, $7::timestamptz
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS raised (id, person, kind, addressed_to)
     WHERE NOT EXISTS (
       SELECT FROM gateway.data_quality_task t
       WHERE t.person = raised.person AND t.kind = raised.kind AND t.opened_by = $5
         AND NOT EXISTS (SELECT FROM gateway.data_quality_resolution r WHERE r.task = t.id))`,
    [
      doubts.map(({ id }) => id),
      doubts.map(({ person }) => person),
      doubts.map(({ kind }) => kind),
      doubts.map(({ addressedTo }) => addressedTo),
      by.agency,
      by.officer,
      at,
    ],
  );
}

/** Closes what this agency put in doubt about the person, now that it agrees. Runs for nobody too. */
export async function withdrawDoubts(tx: Tx, by: Author, at: Instant, person: PersonId | null): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.data_quality_resolution (task, person, agency, outcome, officer, resolved_at)
     SELECT t.id, t.person, $2::text, 'agrees', $3::text, $4::timestamptz
     FROM gateway.data_quality_task t
     WHERE t.person = $1 AND t.opened_by = $2
       AND NOT EXISTS (SELECT FROM gateway.data_quality_resolution r WHERE r.task = t.id)`,
    [person, by.agency, by.officer, at],
  );
}

/** What is to be settled by this agency, oldest first, a page at most. */
export async function tasksFor(tx: Tx, agency: AgencyId): Promise<readonly OpenTask[]> {
  return tx.sql<OpenTask & object>(
    `SELECT t.id, t.person, t.kind, t.opened_at AS "openedAt" FROM gateway.data_quality_task t
     WHERE t.addressed_to = $1
       AND NOT EXISTS (SELECT FROM gateway.data_quality_resolution r WHERE r.task = t.id)
     ORDER BY t.opened_at, t.id LIMIT 200`,
    [agency],
  );
}

/** A task addressed to this agency, settled or not. */
export async function taskFor(tx: Tx, agency: AgencyId, id: string): Promise<SettleableTask | undefined> {
  const [row] = await tx.sql<SettleableTask & object>(
    `SELECT t.person, t.opened_by AS "openedBy", t.officer,
            EXISTS (SELECT FROM gateway.data_quality_resolution r WHERE r.task = t.id) AS settled
     FROM gateway.data_quality_task t WHERE t.addressed_to = $1 AND t.id = $2`,
    [agency, id],
  );
  return row;
}

interface SettleableTask {
  readonly person: PersonId;
  readonly openedBy: AgencyId;
  readonly officer: OfficerId;
  readonly settled: boolean;
}

/** Settles a task: what is held was right, or has just been put right. */
export async function settleTask(
  tx: Tx,
  {
    task,
    person,
    by,
    at,
    outcome,
  }: {
    task: string;
    person: PersonId;
    by: Author;
    at: Instant;
    outcome: 'confirmed' | 'corrected';
  },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.data_quality_resolution (task, person, agency, outcome, officer, resolved_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [task, person, by.agency, outcome, by.officer, at],
  );
}
