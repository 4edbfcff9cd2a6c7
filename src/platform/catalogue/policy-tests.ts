import { compilePolicy, type CompiledPolicy } from '../../core/decision/policy-ability.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { PolicySet } from '../../core/law/policy-row.js';
import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import { ConfigurationFaults, type ConfigurationFault } from './configuration-faults.js';
import { namesIn } from './files-digest.js';
import { policyOutcome, type PolicyOutcome, type PolicyQuestion } from './policy-outcome.js';
import { policyTestsFile } from './policy-schemas.js';
import { readYaml, type YamlFile } from './yaml-file.js';

type TestsFile = YamlFile<(typeof policyTestsFile)['_zod']['output']>;
type Case = TestsFile['value']['cases'][number];

/** What the test tables beside the policies found. */
export interface PolicyTestReport {
  readonly cases: number;
  /** Cells compared: every category of every case. */
  readonly cells: number;
  /** Cells and leaves that differ from what a table expects; empty when policy says what its tables say. */
  readonly failures: readonly ConfigurationFault[];
}

/**
 * Runs every `policies/*.tests.yaml` against the policies: all 45 categories of every case, and the leaves it names.
 *
 * @throws ConfigurationFaults when a table cannot be read, or a purpose has policies and no table
 */
export function runPolicyTests(directory: string, catalogue: Catalogue, policies: PolicySet): PolicyTestReport {
  const files = readTables(directory);
  const untested = faultsOfCoverage(files, policies);
  if (untested.length > 0) throw new ConfigurationFaults(untested);
  const policy = compilePolicy(policies, catalogue);
  const failures = files.flatMap((file) =>
    file.value.cases.flatMap((one, index) =>
      failuresOf(one, file.value.purpose, policy, catalogue).map((message) => ({
        file: file.file,
        line: file.lineOf(['cases', index]),
        message: `${one.name}: ${message}`,
      })),
    ),
  );
  const cases = files.reduce((sum, file) => sum + file.value.cases.length, 0);
  return { cases, cells: cases * catalogue.categories.size, failures };
}

function readTables(directory: string): readonly TestsFile[] {
  const names = namesIn(directory, 'policies').filter((name) => name.endsWith('.tests.yaml'));
  const read = names.sort().map((name) => readYaml(directory, `policies/${name}`, policyTestsFile));
  const faults = read.flatMap((found) => ('value' in found ? [] : found));
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  return read.flatMap((found) => ('value' in found ? [found] : []));
}

function faultsOfCoverage(files: readonly TestsFile[], policies: PolicySet): readonly ConfigurationFault[] {
  const tested = new Set(files.map(({ value }) => value.purpose));
  const purposes = new Set(policies.rows.map(({ purpose }) => purpose));
  return [...purposes.difference(tested)].map((purpose) => ({
    file: `policies/${purpose}.tests.yaml`,
    line: 1,
    message: `\`${purpose}\` has policies and no test table; write one beside them`,
  }));
}

function failuresOf(one: Case, purpose: Purpose, policy: CompiledPolicy, catalogue: Catalogue): readonly string[] {
  const { from, to, subjectRole, on, nation } = one;
  const question: PolicyQuestion = { purpose, from, to, subjectRole, on, nation };
  const expected = expectations(one);
  const unknown = [...expected.keys(), ...(Object.keys(one.released) as Category[])].filter(
    (category) => !catalogue.categories.has(category),
  );
  if (unknown.length > 0) return unknown.map((category) => `no category \`${category}\`; use one of the catalogue`);
  return [...catalogue.categories.keys()].flatMap((category) => {
    const found = policyOutcome(policy, catalogue, question, category);
    const wanted = expected.get(category) ?? 'D';
    const names = found.leaves.map((path) => path.slice(category.length + 1));
    const listed = one.released[category];
    return [
      ...(found.outcome === wanted ? [] : [`\`${category}\` is ${found.outcome}; the table expects ${wanted}`]),
      ...(listed === undefined || sameNames(listed, names)
        ? []
        : [`\`${category}\` releases ${names.join(', ')}; the table expects ${listed.join(', ')}`]),
    ];
  });
}

function expectations(one: Case): ReadonlyMap<Category, PolicyOutcome> {
  return new Map(
    (Object.entries(one.expect) as [PolicyOutcome, readonly Category[]][]).flatMap(([outcome, categories]) =>
      categories.map((category) => [category, outcome] as const),
    ),
  );
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && new Set(one).isSubsetOf(new Set(other));
}
