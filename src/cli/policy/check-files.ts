import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import type { ConfigurationFault } from '../../platform/catalogue/configuration-faults.js';
import { checkPolicies } from '../../platform/catalogue/policy-check.js';

const lineOf = ({ file, line, message }: ConfigurationFault, kind = ''): string =>
  `${file}:${String(line)} ${kind}${message}`;

/**
 * Says what is written in a folder's catalogue and policies and can never have effect, by file and line.
 *
 * @returns whether there is nothing to put right; notes alone are nothing to put right
 * @throws ConfigurationFaults when the files are not fit to serve
 */
export function checkFiles(directory: string, say: (line: string) => void): boolean {
  const { rows, faults, notes } = checkPolicies(directory, loadCatalogue(directory));
  for (const note of notes) say(lineOf(note, 'note: '));
  for (const fault of faults) say(lineOf(fault));
  say(`${String(rows)} rows, ${String(faults.length)} to put right, ${String(notes.length)} to know of`);
  return faults.length === 0;
}
