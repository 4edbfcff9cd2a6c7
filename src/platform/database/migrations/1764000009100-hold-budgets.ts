import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What agencies, officers and asks about one subject have used of their budgets, shared by all gateways: for each a
 * moment at which all of it is there again (generic cell rate algorithm). A holder is a keyed digest, so the table says
 * of nobody that they were asked about. Rows leave once they mean nothing.
 *
 * Unlogged, so that counting waits for no disk: after a crash or a fail-over everyone has a full budget, which harms
 * nobody. (What must outlast a crash, such as a spent proof, stands elsewhere.)
 * `down` gives everyone a full budget.
 */
export class HoldBudgets1764000009100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE gateway.budget (
        agency text NOT NULL CHECK (agency ~ '^[a-z0-9-]{2,64}$'),
        holder bytea NOT NULL CHECK (length(holder) = 32),
        restored_at timestamptz NOT NULL,
        PRIMARY KEY (agency, holder)
      ) WITH (fillfactor = 70);
      ALTER TABLE gateway.budget ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY budgets_are_seen ON gateway.budget FOR SELECT TO sg_gateway USING (gateway.party(agency));
      CREATE POLICY budgets_are_begun ON gateway.budget FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
      CREATE POLICY budgets_are_spent ON gateway.budget FOR UPDATE TO sg_gateway
        USING (gateway.party(agency)) WITH CHECK (gateway.party(agency));
      CREATE POLICY restored_are_seen ON gateway.budget FOR SELECT TO sg_jobs USING (restored_at < now());
      CREATE POLICY restored_are_forgotten ON gateway.budget FOR DELETE TO sg_jobs USING (restored_at < now());
      REVOKE ALL ON gateway.budget FROM PUBLIC;
      GRANT SELECT, INSERT, UPDATE (restored_at) ON gateway.budget TO sg_gateway;
      GRANT SELECT (restored_at), DELETE ON gateway.budget TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.budget');
  }
}
