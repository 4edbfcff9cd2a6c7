import { ConfigurationFaults } from '../../platform/catalogue/configuration-faults.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import { checkPolicies } from '../../platform/catalogue/policy-check.js';
import { runPolicyTests } from '../../platform/catalogue/policy-tests.js';

/**
 * The digest of a folder's catalogue and policy files, once nothing is wrong with them: they load, every cell and leaf of
 * their test tables agrees, and nothing is written that could never have effect.
 *
 * Asked before anyone signs and again before they are published: an approval is of files, and says nothing of their tests.
 *
 * @throws ConfigurationFaults with everything that is to be put right
 */
export function publishableDigest(directory: string): string {
  const catalogue = loadCatalogue(directory);
  const policies = loadPolicies(directory, catalogue);
  const { failures } = runPolicyTests(directory, catalogue, policies);
  const { faults } = checkPolicies(directory, catalogue);
  if (failures.length > 0 || faults.length > 0) throw new ConfigurationFaults([...failures, ...faults]);
  return policies.digest;
}
