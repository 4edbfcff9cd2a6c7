// One PostgreSQL for the whole run, in a directory of its own, with a migrated database that every test file copies.
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './support/typescript-sources.mjs';
import stopDatabase from './global-teardown.mjs';

const template = 'template_gateway_test';

export default async function startDatabase() {
  const { startEmbeddedPostgres, migrate } = await fromSource();
  const directory = await mkdtemp(join(tmpdir(), 'sg-test-'));
  await chmod(directory, 0o711); // root's own would be closed to the account PostgreSQL runs under
  const server = await startEmbeddedPostgres({
    directory,
    database: template,
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      shared_buffers: '64MB',
      max_connections: '300',
      autovacuum: 'off',
      deadlock_timeout: '200ms',
    },
  });
  globalThis.safeguardingTestServer = { server, directory };
  await migrate({ url: server.migrationUrl, logins: server.logins }).catch(async (failure) => {
    await stopDatabase();
    throw failure;
  });
  process.env.SAFEGUARDING_TEST_DATABASE = JSON.stringify({
    template,
    logins: server.logins,
    url: server.migrationUrl,
    superuser: {
      user: 'postgres',
      password: await readFile(join(server.dataDirectory, 'superuser.secret'), 'utf8'),
    },
  });
}

// From the sources, so that the schema under test is the one just written, not the one last built.
async function fromSource() {
  const platform = new URL('../src/platform/', import.meta.url);
  const { startEmbeddedPostgres } = await import(
    new URL('embedded-postgres/start-embedded-postgres.ts', platform).href
  );
  const { migrate } = await import(new URL('database/migrate.ts', platform).href);
  return { startEmbeddedPostgres, migrate };
}
