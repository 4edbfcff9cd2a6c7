import { z } from 'zod';
import { ConfigurationFaults } from '../catalogue/configuration-faults.js';
import { readYaml } from '../catalogue/yaml-file.js';

const limit = z.strictObject({
  /** As many at once, when none was used for as long; one more each time that a share of it has passed. */
  most: z.int().min(1).max(1_000_000_000),
  withinSeconds: z.int().min(1).max(2_678_400),
});

const budgetLimits = z.strictObject({
  /** Asks for somebody's record. */
  asks: z.strictObject({ agency: limit, officer: limit, officerAndSubject: limit }),
  /** Every other call that is authenticated. */
  calls: z.strictObject({ agency: limit, officer: limit }),
  /** Calls that prove nobody, by the address they come from; held by each gateway for itself. */
  failures: z.strictObject({ address: limit }),
});

/** So many in any so many seconds. */
export type Limit = z.infer<typeof limit>;

/** How many calls are taken, of whom, in how long. */
export type BudgetLimits = z.infer<typeof budgetLimits>;

/**
 * Reads the limits from a file of the configuration folder.
 *
 * @throws ConfigurationFaults with file and line
 */
export function loadBudgetLimits(configuration: string, file: string): BudgetLimits {
  const read = readYaml(configuration, file, budgetLimits);
  if ('value' in read) return read.value;
  throw new ConfigurationFaults(read);
}
