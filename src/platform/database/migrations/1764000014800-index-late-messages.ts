import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that nobody has taken are looked through for late ones several times a minute. */
export class IndexLateMessages1764000014800 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY inbox_message_late ON gateway.inbox_message (acknowledge_by)
        WHERE ended_at IS NULL AND escalated_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX gateway.inbox_message_late');
  }
}
