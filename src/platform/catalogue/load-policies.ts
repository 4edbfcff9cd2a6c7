import type { Catalogue } from '../../core/law/catalogue.js';
import type { PolicySet } from '../../core/law/policy-row.js';
import type { RowPlace } from '../../core/law/row-place.js';
import { checkBasis } from './check-policy-basis.js';
import { checkCells } from './check-policy-cells.js';
import { codesOf, type CitableList } from './check-citations.js';
import { succession } from './check-policy-succession.js';
import { FileFaults } from './citations.js';
import { ConfigurationFaults, type ConfigurationFault } from './configuration-faults.js';
import { filesDigest, namesIn } from './files-digest.js';
import type { PlacedRow } from './placed-row.js';
import { policyFile } from './policy-schemas.js';
import { readYaml, type YamlFile, type YamlPath } from './yaml-file.js';

/** The rows of a configuration folder, and where each is written. */
export interface LoadedPolicies extends PolicySet {
  /** By the row's id. */
  readonly places: ReadonlyMap<string, RowPlace>;
}

type PolicyFile = YamlFile<(typeof policyFile)['_zod']['output']>;

/**
 * Loads every row of disclosure policy from `policies/*.yaml` under a configuration folder; `*.tests.yaml` are not rows.
 * A purpose has one file for England and where it differs `<purpose>.nations.yaml` for the other nations.
 *
 * Complete or not at all. Trusts `catalogue` to be loaded from the same folder; `version` is the published one, or 0 for
 * files that nobody has published. Does not verify that the files are the published ones: compare `digest` for that.
 *
 * @throws ConfigurationFaults with file, line and what would be right, every fault at once
 */
export function loadPolicies(directory: string, catalogue: Catalogue, version = 0): LoadedPolicies {
  const placed = placedRows(directory, catalogue);
  return {
    version,
    digest: filesDigest(directory, ['catalogue', 'policies']),
    rows: placed.map(({ row }) => row),
    places: new Map(placed.map(({ row, faults, place }) => [row.id, faults.placeOf([...place, 'id'])])),
  };
}

/**
 * Every row with its place, checked as {@link loadPolicies} checks.
 *
 * @throws ConfigurationFaults
 */
export function placedRows(directory: string, catalogue: Catalogue): readonly PlacedRow[] {
  const { files, faults } = readPolicyFiles(directory);
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  const placed = files.flatMap(rowsOf);
  for (const one of placed) check(one, catalogue);
  succession(placed);
  const found = [...new Set(placed.map((one) => one.faults))].flatMap((file) => file.faults);
  if (found.length > 0) throw new ConfigurationFaults(found);
  return placed;
}

function readPolicyFiles(directory: string) {
  const names = namesIn(directory, 'policies')
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.tests.yaml'))
    .sort();
  const read = names.map((name) => readYaml(directory, `policies/${name}`, policyFile));
  const faults: ConfigurationFault[] = read.flatMap((found) => ('value' in found ? [] : found));
  // An absent folder and an empty one look alike from here: either way nothing could ever be permitted.
  if (names.length === 0)
    faults.push({ file: 'policies', line: 1, message: 'no policy is there; put one file a purpose into `policies/`' });
  return { files: read.flatMap((found) => ('value' in found ? [found] : [])), faults };
}

function rowsOf(file: PolicyFile): readonly PlacedRow[] {
  const faults = new FileFaults(file);
  const { purpose, awaits, rows } = file.value;
  // The rows for the other nations stand in a file of their own, so that each file can be read aloud.
  if (file.file !== `policies/${purpose}.yaml` && file.file !== `policies/${purpose}.nations.yaml`)
    faults.at(['purpose'], `the rows of \`${purpose}\` belong in \`policies/${purpose}.yaml\``);
  for (const [index, { jurisdictions }] of rows.entries()) {
    if (file.file.endsWith('.nations.yaml') && jurisdictions.includes('england'))
      faults.at(['rows', index, 'nations'], `a row for \`england\` belongs in \`policies/${purpose}.yaml\``);
  }
  return rows.map((row, index) => ({
    row: { purpose, ...row },
    faults,
    place: ['rows', index],
    ...(awaits !== undefined && { awaits }),
  }));
}

function check(placed: PlacedRow, catalogue: Catalogue): void {
  const { row, faults, place } = placed;
  const before = faults.faults.length;
  checkCitations(placed, catalogue);
  // What cites an unknown code cannot be judged further.
  if (faults.faults.length > before) return;
  checkCells(row, catalogue, (list, index, message) => {
    faults.at([...place, list, index], message);
  });
  checkBasis(row, catalogue, (path, message) => {
    faults.at([...place, ...path], message);
  });
}

function checkCitations({ row, faults, place }: PlacedRow, catalogue: Catalogue): void {
  const codes = codesOf(catalogue);
  const cite = (path: YamlPath, cited: string | readonly string[] | undefined, list: CitableList): void => {
    faults.cite([...place, ...path], cited, codes[list]);
  };
  if (!catalogue.purposes.has(row.purpose)) faults.cite(['purpose'], row.purpose, codes.purposes);
  cite(['from'], row.from, 'teams');
  cite(['to'], row.to, 'teams');
  cite(['namedRole'], row.namedRole, 'roles');
  cite(['obligations'], row.obligations, 'obligations');
  cite(['basis', 'powers'], row.basis.powers, 'powers');
  cite(['basis', 'article6'], row.basis.article6, 'article6');
  cite(['basis', 'article9'], row.basis.article9, 'article9');
  cite(['basis', 'schedule1'], row.basis.schedule1, 'conditions');
  cite(['basis', 'article10'], row.basis.article10, 'article10');
  cite(['basis', 'confidentiality'], row.basis.confidentiality, 'confidentiality');
  for (const [index, { category }] of (row.lookBackMonths ?? []).entries())
    cite(['lookBack', index, 'category'], category, 'categories');
}
