import { categoriesFile } from './category-schema.js';
import { ConfigurationFaults, type ConfigurationFault } from './configuration-faults.js';
import {
  barsFile,
  basesFile,
  clocksFile,
  heightenedFile,
  obligationsFile,
  powersFile,
  purposesFile,
} from './law-schemas.js';
import { processesFile, reasonsFile, requestsFile, rolesFile } from './people-schemas.js';
import { flagCodesFile, standingDutiesFile } from './push-schemas.js';
import { readYaml, type YamlFile } from './yaml-file.js';

const shapes = {
  categories: categoriesFile,
  purposes: purposesFile,
  powers: powersFile,
  bases: basesFile,
  bars: barsFile,
  heightened: heightenedFile,
  reasons: reasonsFile,
  obligations: obligationsFile,
  processes: processesFile,
  roles: rolesFile,
  requests: requestsFile,
  clocks: clocksFile,
  'standing-duties': standingDutiesFile,
  'flag-codes': flagCodesFile,
};
type Shapes = typeof shapes;
type Name = keyof Shapes;

/** The catalogue's files, each of the right shape; what they cite has not been checked. */
export type CatalogueFiles = { readonly [N in Name]: YamlFile<Shapes[N]['_zod']['output']> };

/**
 * Reads the files of `catalogue/` under the configuration folder. Other files there belong to others.
 *
 * @throws ConfigurationFaults with every fault of every file
 */
export function readCatalogueFiles(directory: string): CatalogueFiles {
  const faults: ConfigurationFault[] = [];
  const read = <N extends Name>(name: N): CatalogueFiles[N] | undefined => {
    const found = readYaml(directory, `catalogue/${name}.yaml`, shapes[name]);
    if ('value' in found) return found as CatalogueFiles[N];
    faults.push(...found);
    return undefined;
  };
  const files = Object.fromEntries((Object.keys(shapes) as Name[]).map((name) => [name, read(name)]));
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  return files as CatalogueFiles;
}
