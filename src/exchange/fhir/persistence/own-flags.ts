import type { AgencyId, PersonId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';

/** When an agency recalled a flag of its own; undefined while it stands. */
export async function recalledAt(tx: Tx, sender: AgencyId, flag: string): Promise<Instant | undefined> {
  const [row] = await tx.sql<{ at: Instant }>(
    `SELECT min(begun_at) AS at FROM gateway.follow_up WHERE agency = $1 AND exchange_id = $2 AND kind = 'recall'
     HAVING count(*) > 0`,
    [sender, flag],
  );
  return row?.at;
}

/** The flags an agency raised about somebody, the latest first. */
export async function flagsRaised(tx: Tx, sender: AgencyId, person: PersonId): Promise<readonly string[]> {
  const rows = await tx.sql<{ id: string }>(
    'SELECT id FROM gateway.flag WHERE sender = $1 AND person = $2 ORDER BY raised_at DESC, id DESC',
    [sender, person],
  );
  return rows.map(({ id }) => id);
}
