import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Unread messages behind which a consent stands are few among all; the jobs look for them often. */
export class IndexMessagesOnConsent1764000014600 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY inbox_message_on_consent ON gateway.inbox_message (id)
        WHERE ended_at IS NULL AND first_read_at IS NULL AND consents <> '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX gateway.inbox_message_on_consent');
  }
}
