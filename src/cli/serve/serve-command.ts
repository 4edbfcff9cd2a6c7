import { join } from 'node:path';
import { loadSettings } from '../../../config/settings.js';
import { readMasterKey } from '../../platform/keys/master-key.js';
import { PinoLog } from '../../platform/logging/pino-log.js';
import { startGateway } from './start-gateway.js';
import { untilToldToStop } from './until-told-to-stop.js';

/** Serves over the database the settings name, until told to stop; then drains. Migrates nothing. */
export async function serve(configuration: string): Promise<void> {
  const settings = loadSettings(process.env);
  if (settings.database.at !== 'server') throw new Error('`DATABASE_URL` is not set');
  const { gatewayUrl, sequencerUrl, jobsUrl } = settings.database;
  const log = new PinoLog(settings.logLevel);
  const gateway = await startGateway({
    settings,
    urls: { gateway: gatewayUrl, sequencer: sequencerUrl, jobs: jobsUrl },
    master: await readMasterKey(settings.masterKeyFile),
    log,
    configuration: join(configuration),
  });
  log.info('gateway listens', { host: settings.host, port: gateway.port });
  await untilToldToStop();
  await gateway.close();
}
