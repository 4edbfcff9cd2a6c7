import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import { runPolicyTests } from '../../platform/catalogue/policy-tests.js';

/**
 * Runs the test tables of a folder's policies and says where policy differs from them, by file and line.
 *
 * @returns whether all agree
 * @throws ConfigurationFaults when the files are not fit to serve
 */
export function testFiles(directory: string, say: (line: string) => void): boolean {
  const catalogue = loadCatalogue(directory);
  const { cases, cells, failures } = runPolicyTests(directory, catalogue, loadPolicies(directory, catalogue));
  for (const { file, line, message } of failures) say(`${file}:${String(line)} ${message}`);
  say(`${String(cases)} cases, ${String(cells)} cells, ${String(failures.length)} differ`);
  return failures.length === 0;
}
