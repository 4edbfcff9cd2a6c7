import type { AgencyId, PersonId } from '../../../core/vocabulary/ids.js';
import type { Tx } from '../../../platform/database/tx.js';

/** The flags an agency raised about somebody, the latest first. */
export async function flagsRaised(tx: Tx, sender: AgencyId, person: PersonId): Promise<readonly string[]> {
  const rows = await tx.sql<{ id: string }>(
    'SELECT id FROM gateway.flag WHERE sender = $1 AND person = $2 ORDER BY raised_at DESC, id DESC',
    [sender, person],
  );
  return rows.map(({ id }) => id);
}
