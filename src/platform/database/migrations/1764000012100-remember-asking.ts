import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who asked about whom, in which hour, for what and in which way: what patterns of asking are found from.
 *
 * Everything that leads to a person is a keyed digest of what the requester named, whoever that is, so that somebody
 * unknown counts as anybody else does. One row an hour for the same ask, and never a row that two asks change: so that
 * counting keeps nobody waiting. The jobs' login forgets rows after the longest stretch that is ever looked back over.
 * `down` forgets all of it: every officer begins anew.
 */
export class RememberAsking1764000012100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.asked_before (
        agency text NOT NULL,
        subject bytea NOT NULL CHECK (octet_length(subject) = 32),
        officer_ref bytea NOT NULL CHECK (octet_length(officer_ref) = 32),
        hour timestamptz NOT NULL,
        -- Of purpose, categories and way.
        shape bytea NOT NULL CHECK (octet_length(shape) = 32),
        purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
        categories text[] NOT NULL,
        -- Of period and questions.
        way bytea NOT NULL CHECK (octet_length(way) = 32),
        -- By the first identifier of those that the ask named: one ask, one person.
        is_first boolean NOT NULL,
        PRIMARY KEY (agency, subject, officer_ref, hour, shape)
      );
      CREATE INDEX asked_before_by_officer ON gateway.asked_before (agency, officer_ref, hour, subject) WHERE is_first;
      CREATE INDEX asked_before_to_forget ON gateway.asked_before (hour);

      ALTER TABLE gateway.asked_before ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY asking_is_seen ON gateway.asked_before FOR SELECT TO sg_gateway USING (gateway.party(agency));
      CREATE POLICY asking_is_noted ON gateway.asked_before FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
      CREATE POLICY old_is_seen ON gateway.asked_before FOR SELECT TO sg_jobs USING (hour < now() - interval '32 days');
      CREATE POLICY old_is_forgotten ON gateway.asked_before FOR DELETE TO sg_jobs
        USING (hour < now() - interval '32 days');
      REVOKE ALL ON gateway.asked_before FROM PUBLIC;
      GRANT SELECT, INSERT ON gateway.asked_before TO sg_gateway;
      GRANT SELECT (hour), DELETE ON gateway.asked_before TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.asked_before');
  }
}
