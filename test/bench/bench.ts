import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { comparison, findIn, twiceOff } from './aims.js';
import { benchWorld, type BenchWorld } from './bench-world.js';
import { figuresOf, table } from './figures.js';
import { growthTable, measureGrowth } from './growth.js';
import { decisionRun, sdJwtRun } from './in-process.js';
import { measurePushes, pushesTable } from './pushes.js';
import { measureReplay, replayTable } from './replay.js';
import { chainRun, floorRun, inTurns, lineRun, refusalRun, type Run } from './runs.js';
import { soak, soakVerdict } from './soak.js';

const CALLERS = [1, 8, 32];
const PUSH_TURNS = 5;
/** Warmed long enough that what is measured is the program and not its compiler: a line costs half as much again after 1 s. */
const QUICK = { callers: [8], seconds: 3, warmUpSeconds: 15 };

/** What is left of one bench: text for whoever runs it, figures for a file, and what must not be. */
interface Report {
  readonly text: string;
  readonly json: unknown;
  readonly faults: readonly string[];
}

interface Chosen {
  readonly seconds: number;
  readonly quick: boolean;
  readonly signal: AbortSignal;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs of the same callers follow one another, since they are what is compared. */
function runsOf(world: BenchWorld, callerCounts: readonly number[]): Run[] {
  const runs = callerCounts.flatMap((callers) => [
    lineRun(world, callers),
    floorRun(world, callers),
    chainRun(world, callers),
    refusalRun(world, callers),
  ]);
  return [...runs, decisionRun(), sdJwtRun()];
}

async function compare({ seconds, quick }: Chosen, world: BenchWorld): Promise<Report> {
  const chosen = quick ? QUICK : { callers: CALLERS, seconds, warmUpSeconds: 2 };
  const slices = await inTurns(runsOf(world, chosen.callers), { ...chosen, turns: 3 }, say);
  const runs = [...slices].map(([run, measured]) => figuresOf(run, measured));
  const find = findIn(runs);
  return {
    text: `${table(runs)}\n\n${comparison(find, chosen.callers)}`,
    json: { runs },
    faults: quick ? twiceOff(find) : [],
  };
}

async function inWorld(signal: AbortSignal, work: (world: BenchWorld) => Promise<Report>): Promise<Report> {
  const world = await benchWorld(say);
  const close = (): void => void world.close();
  signal.addEventListener('abort', close);
  try {
    return await work(world);
  } finally {
    signal.removeEventListener('abort', close);
    await world.close();
  }
}

function chosenReport({ values, positionals }: ReturnType<typeof parsed>, signal: AbortSignal): Promise<Report> {
  const seconds = within('seconds', values.seconds ?? (values.growth ? '30' : '6'), 600);
  if (values.growth) {
    const sizes = values.entries.split(',').map((size) => within('entries', size, 10_000_000));
    return measureGrowth(sizes, seconds, say, signal).then((runs) => ({
      text: growthTable(runs),
      json: { runs },
      faults: [],
    }));
  }
  if (values.soak) {
    const minutes = within('soak', positionals[0] ?? '10', 24 * 60);
    return inWorld(signal, async (world) => {
      const samples = await soak(world, minutes, say, signal);
      const { found, text } = soakVerdict(samples);
      return { text, json: { found, samples }, faults: [] };
    });
  }
  if (values.replay) {
    const count = within('decisions', values.decisions, 10_000_000);
    return inWorld(signal, async (world) => {
      const figures = await measureReplay(world, count, say);
      return { text: replayTable(figures), json: { replay: figures }, faults: [] };
    });
  }
  if (values.pushes) {
    const chosen = {
      pushes: within('flags', values.flags, 1_000_000),
      pending: within('pending', values.pending, 1_000_000),
      seconds: within('seconds', values.seconds ?? '60', 3_600),
      turns: PUSH_TURNS,
    };
    return measurePushes(chosen, say, signal).then((figures) => ({
      text: pushesTable(figures),
      json: figures,
      faults: [],
    }));
  }
  return inWorld(signal, (world) => compare({ seconds, quick: values.quick, signal }, world));
}

function parsed() {
  return parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      entries: { type: 'string', default: '1000,100000,1000000' },
      /** For so many minutes, given after it. */
      soak: { type: 'boolean', default: false },
      /** Takes so many past decisions again, as `gateway policy replay` does. */
      replay: { type: 'boolean', default: false },
      decisions: { type: 'string', default: '100000' },
      /** Pushes so many flags to five recipients each, and beside a receiver that is down with so many pending. */
      pushes: { type: 'boolean', default: false },
      flags: { type: 'string', default: '2000' },
      pending: { type: 'string', default: '10000' },
      seconds: { type: 'string' },
    },
  });
}

function within(name: string, given: string, most: number): number {
  const value = Number(given);
  if (!(value > 0 && value <= most)) throw new Error(`\`--${name}\` must be a number up to ${String(most)}`);
  return value;
}

async function run(): Promise<void> {
  const chosen = parsed();
  const interruption = new AbortController();
  process.once('SIGINT', () => {
    interruption.abort();
  });
  try {
    const { text, json, faults } = await chosenReport(chosen, interruption.signal);
    process.stdout.write(`${text}\n`);
    if (chosen.values.json !== undefined) await writeFile(chosen.values.json, `${JSON.stringify(json, null, 2)}\n`);
    faults.forEach(say);
    if (faults.length > 0) process.exitCode = 1;
  } catch (failure) {
    if (!interruption.signal.aborted) throw failure;
    process.exitCode = 130;
  }
}

await run();
