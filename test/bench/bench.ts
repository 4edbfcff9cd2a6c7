import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchWorld, type BenchWorld } from './bench-world.js';
import { callsBy, EXCHANGES, signed, type Exchange, type Measured } from './callers.js';

/** The figures of one run. */
interface Figures {
  readonly name: string;
  readonly callers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the gateway's process alone: neither the database's nor the custodian's. */
  readonly cpuMsPerOp: number;
}

/** One exchange by so many callers, and what was measured of it so far. */
interface Run {
  readonly exchange: Exchange;
  readonly callers: number;
  readonly slices: Measured[];
  /** The most that a second has been seen to take. */
  perSecond: number;
}

const WARM_UP_SECONDS = 2;
/** Each run's seconds are taken in turns with the others', so that what else the machine does falls on all alike. */
const SLICES = 3;
const FIRST_GUESS_PER_SECOND = 250;
const HEADROOM = 1.5;

async function slice(world: BenchWorld, run: Run, seconds: number): Promise<Measured> {
  const { exchange, callers } = run;
  const calls = await signed(world.police, exchange, Math.ceil(run.perSecond * HEADROOM * seconds) + callers);
  const measured = await callsBy(world, exchange, { callers, seconds, calls });
  run.perSecond = Math.max(1, measured.latencies.length / measured.seconds);
  return measured;
}

async function measure(world: BenchWorld, seconds: number, tell: (line: string) => void): Promise<readonly Figures[]> {
  const runs: readonly Run[] = EXCHANGES.flatMap((exchange) =>
    [1, 8].map((callers) => ({ exchange, callers, slices: [], perSecond: FIRST_GUESS_PER_SECOND })),
  );
  tell('warming up');
  for (const run of runs) await slice(world, run, WARM_UP_SECONDS);
  for (let turn = 1; turn <= SLICES; turn += 1) {
    tell(`measuring, ${String(turn)} of ${String(SLICES)}`);
    for (const run of runs) run.slices.push(await slice(world, run, seconds / SLICES));
  }
  return runs.map(figuresOf);
}

function figuresOf({ exchange: { name }, callers, slices }: Run): Figures {
  const latencies = slices.flatMap((measured) => measured.latencies).sort((a, b) => a - b);
  const total = (of: (measured: Measured) => number): number => slices.reduce((sum, one) => sum + of(one), 0);
  return {
    name,
    callers,
    perSecond: rounded(latencies.length / total(({ seconds }) => seconds)),
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    cpuMsPerOp: rounded(total(({ processorMs }) => processorMs) / latencies.length),
  };
}

/** The nearest rank of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function table(runs: readonly Figures[]): string {
  const heads = ['name', 'callers', 'per second', 'p50 ms', 'p99 ms', 'gateway CPU ms per exchange'];
  const rows = runs.map(({ name, callers, ...figures }) => [
    name,
    String(callers),
    ...[figures.perSecond, figures.p50Ms, figures.p99Ms, figures.cpuMsPerOp].map((value) => value.toFixed(2)),
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [heads, ...rows]
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  '))
    .join('\n');
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, seconds: { type: 'string', default: '6' } },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 120)) throw new Error('`--seconds` must be a number up to 120');
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const world = await benchWorld(say);
  const interruption = new AbortController();
  process.once('SIGINT', () => {
    interruption.abort();
    void world.close();
  });
  try {
    const runs = await measure(world, seconds, say);
    process.stdout.write(`${table(runs)}\n`);
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ runs }, null, 2)}\n`);
  } catch (failure) {
    if (!interruption.signal.aborted) throw failure;
    process.exitCode = 130;
  } finally {
    await world.close();
  }
}

await run();
