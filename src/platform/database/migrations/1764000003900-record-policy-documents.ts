import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Records which agencies hold an appropriate policy document: without one, conditions of DPA 2018 Schedule 1 that need it
 * are not met (Part 4, paragraphs 38 to 41). Adds a nullable column: no rewrite, a brief lock. `down` loses the references.
 */
export class RecordPolicyDocuments1764000003900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.agency ADD COLUMN policy_document text CHECK (length(policy_document) BETWEEN 1 AND 200);
      GRANT UPDATE (policy_document) ON gateway.agency TO sg_gateway;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway.agency DROP COLUMN policy_document');
  }
}
