import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Until when a message may wait for somebody to take it, and who was told that nobody had.
 *
 * The jobs' login sees whose messages are late and how far people were told, and nothing else of them; the recipient's own
 * transaction raises the alerts. A message of the version before is brought before its contact and the others at once.
 * `down` forgets who was told: each late message is told of anew.
 */
export class ChaseMessages1764000014700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.inbox_message ADD COLUMN urgency text, ADD COLUMN escalate_by timestamptz(3),
        ADD COLUMN alerted_at timestamptz(3), ADD COLUMN escalated_at timestamptz(3);
      ALTER TABLE gateway.inbox_message ADD CONSTRAINT inbox_message_urgency_check
        CHECK (urgency IN ('routine', 'urgent', 'emergency')) NOT VALID;
      ALTER TABLE gateway.inbox_message ADD CONSTRAINT inbox_message_escalated_after_alert
        CHECK (escalated_at IS NULL OR alerted_at IS NOT NULL) NOT VALID;
      GRANT UPDATE (alerted_at, escalated_at) ON gateway.inbox_message TO sg_gateway;
      CREATE POLICY late_are_seen ON gateway.inbox_message FOR SELECT TO sg_jobs
        USING (ended_at IS NULL AND acknowledge_by < now());
      GRANT SELECT (acknowledge_by, escalate_by, alerted_at, escalated_at) ON gateway.inbox_message TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (acknowledge_by) ON gateway.inbox_message FROM sg_jobs;
      DROP POLICY late_are_seen ON gateway.inbox_message;
      ALTER TABLE gateway.inbox_message DROP COLUMN urgency, DROP COLUMN escalate_by, DROP COLUMN alerted_at,
        DROP COLUMN escalated_at;`);
  }
}
