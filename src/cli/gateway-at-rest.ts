import type { Settings } from '../../config/settings.js';
import { SystemClock, type Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import { openDatabase } from '../platform/database/open-database.js';
import { TimeOrderedIds, type Ids } from '../platform/ids.js';
import { Keyring } from '../platform/keys/keyring.js';
import { logNameOf } from '../platform/keys/log-name.js';
import { readMasterKey } from '../platform/keys/master-key.js';
import { SystemRandomness, type Randomness } from '../platform/randomness.js';
import { EntrySealer } from '../platform/sealing/entry-sealer.js';

/** What a command needs of a gateway that does not serve: its database, its keys and its seals. */
export interface GatewayAtRest {
  readonly database: Database;
  readonly keys: Keyring;
  readonly sealer: EntrySealer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly randomness: Randomness;
}

/** Does the work over the database at `url`, under the gateway's login and master key, and closes it. */
export async function withGatewayAtRest<T>(
  url: string,
  { masterKeyFile, publicUrl }: Settings,
  work: (gateway: GatewayAtRest) => Promise<T>,
): Promise<T> {
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const master = await readMasterKey(masterKeyFile);
  const { database, close } = await openDatabase(url);
  try {
    const keys = await Keyring.open({ database, master, clock, randomness, logName: logNameOf(publicUrl) });
    const sealer = new EntrySealer({ master, randomness, ids, clock });
    return await work({ database, keys, sealer, clock, ids, randomness });
  } finally {
    await close();
  }
}

/** The address of the serving database; a command that needs one cannot run over the demonstration. */
export function servedUrl({ database }: Settings): string {
  if (database.at !== 'server') throw new Error('`DATABASE_URL` is needed for this command');
  return database.gatewayUrl;
}
