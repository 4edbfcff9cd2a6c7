import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

// Another clock stamps the row than judged the assertion: keep it a minute longer than it could be taken.
const keptLongerSeconds = 60;

/** The single-use ids seen by the authorisation servers of every gateway over one database. */
@Injectable()
export class SpentAssertions {
  constructor(private readonly database: Database) {}

  /** Whether an id has been spent. Only {@link spend} decides: two may hear `false` at once. */
  async knows(id: string): Promise<boolean> {
    const rows = await this.database.outside((tx) =>
      tx.sql(`SELECT 1 FROM gateway.oidc_payload WHERE kind = 'ReplayDetection' AND id = $1`, [id]),
    );
    return rows.length > 0;
  }

  /** Spends an id; false when it had been spent before. Clears a few that are out of date, so no job is needed. */
  async spend(id: string, lifetimeSeconds: number): Promise<boolean> {
    return this.database.outside(async (tx) => {
      // One gateway at a time sweeps, so that none waits for, or deadlocks with, another.
      await tx.sql(
        `WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(1764000002000) AS mine)
         DELETE FROM gateway.oidc_payload USING turn WHERE turn.mine AND (kind, id) IN (
           SELECT kind, id FROM gateway.oidc_payload WHERE expires_at < now() ORDER BY expires_at LIMIT 8)`,
      );
      const rows = await tx.sql(
        `INSERT INTO gateway.oidc_payload (kind, id, expires_at)
         VALUES ('ReplayDetection', $1, now() + make_interval(secs => $2))
         ON CONFLICT (kind, id) DO NOTHING RETURNING id`,
        [id, lifetimeSeconds + keptLongerSeconds],
      );
      return rows.length > 0;
    });
  }
}
