// One PostgreSQL for the whole run, in a directory of its own, with a migrated database that every test file copies.
import { access, chmod, constants, mkdtemp, readFile, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './support/typescript-sources.mjs';
import stopDatabase from './global-teardown.mjs';

const template = 'template_gateway_test';

export default async function startDatabase() {
  const { startEmbeddedPostgres, migrate } = await fromSource();
  const place = await quickestPlace();
  await removeLeftovers(place);
  const directory = await mkdtemp(join(place, `sg-test-${String(process.pid)}-`));
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
      wal_level: 'minimal',
      max_wal_senders: '0',
      max_wal_size: '128MB',
      autovacuum: 'off',
      deadlock_timeout: '200ms',
    },
  });
  globalThis.safeguardingTestServer = { server, directory };
  await migrate({ url: server.migrationUrl, logins: server.logins }).catch(async (failure) => {
    await stopDatabase();
    throw failure;
  });
  process.env.SAFEGUARDING_TEST_PLACE = place;
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

// A run copies the template some hundreds of times, some hundreds of files each: in memory where there is room for that.
async function quickestPlace() {
  const memory = '/dev/shm';
  const room = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  const isOurs = await access(memory, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isOurs && room > 2 * 1024 ** 3 ? memory : tmpdir();
}

// What a run that was killed left behind would stay in memory.
async function removeLeftovers(place) {
  const left = (await readdir(place)).filter((name) => /^sg-test-\d+-/.test(name) && !isRunning(name.split('-')[2]));
  for (const name of left) {
    const directory = join(place, name);
    const isOld = await stat(directory).then(
      ({ mtimeMs }) => Date.now() - mtimeMs > 3_600_000,
      () => false,
    );
    if (isOld) await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid) {
  try {
    return process.kill(Number(pid), 0);
  } catch (failure) {
    return failure.code === 'EPERM';
  }
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
