import { loadSettings } from '../../config/settings.js';
import { migrate } from '../platform/database/migrate.js';
import type { Login, Logins } from '../platform/database/logins.js';
import { databaseParts, type DatabasePart } from '../platform/database/roles.js';

function loginOf(url: string): Login {
  const { username, password } = new URL(url);
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Migrates the database that `MIGRATION_DATABASE_URL` owns, and admits the logins of the three serving URLs. */
export async function migrateFromSettings(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const { migrationUrl, database } = loadSettings(env);
  if (migrationUrl === undefined || database.at !== 'server')
    throw new Error(
      '`MIGRATION_DATABASE_URL` and `DATABASE_URL` are needed to migrate; the demonstration migrates itself',
    );
  const urls: Record<DatabasePart, string> = {
    gateway: database.gatewayUrl,
    sequencer: database.sequencerUrl,
    jobs: database.jobsUrl,
  };
  const logins = Object.fromEntries(databaseParts.map((part) => [part, loginOf(urls[part])])) as Logins;
  return migrate({ url: migrationUrl, logins });
}
