import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import { startEmbeddedPostgres } from '../platform/embedded-postgres/start-embedded-postgres.js';
import { withGatewayAtRest, type GatewayAtRest } from './gateway-at-rest.js';

/**
 * Does the work over the database the settings name; where they name none, over the demonstration's, in the data directory
 * given, whether that runs or not.
 */
export async function withGatewayOf<T>(
  env: NodeJS.ProcessEnv,
  dataDirectory: string | undefined,
  work: (gateway: GatewayAtRest) => Promise<T>,
): Promise<T> {
  const settings = loadSettings({ ...env, ...(dataDirectory !== undefined && { DATA_DIR: dataDirectory }) });
  if (settings.database.at === 'server') return withGatewayAtRest(settings.database.gatewayUrl, settings, work);
  const directory = join(settings.dataDirectory, 'database');
  const server = await startEmbeddedPostgres({ directory, database: 'gateway' });
  try {
    return await withGatewayAtRest(server.urls.gateway, settings, work);
  } finally {
    await server.stop();
  }
}
