import { z } from 'zod';
import { ConfigurationFaults } from '../platform/catalogue/configuration-faults.js';
import { readYaml } from '../platform/catalogue/yaml-file.js';

/** As long as what was asked is kept. */
const LONGEST_SECONDS = 2_678_400;

const limit = z.strictObject({
  /** More than these, and a person looks at each further ask. */
  most: z.int().min(1).max(1000),
  withinSeconds: z.int().min(3600).max(LONGEST_SECONDS),
});

const conductLimits = z.strictObject({
  /** Different people one officer asks about. */
  people: limit,
  /** Different periods and questions in which one officer asks for one category about one person. */
  ways: limit,
  /** Categories asked about one person for other purposes, which this ask's purpose does not give. */
  beyondOnePurpose: z.strictObject({ officer: limit, agency: limit }),
});

/** How much asking is ordinary. */
export type ConductLimitsOf = z.infer<typeof conductLimits>;

/** The limits this gateway holds conduct to. */
export abstract class ConductLimits {
  abstract readonly limits: ConductLimitsOf;
}

/**
 * Reads the limits from a file of the configuration folder.
 *
 * @throws ConfigurationFaults with file and line
 */
export function loadConductLimits(configuration: string, file: string): ConductLimitsOf {
  const read = readYaml(configuration, file, conductLimits);
  if ('value' in read) return read.value;
  throw new ConfigurationFaults(read);
}
