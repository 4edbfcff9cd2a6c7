import { readFileSync } from 'node:fs';
import { loadSettings } from '../../../config/settings.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { ApprovalKeysOfTheDirectory } from '../../bindings/approval-keys.binding.js';
import { PublicationsInTheLog } from '../../bindings/publication-log.binding.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { SystemClock } from '../../platform/clock.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { TimeOrderedIds } from '../../platform/ids.js';
import { Keyring } from '../../platform/keys/keyring.js';
import { readMasterKey } from '../../platform/keys/master-key.js';
import { SystemRandomness } from '../../platform/randomness.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { PolicyPublication } from '../../policies/policy-publication.js';
import { PublishedPolicy } from '../../policies/published-policy.js';
import { describePublication, publishFiles } from './publish-files.js';

/** Publishes the files of a folder over the database the settings name. @returns one line for the terminal */
export async function publishFromSettings(
  env: NodeJS.ProcessEnv,
  directory: string,
  approvalFiles: readonly string[],
): Promise<string> {
  const settings = loadSettings(env);
  if (settings.database.at !== 'server') throw new Error('`DATABASE_URL` is needed to publish');
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const master = await readMasterKey(settings.masterKeyFile);
  const { database, close } = await openDatabase(settings.database.gatewayUrl);
  try {
    const keys = await Keyring.open({ database, master, clock, randomness, logName: 'unused' });
    const sealer = new EntrySealer({ master, randomness, ids, clock });
    const approvalKeys = new ApprovalKeysOfTheDirectory(new AgencyDirectory(loadCatalogue(directory)));
    const log = new PublicationsInTheLog(new DisclosureLog(database, keys, sealer, randomness, ids, clock), ids);
    const publication = new PolicyPublication({
      database,
      keys: approvalKeys,
      policy: new PublishedPolicy(approvalKeys),
      log,
    });
    const approvals = approvalFiles.map((file) => readFileSync(file, 'utf8'));
    return describePublication(await publishFiles(publication, directory, approvals, clock.now()));
  } finally {
    await close();
  }
}
