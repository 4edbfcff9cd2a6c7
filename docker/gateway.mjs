// The `gateway` command in a container: each address that holds a password may be given as a file, `DATABASE_URL_FILE` for
// `DATABASE_URL`, so that no secret stands in the environment, where `docker inspect` shows it.
import { readFileSync } from 'node:fs';

for (const name of ['DATABASE_URL', 'SEQUENCER_DATABASE_URL', 'JOBS_DATABASE_URL', 'MIGRATION_DATABASE_URL']) {
  const file = process.env[`${name}_FILE`] ?? '';
  if (file !== '') process.env[name] = readFileSync(file, 'utf8').trim();
}

await import('../dist/src/cli/gateway.js');
