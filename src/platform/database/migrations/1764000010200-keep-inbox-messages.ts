import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is delivered to an agency and not yet acknowledged.
 *
 * Written with the disclosure it carries, in one transaction of sender and recipient; read by the recipient alone. Its content
 * is sealed for the recipient and destroyed when it is acknowledged, or after thirty days by the jobs' login, which sees
 * of it only when that is. The row stays: that there was a message, and who took it.
 */
export class KeepInboxMessages1764000010200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.inbox_message (
        id uuid PRIMARY KEY,
        agency text NOT NULL,
        team text NOT NULL,
        sender text NOT NULL CHECK (sender <> agency),
        kind text NOT NULL CHECK (kind IN ('flag', 'flag-ended', 'correction', 'recall', 'released', 'stop')),
        exchange_id uuid NOT NULL,
        disclosure_id uuid NOT NULL,
        purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
        made_at timestamptz(3) NOT NULL,
        acknowledge_by timestamptz(3) NOT NULL,
        keep_until timestamptz(3) NOT NULL CHECK (keep_until > made_at),
        sealed bytea,
        first_read_at timestamptz(3),
        first_read_by text,
        ended_at timestamptz(3),
        ended_because text CHECK (ended_because IN ('acknowledged', 'expired')),
        acknowledged_by text,
        action text CHECK (action IN ('taken-on', 'read', 'deleted', 'cannot-delete')),
        FOREIGN KEY (agency, team) REFERENCES gateway.team (agency, id),
        CHECK ((ended_at IS NULL) = (sealed IS NOT NULL)),
        CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
        CHECK ((first_read_at IS NULL) = (first_read_by IS NULL)),
        CHECK (num_nulls(acknowledged_by, action) = CASE ended_because WHEN 'acknowledged' THEN 0 ELSE 2 END)
      );
      CREATE INDEX inbox_message_waiting ON gateway.inbox_message (agency, team, id) WHERE ended_at IS NULL;
      CREATE INDEX inbox_message_to_expire ON gateway.inbox_message (keep_until) WHERE ended_at IS NULL;

      ALTER TABLE gateway.inbox_message ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY recipient_reads ON gateway.inbox_message FOR SELECT TO sg_gateway
        USING (gateway.sole_party(agency));
      CREATE POLICY exchange_delivers ON gateway.inbox_message FOR INSERT TO sg_gateway
        WITH CHECK (gateway.party(agency) AND gateway.party(sender) AND ended_at IS NULL AND first_read_at IS NULL);
      CREATE POLICY recipient_takes ON gateway.inbox_message FOR UPDATE TO sg_gateway
        USING (gateway.sole_party(agency) AND ended_at IS NULL) WITH CHECK (gateway.sole_party(agency));
      CREATE POLICY old_are_seen ON gateway.inbox_message FOR SELECT TO sg_jobs USING (keep_until < now());
      CREATE POLICY old_expire ON gateway.inbox_message FOR UPDATE TO sg_jobs
        USING (keep_until < now() AND ended_at IS NULL) WITH CHECK (ended_because = 'expired');
      REVOKE ALL ON gateway.inbox_message FROM PUBLIC;
      GRANT SELECT, INSERT,
        UPDATE (sealed, first_read_at, first_read_by, ended_at, ended_because, acknowledged_by, action)
        ON gateway.inbox_message TO sg_gateway;
      GRANT SELECT (id, keep_until, ended_at), UPDATE (sealed, ended_at, ended_because) ON gateway.inbox_message
        TO sg_jobs;`);
  }

  /** Loses every message, and with it what has not been acknowledged. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.inbox_message');
  }
}
