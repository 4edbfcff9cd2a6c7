import { benchWorld, type BenchWorld } from './bench-world.js';
import { columns, figuresOf, type Figures } from './figures.js';
import { loadLog } from './log-load.js';
import { inTurns, lineRun, refusalRun, type Run } from './runs.js';

const CALLERS = 8;
/** How much slower the largest log may be than the smallest. */
const WITHIN = 1.5;

/** Figures of one exchange over a log of one size. */
export interface GrowthFigures extends Figures {
  readonly entries: number;
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
    for (const size of sizes) {
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
    const byExchange = [...entriesOf.keys()].sort((a, b) => a.name.localeCompare(b.name));
    const slices = await inTurns(byExchange, { warmUpSeconds: 3, seconds, turns: 5 }, tell);
    return [...slices].map(([run, measured]) => ({ ...figuresOf(run, measured), entries: entriesOf.get(run) ?? 0 }));
  } finally {
    signal.removeEventListener('abort', close);
    for (const world of worlds) await world.close();
  }
}

/** The figures, and the largest log against the smallest. */
export function growthTable(figures: readonly GrowthFigures[]): string {
  const heads = ['name', 'entries', 'per second', 'p50 ms', 'p99 ms', 'CPU ms per operation', 'rate', 'p99'];
  const rows = figures.map((one) => {
    const { name, entries, perSecond, p50Ms, p99Ms, cpuMsPerOp } = one;
    const { slower, later } = againstSmallest(one, figures);
    return [name, ...[entries, perSecond, p50Ms, p99Ms, cpuMsPerOp].map(String), slower.toFixed(2), later.toFixed(2)];
  });
  const worst = Math.max(
    ...figures.flatMap((one) => {
      const { slower, later } = againstSmallest(one, figures);
      return [slower, later];
    }),
  );
  const verdict = worst <= WITHIN ? 'within' : 'NOT within';
  return `${columns(heads, rows)}\n\nrate and p99 against the smallest log: ${verdict} ${String(WITHIN)} times (worst ${worst.toFixed(2)})`;
}

function againstSmallest(one: Figures, figures: readonly GrowthFigures[]): { slower: number; later: number } {
  const smallest = figures.filter(({ name }) => name === one.name).sort((a, b) => a.entries - b.entries)[0] ?? one;
  return { slower: smallest.perSecond / one.perSecond, later: one.p99Ms / smallest.p99Ms };
}
