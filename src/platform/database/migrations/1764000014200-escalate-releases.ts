import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When an overdue release was brought before the custodian's alternate contact and data protection officer.
 *
 * The jobs' login sees which custodians have one that was not, and nothing else of it; the custodian's own transaction raises
 * the alert. `down` forgets which were: each overdue release is told of once more.
 */
export class EscalateReleases1764000014200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.release_case ADD COLUMN escalated_at timestamptz(3);
      GRANT UPDATE (escalated_at) ON gateway.release_case TO sg_gateway;
      GRANT SELECT (custodian, escalated_at) ON gateway.release_case TO sg_jobs;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (custodian, escalated_at) ON gateway.release_case FROM sg_jobs;
      ALTER TABLE gateway.release_case DROP COLUMN escalated_at;`);
  }
}
