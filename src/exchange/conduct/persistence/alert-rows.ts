import type { AgencyId, DisclosureId, OfficerId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { AlertKind } from '../../governance-alerts.js';

/** An alert as it is raised. */
export interface NewAlertRow {
  readonly id: string;
  readonly agency: AgencyId;
  readonly kind: AlertKind;
  readonly rules: readonly string[];
  readonly addressed: readonly string[];
  readonly disclosureId: DisclosureId;
  readonly counterpart: AgencyId | null;
  readonly raisedAt: Instant;
  readonly dueAt: Instant | null;
  /** 32 bytes: a second alert with the same is not raised. */
  readonly once: Buffer | null;
}

/** An alert as it is kept. */
export interface AlertRow extends Omit<NewAlertRow, 'agency' | 'once'> {
  readonly acknowledged: { readonly at: Instant; readonly by: OfficerId } | undefined;
}

interface Stored {
  readonly id: string;
  readonly kind: AlertKind;
  readonly rules: string[];
  readonly addressed: string[];
  readonly disclosure_id: DisclosureId;
  readonly counterpart: AgencyId | null;
  readonly raised_at: Instant;
  readonly due_at: Instant | null;
  readonly acknowledged_at: Instant | null;
  readonly acknowledged_by: OfficerId | null;
}

/** Keeps an alert, in the transaction of what it tells of. Not waited for. */
export function insertAlert(tx: Tx, row: NewAlertRow): void {
  tx.send(
    `INSERT INTO gateway.alert
       (id, agency, kind, rules, addressed, disclosure_id, counterpart, raised_at, due_at, once)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    [
      row.id,
      row.agency,
      row.kind,
      row.rules,
      row.addressed,
      row.disclosureId,
      row.counterpart,
      row.raisedAt,
      row.dueAt,
      row.once,
    ],
  );
}

const columns = `id, kind, rules, addressed, disclosure_id, counterpart, raised_at, due_at, acknowledged_at, acknowledged_by`;

/** An agency's alerts, the oldest first, after one of them; one more than the limit when there are others. */
export async function alertsOf(
  tx: Tx,
  agency: AgencyId,
  { isOpen, after, limit }: { readonly isOpen: boolean; readonly after: string | undefined; readonly limit: number },
): Promise<readonly AlertRow[]> {
  tx.planAnew();
  const rows = await tx.sql<Stored>(isOpen ? listing.open : listing.acknowledged, [agency, after ?? null, limit + 1]);
  return rows.map(alertRow);
}

/** One alert of an agency; undefined where it has none of that id. */
export async function alertOf(tx: Tx, agency: AgencyId, id: string): Promise<AlertRow | undefined> {
  const [row] = await tx.sql<Stored>(`SELECT ${columns} FROM gateway.alert WHERE agency = $1 AND id = $2`, [
    agency,
    id,
  ]);
  return row && alertRow(row);
}

/** Says who took an alert; false where somebody had. */
export async function takeAlert(tx: Tx, agency: AgencyId, id: string, by: OfficerId, at: Instant): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.alert SET acknowledged_at = $4, acknowledged_by = $3
     WHERE agency = $1 AND id = $2 AND acknowledged_at IS NULL RETURNING id`,
    [agency, id, by, at],
  );
  return rows.length > 0;
}

const listed = (condition: string): string =>
  `SELECT ${columns} FROM gateway.alert
   WHERE agency = $1 AND acknowledged_at ${condition} AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`;
const listing = { open: listed('IS NULL'), acknowledged: listed('IS NOT NULL') } as const;

function alertRow(row: Stored): AlertRow {
  return {
    id: row.id,
    kind: row.kind,
    rules: row.rules,
    addressed: row.addressed,
    disclosureId: row.disclosure_id,
    counterpart: row.counterpart,
    raisedAt: row.raised_at,
    dueAt: row.due_at,
    acknowledged:
      row.acknowledged_at === null || row.acknowledged_by === null
        ? undefined
        : { at: row.acknowledged_at, by: row.acknowledged_by },
  };
}
