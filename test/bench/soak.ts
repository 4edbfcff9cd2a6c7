import type { BenchWorld } from './bench-world.js';
import { columns } from './figures.js';
import { lineRun } from './runs.js';

const CALLERS = 8;
const SAMPLE_EVERY_SECONDS = 10;
/** Caches fill and code is compiled: what is used meanwhile says nothing of a leak. */
const WARM_UP_SHARE = 0.2;
/** A leak of anything an exchange makes is larger. */
const FLAT_BYTES_PER_EXCHANGE = 64;
/** The heap's pages come and go, so memory as the machine sees it is judged by its share. */
const FLAT_RESIDENT_SHARE = 0.05;
const LEAST_SAMPLES = 5;

/** Memory after so many exchanges, garbage collected. */
export interface Sample {
  readonly seconds: number;
  readonly exchanges: number;
  readonly heapUsedBytes: number;
  readonly residentBytes: number;
}

/** Has eight callers send the line for so long, and looks at the gateway's memory every few seconds. */
export async function soak(
  world: BenchWorld,
  minutes: number,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const run = lineRun(world, CALLERS);
  const samples: Sample[] = [];
  const began = performance.now();
  let exchanges = 0;
  while (performance.now() - began < minutes * 60_000) {
    signal.throwIfAborted();
    const { latencies } = await run.slice(SAMPLE_EVERY_SECONDS);
    exchanges += latencies.length;
    const { heapUsedBytes, residentBytes } = await world.gateway.usage('collected');
    const seconds = (performance.now() - began) / 1000;
    samples.push({ seconds, exchanges, heapUsedBytes, residentBytes });
    tell(
      `${seconds.toFixed(0)} s: ${String(exchanges)} exchanges, heap ${mega(heapUsedBytes)}, resident ${mega(residentBytes)}`,
    );
  }
  return samples;
}

/** Whether memory stayed flat after the warm-up, by the criterion that the text states. */
export interface SoakVerdict {
  readonly found: 'flat' | 'not-flat' | 'too-short-to-tell';
  readonly text: string;
}

/** Judges the samples of a soak. */
export function soakVerdict(samples: readonly Sample[]): SoakVerdict {
  const counted = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined || counted.length < LEAST_SAMPLES)
    return { found: 'too-short-to-tell', text: 'too few samples to tell; soak for longer' };
  const exchanges = last.exchanges - first.exchanges;
  const heap = fitted(counted.map((one) => [one.exchanges, one.heapUsedBytes]));
  const resident = fitted(counted.map((one) => [one.exchanges, one.residentBytes]));
  const residentRise = (resident.slope * exchanges) / resident.mean;
  const isFlat =
    (heap.slope <= FLAT_BYTES_PER_EXCHANGE || heap.slope <= 2 * heap.error) && residentRise <= FLAT_RESIDENT_SHARE;
  const row = (name: string, { mean, slope, error }: Fit): string[] => [
    name,
    mega(mean),
    slope.toFixed(1),
    error.toFixed(1),
    `${(((slope * exchanges) / mean) * 100).toFixed(1)} %`,
  ];
  const text = [
    columns(
      ['memory', 'mean', 'bytes per exchange', 'its standard error', 'rise over the soak'],
      [row('heap used', heap), row('resident', resident)],
    ),
    '',
    `after the first ${String(WARM_UP_SHARE * 100)} %: ${String(exchanges)} exchanges in ${String(counted.length)} samples`,
    `${isFlat ? 'flat' : 'NOT flat'}: flat is a heap that rises by at most ${String(FLAT_BYTES_PER_EXCHANGE)} bytes per exchange, or by no more than twice the error,`,
    `and resident memory that rises by at most ${String(FLAT_RESIDENT_SHARE * 100)} % over the soak`,
  ].join('\n');
  return { found: isFlat ? 'flat' : 'not-flat', text };
}

interface Fit {
  readonly mean: number;
  readonly slope: number;
  /** Of the slope. */
  readonly error: number;
}

/** Least squares. */
function fitted(points: readonly (readonly [number, number])[]): Fit {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spread;
  const left = points.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0);
  return { mean, slope, error: Math.sqrt(left / (count - 2) / spread) };
}

function mega(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
