import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { unnoticed } from './broken-gateways.js';
import { Chance } from './chance.js';
import type { Result, Scenario, Trial } from './scenario.js';
import { SCENARIOS } from './scenarios.js';
import { withChildren } from './scenarios/refusal-timing.js';
import { tortureWorld, type TortureWorld } from './torture-world.js';

const FAILURES_TOLD = 20;
const PATIENCE = { whole: 1, short: 10 } as const;

interface Chosen {
  readonly isShort: boolean;
  readonly only: readonly string[];
  readonly rounds: number | undefined;
  readonly seed: number;
}

/** The world that scenarios share: made for the first that asks, and made anew after one that failed. */
class SharedWorld {
  #world: Promise<TortureWorld> | undefined;

  get(): Promise<TortureWorld> {
    return (this.#world ??= tortureWorld({ adapt: withChildren }));
  }

  async close(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    await (await world?.catch(() => undefined))?.close();
  }
}

async function run(scenario: Scenario, chosen: Chosen, shared: SharedWorld, say: Trial['say']): Promise<Result> {
  const { name } = scenario;
  const rounds = chosen.rounds ?? (chosen.isShort ? scenario.rounds.short : scenario.rounds.whole);
  const failures: string[] = [];
  const figures: Record<string, number | string> = {};
  let held = 0;
  const trial: Trial = {
    rounds,
    isShort: chosen.isShort,
    patience: chosen.isShort ? PATIENCE.short : PATIENCE.whole,
    // Each scenario's own, so that it draws the same alone and among others.
    chance: new Chance(chosen.seed ^ Buffer.from(name).reduce((sum, letter) => (sum * 31 + letter) >>> 0, 7)),
    world: () => shared.get(),
    anotherWorld: async () => {
      await shared.close();
      return shared.get();
    },
    hold: (isSo, what) => {
      if (isSo) held += 1;
      else failures.push(what);
    },
    count: (what, by = 1) => {
      const before = figures[what];
      figures[what] = (typeof before === 'number' ? before : 0) + by;
    },
    note: (what, value) => {
      figures[what] = value;
    },
    say: (line) => {
      say(`  ${line}`);
    },
  };
  say(`${name}: ${scenario.shows}`);
  const began = performance.now();
  try {
    await scenario.run(trial);
  } catch (failure) {
    failures.push(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
  }
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (failures.length > 0) await shared.close();
  return { name, rounds, seconds, held, failures, figures };
}

function tell({ name, rounds, seconds, held, failures, figures }: Result, say: Trial['say']): void {
  for (const [what, value] of Object.entries(figures)) say(`  ${what}: ${String(value)}`);
  for (const failure of failures.slice(0, FAILURES_TOLD)) say(`  FAILED: ${failure}`);
  if (failures.length > FAILURES_TOLD) say(`  and ${String(failures.length - FAILURES_TOLD)} more`);
  const verdict = failures.length === 0 ? 'withstood' : 'NOT WITHSTOOD';
  say(`  ${verdict}: ${name}, ${String(rounds)} rounds, ${String(held)} held, ${String(seconds)} s`);
}

function chosenBy(args: readonly string[]): Chosen & { readonly json: string | undefined; readonly broken: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'string' },
      broken: { type: 'boolean', default: false },
    },
  });
  const number = (text: string | undefined, name: string): number | undefined => {
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text)) throw new Error(`\`--${name}\` must be a whole number`);
    return Number(text);
  };
  const unknown = values.only.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no scenario \`${unknown.join('`, `')}\`; there are \`${SCENARIOS.map(({ name }) => name).join('`, `')}\``,
    );
  return {
    isShort: values.short,
    only: values.only,
    rounds: number(values.rounds, 'rounds'),
    seed: number(values.seed, 'seed') ?? Math.floor(Date.now() / 1000) % 1_000_000_000,
    json: values.json,
    broken: values.broken,
  };
}

async function main(): Promise<void> {
  const chosen = chosenBy(process.argv.slice(2));
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`seed ${String(chosen.seed)}`);
  if (chosen.broken) {
    const missed = await unnoticed(chosen.seed, chosen.only);
    say(`${String(missed.length)} broken gateways went unnoticed`);
    if (missed.length > 0) process.exitCode = 1;
    return;
  }
  const shared = new SharedWorld();
  const results: Result[] = [];
  // Everything a run started is ended before the runner is.
  process.once('SIGINT', () => {
    void shared.close().finally(() => process.exit(130));
  });
  try {
    for (const scenario of SCENARIOS) {
      if (chosen.only.length > 0 && !chosen.only.includes(scenario.name)) continue;
      const result = await run(scenario, chosen, shared, say);
      tell(result, say);
      results.push(result);
    }
  } finally {
    await shared.close();
  }
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  say(`${String(results.length - failed)} passed, ${String(failed)} failed`);
  if (chosen.json !== undefined)
    await writeFile(
      chosen.json,
      `${JSON.stringify({ seed: chosen.seed, isShort: chosen.isShort, results }, null, 2)}\n`,
    );
  if (failed > 0) process.exitCode = 1;
}

await main();
