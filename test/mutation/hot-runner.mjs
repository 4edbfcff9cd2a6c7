// A test runner for Stryker: the tests of core in one process that stays warm, in jest's own `describe`, `it` and `expect`.
// jest itself builds a world for every mutant and reads the law anew, several seconds each.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import fc from 'fast-check';
import * as circus from 'jest-circus';
import jest from '../../jest.config.mjs';
import { loadFreshModules } from './fresh-modules.mjs';

const TESTS = [
  'unit/{decision,law,redaction}/**/*.test.ts',
  'unit/policies/{policy-ability,replay}.test.ts',
  'property/{policy-ability,redaction}.test.ts',
];
// They remember what they answered: the first test of a file to ask them counts as the only one that covers them.
const REMEMBERS = /\/(policy-ability|items|look-back)\.ts$/;
const { NAMESPACE } = INSTRUMENTER_CONSTANTS;

// Stryker loads this file from the project, and runs it in the copy of the project whose core is instrumented.
const inTest = (path) => pathToFileURL(join(process.cwd(), 'test', path)).href;
const fileOf = (id) => id.slice(0, id.indexOf(' '));

class HotRunner {
  #generation = 0;
  #countsCoverage = false;
  #files = [];
  /** How many mutants of a source each file of tests has killed: the best go first, for one that fails is enough. */
  #kills = new Map();
  // What instrumented code looks at.
  #stryker = (globalThis[NAMESPACE] = {});

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
    Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach, expect });
    // The same examples in every run, and no search for a smaller one: that a law is broken is enough.
    fc.configureGlobal({ seed: 20_261_125, endOnFailure: true });
    this.#files = TESTS.flatMap((pattern) => globSync(pattern, { cwd: join(process.cwd(), 'test') }).sort());
    const [[, transform]] = Object.values(jest.projects[0].transform);
    loadFreshModules(transform, inTest('mutation/loaded-once.mjs'), () => this.#countsCoverage);
    const { CONFIGURATION } = await import(inTest('support/edited-configuration.ts'));
    const { loadCatalogue, loadPolicies } = await import(inTest('mutation/loaded-once.mjs'));
    loadPolicies(CONFIGURATION, loadCatalogue(CONFIGURATION));
  }

  async dryRun() {
    const tests = [];
    const perTest = {};
    this.#countsCoverage = true;
    for (const file of this.#files) {
      this.#generation += 1;
      this.#stryker.mutantCoverage = undefined;
      const ofFile = await this.#runFile(file, () => true);
      tests.push(...ofFile);
      const covered = this.#stryker.mutantCoverage ?? { static: {}, perTest: {} };
      // What ran while the file was loaded bears on each of its tests, and on those of no other file.
      for (const { id } of ofFile) perTest[id] = sumOf(covered.static, covered.perTest[id] ?? {});
    }
    this.#countsCoverage = false;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest } };
  }

  async mutantRun({ activeMutant, sandboxFileName, testFilter, hitLimit, disableBail }) {
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    const files = wanted === undefined ? this.#files : [...new Set([...wanted].map(fileOf))];
    const kills = this.#kills.get(sandboxFileName) ?? new Map();
    this.#kills.set(sandboxFileName, kills);
    const tests = [];
    this.#generation += 1;
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
    for (const file of files.toSorted((one, other) => (kills.get(other) ?? 0) - (kills.get(one) ?? 0))) {
      const isWanted = (id) => REMEMBERS.test(sandboxFileName) || wanted?.has(id) !== false;
      tests.push(...(await this.#runFile(file, isWanted, !disableBail)));
      const isKilled = tests.some(({ status }) => status === TestStatus.Failed);
      if (isKilled) kills.set(file, (kills.get(file) ?? 0) + 1);
      if (isKilled && !disableBail) break;
    }
    const { hitCount } = this.#stryker;
    this.#stryker.activeMutant = undefined;
    return toMutantRunResult(
      determineHitLimitReached(hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests },
      disableBail,
    );
  }

  async #runFile(file, isWanted, endsOnFailure = false) {
    let hasFailed = false;
    const follow = ({ name, test }) => {
      if (name === 'test_start') {
        const id = idOf(file, pathOf(test));
        if (hasFailed || !isWanted(id)) test.mode = 'skip';
        this.#stryker.currentTestId = id;
      }
      if (name === 'test_fn_failure' || name === 'hook_failure') hasFailed = endsOnFailure;
      if (name === 'test_done') this.#stryker.currentTestId = undefined;
    };
    circus.resetState();
    circus.addEventHandler(follow);
    try {
      await import(`${inTest(file)}?run=${String(this.#generation)}`);
      const { testResults } = await circus.run();
      return testResults.map((result) => resultOf(file, result));
    } catch (error) {
      // A file that cannot be loaded fails like any test.
      const id = idOf(file, ['is loaded']);
      return [{ id, name: id, timeSpentMs: 0, status: TestStatus.Failed, failureMessage: String(error) }];
    } finally {
      circus.removeEventHandler(follow);
    }
  }
}

const idOf = (file, names) => [file, ...names].join(' ');
const pathOf = (test) => (test.parent === undefined ? [] : [...pathOf(test.parent), test.name]);

function sumOf(some, more) {
  const sum = { ...some };
  for (const [mutant, hits] of Object.entries(more)) sum[mutant] = (sum[mutant] ?? 0) + hits;
  return sum;
}

function resultOf(file, { testPath, status, errors, duration }) {
  const id = idOf(file, testPath.slice(1));
  const common = { id, name: id, fileName: join(process.cwd(), 'test', file), timeSpentMs: duration ?? 0 };
  if (errors.length > 0) return { ...common, status: TestStatus.Failed, failureMessage: errors.join('\n') };
  return { ...common, status: status === 'done' ? TestStatus.Success : TestStatus.Skipped };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'hot', HotRunner)];
