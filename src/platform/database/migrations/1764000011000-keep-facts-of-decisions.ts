import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps the facts of each decision for 24 months beside the custodian's record, so that a change of policy can be tried on
 * what was really asked (`gateway policy replay`).
 *
 * Sealed under a key that lies in the row itself, wrapped: a row that is gone takes its key with it, and of the facts only the
 * digest in the custodian's record is left. Read and forgotten by the custodian alone, and in time by the jobs, who see of a
 * row nothing but its age. Rows are found by agency and time; the jobs find old ones by block ranges, which cost a write
 * nothing. `down` forgets all facts; the records stay.
 */
export class KeepFactsOfDecisions1764000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.decision_facts (
        agency text NOT NULL CHECK (agency ~ '^[a-z0-9-]{2,64}$'),
        decided_at timestamptz(3) NOT NULL,
        disclosure_id uuid NOT NULL,
        wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 61),
        sealed bytea NOT NULL,
        PRIMARY KEY (agency, decided_at, disclosure_id)
      );
      ALTER TABLE gateway.decision_facts ALTER wrapped SET STORAGE PLAIN, ALTER sealed SET STORAGE EXTERNAL;
      CREATE INDEX decision_facts_by_age ON gateway.decision_facts USING brin (decided_at);
      CREATE TRIGGER is_not_edited BEFORE UPDATE ON gateway.decision_facts
        FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();

      ALTER TABLE gateway.decision_facts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_a_party ON gateway.decision_facts FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
      CREATE POLICY own ON gateway.decision_facts FOR SELECT TO sg_gateway USING (gateway.sole_party(agency));
      CREATE POLICY are_forgotten ON gateway.decision_facts FOR DELETE TO sg_gateway
        USING (gateway.sole_party(agency));
      CREATE POLICY old_are_found ON gateway.decision_facts FOR SELECT TO sg_jobs
        USING (decided_at < now() - interval '24 months');
      CREATE POLICY old_are_forgotten ON gateway.decision_facts FOR DELETE TO sg_jobs
        USING (decided_at < now() - interval '24 months');
      REVOKE ALL ON gateway.decision_facts FROM PUBLIC;
      GRANT SELECT, INSERT, DELETE ON gateway.decision_facts TO sg_gateway;
      GRANT SELECT (decided_at), DELETE ON gateway.decision_facts TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.decision_facts');
  }
}
