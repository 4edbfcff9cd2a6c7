import { columns, type Figures } from './figures.js';

/** The straight line's share of the floor's rate at eight callers. */
const LINE_OF_FLOOR = { aim: 0.4, least: 0.25 };
/** The gateway's own processor time for one exchange, in milliseconds. */
const LINE_CPU_MS = { aim: 1.5, most: 2.5 };
/** One decision, in milliseconds at the median. */
const DECISION_MS = { aim: 0.1 };
/** CI's machine is busy in ways that fall on one process more than on another: it fails at half the aim. */
const CI_SHARE_OF_AIM = 0.5;

/** Finds the figures of a run; undefined when it was not measured. */
export type Find = (name: string, callers: number) => Figures | undefined;

/** The figures of one bench, to be found by name and callers. */
export function findIn(runs: readonly Figures[]): Find {
  return (name, callers) => runs.find((run) => run.name === name && run.callers === callers);
}

/** What we aim at beside what was measured. Figures in milliseconds are shown and never tested: they tell of the machine. */
export function comparison(find: Find, callerCounts: readonly number[]): string {
  const rows: string[][] = [];
  const row = (what: string, value: number | undefined, aim: string): void => {
    if (value !== undefined) rows.push([what, value.toPrecision(3), aim]);
  };
  for (const callers of callerCounts) {
    const at = `at ${String(callers)}`;
    const judged = callers === 8;
    row(
      `line / floor, per second, ${at}`,
      ratioOf(find, 'line', 'floor', callers),
      judged ? `at least ${String(LINE_OF_FLOOR.aim)}, never under ${String(LINE_OF_FLOOR.least)}` : '',
    );
    row(`line / chain, per second, ${at}`, ratioOf(find, 'line', 'chain', callers), '');
    row(`refusal / line, per second, ${at}`, ratioOf(find, 'refusal', 'line', callers), '');
    row(
      `line, CPU ms, ${at}`,
      find('line', callers)?.cpuMsPerOp,
      judged ? `at most ${String(LINE_CPU_MS.aim)}, never over ${String(LINE_CPU_MS.most)}` : '',
    );
  }
  row('decision, p50 ms', find('decision', 1)?.p50Ms, `under ${String(DECISION_MS.aim)}`);
  return columns(['compared', 'measured', 'aim'], rows);
}

/** Which ratios of this run are twice off their aim, in words; empty when none is. */
export function twiceOff(find: Find): readonly string[] {
  const ratio = ratioOf(find, 'line', 'floor', 8);
  const least = LINE_OF_FLOOR.aim * CI_SHARE_OF_AIM;
  if (ratio !== undefined && ratio >= least) return [];
  return [`the line runs at ${String(ratio?.toPrecision(3))} of the floor at 8 callers; the least is ${String(least)}`];
}

function ratioOf(find: Find, name: string, other: string, callers: number): number | undefined {
  const [one, two] = [find(name, callers), find(other, callers)];
  return one && two && one.perSecond / two.perSecond;
}
