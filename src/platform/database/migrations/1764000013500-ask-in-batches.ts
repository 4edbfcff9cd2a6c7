import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets an agency register a FHIR server that answers several searches in one batch (FHIR R4 3.1.0.11).
 *
 * Not validated, so that no gateway waits: what is there already met the narrower rule before it.
 */
export class AskInBatches1764000013500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.endpoint
        DROP CONSTRAINT endpoint_adapter_check,
        ADD CONSTRAINT endpoint_adapter_check CHECK (adapter ~ '^(fhir-r4(-batch)?|json-[a-z0-9-]{2,50})$') NOT VALID`);
  }

  /** Refuses while such a server is registered. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.endpoint
        DROP CONSTRAINT endpoint_adapter_check,
        ADD CONSTRAINT endpoint_adapter_check CHECK (adapter ~ '^(fhir-r4|json-[a-z0-9-]{2,50})$')`);
  }
}
