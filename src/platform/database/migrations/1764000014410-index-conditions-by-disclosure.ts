import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came with a disclosure is looked for when that is forgotten. */
export class IndexConditionsByDisclosure1764000014410 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY condition_received_with ON gateway.condition_received (disclosure_id, recipient)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX gateway.condition_received_with');
  }
}
