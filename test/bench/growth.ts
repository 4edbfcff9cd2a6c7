import { benchWorld, type BenchWorld } from './bench-world.js';
import type { Measured } from './callers.js';
import { columns, figuresOf, quantile, type Figures } from './figures.js';
import { loadLog } from './log-load.js';
import { inTurns, lineRun, refusalRun, type Run } from './runs.js';

const CALLERS = 8;
/** How much slower the largest log may be than the smallest. */
const WITHIN = 1.5;

/** Figures of one exchange over a log of one size, and how they stand to the smallest log's. */
export interface GrowthFigures extends Figures {
  readonly entries: number;
  /** How many times the rate of the smallest log is this one's: the median of the turns, each against its neighbour. */
  readonly slower: number;
  /** How many times the smallest log's p99 this one's is, likewise. */
  readonly later: number;
}

/**
 * Measures the line and the refusal over logs of several sizes: each log behind a gateway of its own, so that all are
 * measured by turns in the same minutes.
 */
export async function measureGrowth(
  sizes: readonly number[],
  seconds: number,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly GrowthFigures[]> {
  const worlds: BenchWorld[] = [];
  const close = (): void => {
    for (const world of worlds) void world.close();
  };
  signal.addEventListener('abort', close);
  try {
    const entriesOf = new Map<Run, number>();
    for (const size of [...sizes].sort((a, b) => a - b)) {
      signal.throwIfAborted();
      const began = performance.now();
      tell(`loading a log of ${String(size)} entries`);
      const world = await benchWorld(tell);
      worlds.push(world);
      await loadLog(world.atRest, size, tell);
      await world.schema.settle();
      tell(`loaded in ${String(Math.round((performance.now() - began) / 1000))} s, and its tree is whole`);
      for (const run of [lineRun(world, CALLERS), refusalRun(world, CALLERS)]) entriesOf.set(run, size);
    }
    // By exchange, and within one by size: what is compared follows one another.
    const byExchange = [...entriesOf.keys()].sort((a, b) => a.name.localeCompare(b.name));
    const slices = await inTurns(byExchange, { warmUpSeconds: 3, seconds, turns: 5 }, tell);
    return [...slices].map(([run, measured]) => {
      const [, smallest = measured] = [...slices].find(([{ name }]) => name === run.name) ?? [];
      return { ...figuresOf(run, measured), entries: entriesOf.get(run) ?? 0, ...against(run, measured, smallest) };
    });
  } finally {
    signal.removeEventListener('abort', close);
    for (const world of worlds) await world.close();
  }
}

/** The figures, and the verdict over them. */
export function growthTable(figures: readonly GrowthFigures[]): string {
  const heads = ['name', 'entries', 'per second', 'p50 ms', 'p99 ms', 'CPU ms per operation', 'slower', 'p99 later'];
  const rows = figures.map(({ name, entries, perSecond, p50Ms, p99Ms, cpuMsPerOp, slower, later }) => [
    name,
    ...[entries, perSecond, p50Ms, p99Ms, cpuMsPerOp].map(String),
    slower.toFixed(2),
    later.toFixed(2),
  ]);
  const worst = Math.max(...figures.flatMap(({ slower, later }) => [slower, later]));
  const verdict = worst <= WITHIN ? 'within' : 'NOT within';
  return `${columns(heads, rows)}\n\nagainst the smallest log, median of the turns: ${verdict} ${String(WITHIN)} times (worst ${worst.toFixed(2)})`;
}

function against(
  run: Run,
  measured: readonly Measured[],
  smallest: readonly Measured[],
): Pick<GrowthFigures, 'slower' | 'later'> {
  const turns = measured.flatMap((slice, turn) => {
    const beside = smallest[turn];
    return beside === undefined ? [] : [{ one: figuresOf(run, [slice]), other: figuresOf(run, [beside]) }];
  });
  return {
    slower: median(turns.map(({ one, other }) => other.perSecond / one.perSecond)),
    later: median(turns.map(({ one, other }) => one.p99Ms / other.p99Ms)),
  };
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
