import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets a gateway find what another left unsettled: fetches that released nothing, and answers of which nobody recorded
 * what became.
 *
 * The jobs' login sees of them ids, times and how they ended, across agencies; what they were about it never sees, so
 * each is settled under its own parties. The intent keeps what its entry will have to say, in the codes that a slice has
 * in clear; intents from before are marked as not having recorded it.
 * Blocks writing to intents, slices and outcomes while the indexes are built. `down` loses the purpose of open intents.
 */
export class SettleAsks1764000006200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.exchange_intent
        ADD COLUMN purpose text NOT NULL DEFAULT 'not-recorded' CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
        ADD COLUMN categories text[] NOT NULL DEFAULT '{}',
        ADD COLUMN emergency boolean NOT NULL DEFAULT false,
        ADD COLUMN request_digest text CHECK (request_digest ~ '^[A-Za-z0-9_-]{43}$');
      ALTER TABLE gateway.exchange_intent
        ALTER purpose DROP DEFAULT, ALTER categories DROP DEFAULT, ALTER emergency DROP DEFAULT;

      CREATE INDEX exchange_intent_by_time ON gateway.exchange_intent (intended_at, disclosure_id);
      CREATE INDEX slice_of_releases ON gateway.slice (decided_at, id) WHERE outcome IN ('released', 'partly-released');
      -- Two gateways may find the same answer at once: one of them records it.
      CREATE UNIQUE INDEX outcome_is_unknown_once ON gateway.outcome (agency, disclosure_id) WHERE outcome = 'unknown';

      CREATE POLICY unsettled_are_found ON gateway.exchange_intent FOR SELECT TO sg_jobs USING (true);
      CREATE POLICY unsettled_are_found ON gateway.slice FOR SELECT TO sg_jobs USING (true);
      CREATE POLICY unsettled_are_found ON gateway.outcome FOR SELECT TO sg_jobs USING (true);
      GRANT SELECT (disclosure_id, agency, custodian, intended_at) ON gateway.exchange_intent TO sg_jobs;
      GRANT SELECT (id, disclosure_id, agency, outcome, decided_at) ON gateway.slice TO sg_jobs;
      GRANT SELECT (disclosure_id, agency) ON gateway.outcome TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (disclosure_id, agency) ON gateway.outcome FROM sg_jobs;
      REVOKE SELECT (id, disclosure_id, agency, outcome, decided_at) ON gateway.slice FROM sg_jobs;
      REVOKE SELECT (disclosure_id, agency, custodian, intended_at) ON gateway.exchange_intent FROM sg_jobs;
      DROP POLICY unsettled_are_found ON gateway.outcome;
      DROP POLICY unsettled_are_found ON gateway.slice;
      DROP POLICY unsettled_are_found ON gateway.exchange_intent;
      DROP INDEX gateway.outcome_is_unknown_once;
      DROP INDEX gateway.slice_of_releases;
      DROP INDEX gateway.exchange_intent_by_time;
      ALTER TABLE gateway.exchange_intent
        DROP COLUMN purpose, DROP COLUMN categories, DROP COLUMN emergency, DROP COLUMN request_digest;`);
  }
}
