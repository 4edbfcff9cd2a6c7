import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a message that nobody was shown yet rests on, so that it is decided again before it is shown.
 *
 * Sealed with a key of its own beside it, which goes with it: once the message was shown, or has ended. In clear stand only the
 * ids of consents; by them the jobs' login finds the unread messages that one stood behind which has been withdrawn since. It
 * sees ids, and whose they are, and that they are unread: it decides nothing, and the recipient's own transaction does.
 * A message of the version before has nothing to be decided again by, and is withheld when it is first looked at.
 * `down` lets what is unread be shown as it was delivered, and refuses while a message was withheld: that is not unsaid.
 */
export class WithholdUnreadMessages1764000014500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.inbox_message ADD COLUMN rests_on bytea, ADD COLUMN rests_on_key bytea,
        ADD COLUMN consents uuid[] NOT NULL DEFAULT '{}';
      ALTER TABLE gateway.inbox_message DROP CONSTRAINT inbox_message_ended_because_check;
      ALTER TABLE gateway.inbox_message ADD CONSTRAINT inbox_message_ended_because_check
        CHECK (ended_because IN ('acknowledged', 'expired', 'withheld')) NOT VALID;
      ALTER TABLE gateway.inbox_message ADD CONSTRAINT inbox_message_withheld_unread
        CHECK (ended_because <> 'withheld' OR first_read_at IS NULL) NOT VALID;
      ALTER TABLE gateway.inbox_message ADD CONSTRAINT inbox_message_rests_on_with_its_key
        CHECK ((rests_on IS NULL) = (rests_on_key IS NULL)) NOT VALID;
      GRANT UPDATE (rests_on, rests_on_key, consents) ON gateway.inbox_message TO sg_gateway;

      CREATE POLICY resting_on_consent_are_seen ON gateway.inbox_message FOR SELECT TO sg_jobs
        USING (ended_at IS NULL AND first_read_at IS NULL AND consents <> '{}');
      CREATE POLICY withdrawn_are_seen ON gateway.consent_withdrawal FOR SELECT TO sg_jobs USING (true);
      GRANT SELECT (agency, first_read_at, consents), UPDATE (rests_on, rests_on_key) ON gateway.inbox_message TO sg_jobs;
      GRANT SELECT (consent) ON gateway.consent_withdrawal TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (consent) ON gateway.consent_withdrawal FROM sg_jobs;
      DROP POLICY withdrawn_are_seen ON gateway.consent_withdrawal;
      REVOKE SELECT (agency, first_read_at) ON gateway.inbox_message FROM sg_jobs;
      DROP POLICY resting_on_consent_are_seen ON gateway.inbox_message;
      ALTER TABLE gateway.inbox_message DROP CONSTRAINT inbox_message_rests_on_with_its_key,
        DROP CONSTRAINT inbox_message_withheld_unread,
        DROP CONSTRAINT inbox_message_ended_because_check,
        ADD CONSTRAINT inbox_message_ended_because_check CHECK (ended_because IN ('acknowledged', 'expired'));
      ALTER TABLE gateway.inbox_message DROP COLUMN rests_on, DROP COLUMN rests_on_key, DROP COLUMN consents;`);
  }
}
