import type { Measured } from './callers.js';
import type { Run } from './runs.js';

/** The figures of one run. */
export interface Figures {
  readonly name: string;
  readonly callers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the process measured alone: neither the database's nor the custodian's nor the callers'. */
  readonly cpuMsPerOp: number;
}

/** The figures of slices measured by turns. */
export function figuresOf({ name, callers }: Pick<Run, 'name' | 'callers'>, slices: readonly Measured[]): Figures {
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

/** Text in columns, the first to the left and the others to the right. */
export function columns(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [heads, ...rows]
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

/** Every run in a line. */
export function table(runs: readonly Figures[]): string {
  return columns(
    ['name', 'callers', 'per second', 'p50 ms', 'p99 ms', 'CPU ms per operation'],
    runs.map(({ name, callers, perSecond, p50Ms, p99Ms, cpuMsPerOp }) => [
      name,
      String(callers),
      ...[perSecond, p50Ms, p99Ms, cpuMsPerOp].map(String),
    ]),
  );
}

/** The nearest rank of sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** To three digits that tell something: an in-process run takes microseconds, a call milliseconds. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
