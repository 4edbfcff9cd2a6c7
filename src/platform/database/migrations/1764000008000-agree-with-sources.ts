import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is agreed with an agency when its system is registered: which kind of system it is, by what it can be asked, and
 * how often. Kinds are named by the mapping files, so a new one needs no change here.
 */
export class AgreeWithSources1764000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.endpoint
        DROP CONSTRAINT endpoint_adapter_check,
        ADD CONSTRAINT endpoint_adapter_check CHECK (adapter ~ '^(fhir-r4|json-[a-z0-9-]{2,50})$'),
        ADD COLUMN asks_per_minute integer NOT NULL DEFAULT 600 CHECK (asks_per_minute BETWEEN 1 AND 6000),
        -- Null: by every identifier its kind of system knows.
        ADD COLUMN identifier_systems text[] CHECK (cardinality(identifier_systems) BETWEEN 1 AND 20)`);
  }

  /** Refuses while a system of a kind unknown before is registered. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.endpoint
        DROP COLUMN identifier_systems,
        DROP COLUMN asks_per_minute,
        DROP CONSTRAINT endpoint_adapter_check,
        ADD CONSTRAINT endpoint_adapter_check CHECK (adapter IN ('fhir-r4', 'json-http'))`);
  }
}
