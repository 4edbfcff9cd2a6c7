import type { AgencyId, OfficerId, PersonId, TeamId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { instantFromJson } from '../../platform/database/column-types.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Author } from '../involvement.js';

/** An involvement with what has become of it. */
export interface InvolvementRow {
  readonly id: string;
  readonly person: PersonId;
  readonly caseReference: string;
  readonly process: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly role: string;
  readonly officers: readonly OfficerId[] | null;
  readonly from: Instant;
  readonly openedBy: AgencyId;
  readonly openingOfficer: OfficerId;
  readonly openerLeads: boolean;
  readonly openerIsForce: boolean;
  readonly endedAt: Instant | null;
  readonly confirmations: readonly Author[];
}

const COLUMNS = `
  i.id, i.person, i.case_reference AS "caseReference", i.process, i.agency, i.team, i.role, i.officers,
  i.from_at AS "from", i.opened_by AS "openedBy", i.opening_officer AS "openingOfficer",
  i.opener_leads AS "openerLeads", i.opener_is_force AS "openerIsForce",
  (SELECT e.ended_at FROM gateway.involvement_end e WHERE e.involvement = i.id) AS "endedAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('agency', c.agency, 'officer', c.officer)
                             ORDER BY c.confirmed_at, c.agency), '[]')
   FROM gateway.involvement_confirmation c WHERE c.involvement = i.id) AS confirmations`;

/** Every involvement of an agency with a person that the transaction may see, oldest first. */
export async function involvementsWith(tx: Tx, person: PersonId, agency: AgencyId): Promise<InvolvementRow[]> {
  const found = await tx.read<InvolvementRow & object>(
    `SELECT ${COLUMNS} FROM gateway.involvement i WHERE i.person = $1 AND i.agency = $2 ORDER BY i.opened_at, i.id`,
    [person, agency],
  );
  return found.map((row) => ({
    ...row,
    from: instantFromJson(row.from),
    endedAt: row.endedAt === null ? null : instantFromJson(row.endedAt),
  }));
}

/** Every involvement of anybody with a person that the transaction may see, oldest first. */
export function involvementsOfAll(tx: Tx, person: PersonId): Promise<InvolvementRow[]> {
  return tx.sql<InvolvementRow & object>(
    `SELECT ${COLUMNS} FROM gateway.involvement i WHERE i.person = $1 ORDER BY i.opened_at, i.id`,
    [person],
  );
}

/** One involvement, where the transaction may see it. */
export async function involvement(tx: Tx, id: string): Promise<InvolvementRow | undefined> {
  const [row] = await tx.sql<InvolvementRow & object>(`SELECT ${COLUMNS} FROM gateway.involvement i WHERE i.id = $1`, [
    id,
  ]);
  return row;
}

/** Lets the rest of the transaction see the one involvement it can name. */
export async function name(tx: Tx, id: string): Promise<void> {
  await tx.sql(`SELECT set_config('app.involvement', $1, true)`, [id]);
}

/** Whether the agency opened, or gains by, an involvement with the person that has not ended. */
export async function isInvolved(tx: Tx, agency: AgencyId, person: PersonId): Promise<boolean> {
  const [row] = await tx.sql<{ involved: boolean }>(
    `SELECT EXISTS (
       SELECT FROM gateway.involvement i
       WHERE i.person = $2 AND (i.agency = $1 OR i.opened_by = $1)
         AND NOT EXISTS (SELECT FROM gateway.involvement_end e WHERE e.involvement = i.id)) AS involved`,
    [agency, person],
  );
  return row?.involved === true;
}

/** Adds an involvement. */
export async function addInvolvement(
  tx: Tx,
  row: Omit<InvolvementRow, 'endedAt' | 'confirmations'>,
  openedAt: Instant,
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.involvement
       (id, person, case_reference, process, agency, team, role, officers, from_at,
        opened_by, opening_officer, opener_leads, opener_is_force, opened_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      row.id,
      row.person,
      row.caseReference,
      row.process,
      row.agency,
      row.team,
      row.role,
      row.officers,
      row.from,
      row.openedBy,
      row.openingOfficer,
      row.openerLeads,
      row.openerIsForce,
      openedAt,
    ],
  );
}

/** Adds an officer's word for an involvement. */
export async function addConfirmation(tx: Tx, { id, person }: InvolvementRow, by: Author, at: Instant): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.involvement_confirmation (involvement, person, agency, officer, confirmed_at)
     VALUES ($1, $2, $3, $4, $5)`,
    [id, person, by.agency, by.officer, at],
  );
}

/** Ends an involvement; the reason comes sealed. */
export async function addEnd(
  tx: Tx,
  { id, person }: InvolvementRow,
  { by, at, reason }: { by: Author; at: Instant; reason: Buffer },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.involvement_end (involvement, person, agency, officer, reason, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, person, by.agency, by.officer, reason, at],
  );
}
