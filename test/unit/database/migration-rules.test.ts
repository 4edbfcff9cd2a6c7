import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrationsIn } from '../../../src/platform/database/migration-files.js';
import { faultsOf, written, type WrittenMigration } from '../../support/migration-rules.js';

// Nothing was released before these: no gateway of an earlier version can be serving while they run.
const LAST_OF_THE_FOUNDING_SET = 1764000008999;
const DIRECTORY = join(import.meta.dirname, '..', '..', '..', 'src', 'platform', 'database', 'migrations');

async function all(): Promise<readonly WrittenMigration[]> {
  const names = readdirSync(DIRECTORY).sort();
  const classes = await migrationsIn(DIRECTORY);
  return Promise.all(classes.map((made, at) => written((names[at] ?? '').replace(/\.ts$/, ''), new made())));
}

const faultsIn = async (sql: string, { name = '1799999999999-change-it', inTransaction = true } = {}) =>
  faultsOf(
    await written(name, {
      ...(!inTransaction && { transaction: false }),
      up: async (runner) => {
        await runner.query(sql);
      },
      down: () => Promise.resolve(),
    }),
  );

describe('migrations after the founding set', () => {
  it('may run while gateways of the version before them serve', async () => {
    const held = (await all()).filter(({ name }) => Number(name.slice(0, 13)) > LAST_OF_THE_FOUNDING_SET);
    expect(held.length).toBeGreaterThan(0);
    expect(held.flatMap((migration) => faultsOf(migration).map((fault) => `${migration.name} ${fault}`))).toEqual([]);
  });
});

describe('the rules for migrations', () => {
  it.each([
    'ALTER TABLE gateway.client DROP COLUMN scopes',
    'ALTER TABLE gateway.client ADD COLUMN x text, DROP scopes',
    'DROP TABLE gateway.client',
    'DROP FUNCTION gateway.party(text)',
    'ALTER TABLE gateway.client RENAME COLUMN scopes TO scope',
    'ALTER TABLE gateway.client RENAME TO clients',
    'ALTER TABLE gateway.client ALTER COLUMN scopes TYPE jsonb USING to_jsonb(scopes)',
    'ALTER TABLE gateway.client ADD COLUMN x text NOT NULL',
    "ALTER TABLE gateway.client ADD x text CHECK (x IN ('a', 'b')) NOT NULL",
    'ALTER TABLE gateway.client ALTER COLUMN certificate_dns_name SET NOT NULL',
    'CREATE INDEX client_x ON gateway.client (agency)',
    'CREATE TABLE gateway.other (id uuid); CREATE UNIQUE INDEX client_x ON gateway.client (agency)',
    'CREATE INDEX CONCURRENTLY client_x ON gateway.client (agency)',
    'ALTER TABLE gateway.client ADD CONSTRAINT short CHECK (length(client_id) < 60)',
    'ALTER TABLE gateway.client ADD FOREIGN KEY (agency) REFERENCES gateway.agency (id)',
    'ALTER TABLE gateway.client ADD CONSTRAINT one UNIQUE (agency)',
    'DROP POLICY clients_are_read ON gateway.client',
    'REVOKE SELECT ON gateway.client FROM sg_gateway',
    'LOCK TABLE gateway.client',
    'UPDATE gateway.client SET scopes = scopes',
    `SET LOCAL lock_timeout = '1h'`,
    '-- first\nSELECT 1; /* then */ DROP TABLE gateway.client',
  ])('refuse `%s`', async (sql) => {
    expect(await faultsIn(sql)).toHaveLength(1);
  });

  it.each([
    'CREATE TABLE gateway.other (id uuid NOT NULL); CREATE INDEX other_id ON gateway.other (id)',
    'CREATE TABLE gateway.other (id uuid); ALTER TABLE gateway.other ADD CONSTRAINT c CHECK (id IS NOT NULL)',
    'ALTER TABLE gateway.client ADD COLUMN x text',
    `ALTER TABLE gateway.client ADD COLUMN x text NOT NULL DEFAULT ''`,
    'ALTER TABLE gateway.client ADD COLUMN x text CHECK (x IS NULL OR (agency IS NOT NULL))',
    'ALTER TABLE gateway.client ADD CONSTRAINT short CHECK (length(client_id) < 60) NOT VALID',
    'ALTER TABLE gateway.client ADD CONSTRAINT one UNIQUE USING INDEX client_one',
    'ALTER TABLE gateway.client VALIDATE CONSTRAINT short',
    'ALTER TABLE gateway.client ALTER COLUMN certificate_dns_name DROP NOT NULL',
    'DROP POLICY p ON gateway.client; CREATE POLICY p ON gateway.client FOR SELECT TO sg_gateway USING (true)',
    'CREATE FUNCTION gateway.f() RETURNS text AS $$ DROP TABLE gateway.client; $$ LANGUAGE sql; REVOKE ALL ON FUNCTION gateway.f() FROM PUBLIC',
    `COMMENT ON TABLE gateway.client IS 'never DROP TABLE gateway.client; it''s RENAMEd'`,
  ])('allow `%s`', async (sql) => {
    expect(await faultsIn(sql)).toEqual([]);
  });

  it('allow an index built beside writers, outside a transaction', async () => {
    const sql = 'CREATE INDEX CONCURRENTLY client_x ON gateway.client (agency)';
    expect(await faultsIn(sql, { inTransaction: false })).toEqual([]);
  });

  it('allow what was expanded to be contracted, in a migration that says so', async () => {
    const sql = 'ALTER TABLE gateway.client DROP COLUMN scopes; REVOKE SELECT ON gateway.client FROM sg_jobs';
    expect(await faultsIn(sql, { name: '1799999999999-contract-scopes' })).toEqual([]);
    expect(await faultsIn('ALTER TABLE gateway.client RENAME TO c', { name: '1799999999999-contract-x' })).toHaveLength(
      1,
    );
  });
});
