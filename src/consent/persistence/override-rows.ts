import type { AgencyId, OfficerId, PersonId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Recorded } from './wish-rows.js';

/** An objection of one's own, with the override that stands of it. */
export interface OwnObjection {
  readonly id: string;
  readonly person: PersonId;
  readonly officer: OfficerId;
  readonly ended: boolean;
  /** Null where none stands. */
  readonly override: string | null;
}

/** An agency's own objection; undefined for another's and for none. */
export async function ownObjection(
  tx: Tx,
  agency: AgencyId,
  id: string,
  at: Instant,
): Promise<OwnObjection | undefined> {
  const [row] = await tx.sql<OwnObjection & object>(
    `SELECT o.id, o.person, o.officer,
            EXISTS (SELECT FROM gateway.objection_withdrawal w WHERE w.objection = o.id) AS ended,
            (SELECT v.id FROM gateway.objection_override v
             WHERE v.objection = o.id AND v.runs_out_at > $3
               AND NOT EXISTS (SELECT FROM gateway.objection_override_end e WHERE e.override = v.id)) AS override
     FROM gateway.objection o WHERE o.agency = $1 AND o.id = $2`,
    [agency, id, at],
  );
  return row;
}

/** Adds an override of an objection. */
export async function addOverride(
  tx: Tx,
  { id, person, by, at, sealed }: Recorded,
  { objection, ground, until }: { readonly objection: string; readonly ground: string; readonly until: Instant },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.objection_override
       (id, objection, person, agency, officer, ground, runs_out_at, sealed, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, objection, person, by.agency, by.officer, ground, until, sealed, at],
  );
}

/** Adds the row that ends an override before it runs out. */
export async function addOverrideEnd(tx: Tx, { id, person, by, at, sealed }: Recorded): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.objection_override_end (override, person, agency, officer, sealed, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, person, by.agency, by.officer, sealed, at],
  );
}
