import { readFileSync } from 'node:fs';
import { loadSettings } from '../../../config/settings.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { ApprovalKeysOfTheDirectory } from '../../bindings/approval-keys.binding.js';
import { PublicationsInTheLog } from '../../bindings/publication-log.binding.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { PolicyPublication } from '../../policies/policy-publication.js';
import { PublishedPolicy } from '../../policies/published-policy.js';
import { servedUrl, withGatewayAtRest } from '../gateway-at-rest.js';
import { describePublication, publishFiles } from './publish-files.js';

/** Publishes the files of a folder over the database the settings name. @returns one line for the terminal */
export async function publishFromSettings(
  env: NodeJS.ProcessEnv,
  directory: string,
  approvalFiles: readonly string[],
): Promise<string> {
  const settings = loadSettings(env);
  const approvals = approvalFiles.map((file) => readFileSync(file, 'utf8'));
  return withGatewayAtRest(servedUrl(settings), settings, async (gateway) => {
    const { database, keys, sealer, randomness, ids, clock } = gateway;
    const approvalKeys = new ApprovalKeysOfTheDirectory(new AgencyDirectory(loadCatalogue(directory)));
    const log = new PublicationsInTheLog(new DisclosureLog(database, keys, sealer, randomness, ids, clock), ids);
    const policy = new PublishedPolicy(approvalKeys);
    const publication = new PolicyPublication({ database, keys: approvalKeys, policy, log });
    return describePublication(await publishFiles(publication, directory, approvals, clock.now()));
  });
}
