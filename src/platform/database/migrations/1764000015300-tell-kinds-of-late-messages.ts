import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the jobs' login tell a late message that is chased as one from a notice that its sender's own clock chases. */
export class TellKindsOfLateMessages1764000015300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT SELECT (kind) ON gateway.inbox_message TO sg_jobs');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE SELECT (kind) ON gateway.inbox_message FROM sg_jobs');
  }
}
