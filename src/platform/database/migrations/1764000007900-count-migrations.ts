import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets a gateway see how many migrations were run, and nothing else of their table: it is not ready before all its own.
 * `down` loses no data.
 */
export class CountMigrations1764000007900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION gateway.migrations_run() RETURNS bigint
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS 'SELECT count(*) FROM public.gateway_migration';
      REVOKE ALL ON FUNCTION gateway.migrations_run() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION gateway.migrations_run() TO sg_gateway;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION gateway.migrations_run()');
  }
}
