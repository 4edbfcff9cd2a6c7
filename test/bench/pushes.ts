import { setTimeout as pause } from 'node:timers/promises';
import type { FlagAnswer } from '../support/flags.js';
import { PUSH_RECIPIENTS } from '../support/pushed-world.js';
import { callsTo, type Measured } from './callers.js';
import { columns, figuresOf, quantile, table, type Figures } from './figures.js';
import { PushWorld } from './push-world.js';
import { inTurns, type Run } from './runs.js';

/** How many pushes are sent at once while the rate is measured. */
const CALLERS = 32;
/** How many wait at once for what they pushed to arrive everywhere: far from what the gateway can do, so that a queue tells of itself. */
const WAITING_CALLERS = 4;
const WARM_UP_PUSHES = 100;
/** Signed at once: each is good for a minute. */
const PART = 500;
const PART_WITHIN_SECONDS = 600;
const ALL_DELIVERED_WITHIN_MS = 30 * 60_000;
/** The one whose system is down: it takes the connection and says nothing, the worst of the ways to be down. */
const DOWN = 'hill-gp';
const OTHERS = PUSH_RECIPIENTS.map(({ agency }) => agency).filter((agency) => agency !== DOWN);

/** What we aim at, on two idle cores. */
const AIMS = { perSecond: 500, p99Ms: 1_000, allDeliveredMs: 120_000, othersTimes: 1.5 } as const;

/** How much is pushed. */
export interface PushesChosen {
  readonly pushes: number;
  readonly pending: number;
  readonly seconds: number;
  readonly turns: number;
}

/** What was measured; `runs` in the shape of every other bench. */
export interface PushFigures {
  readonly runs: readonly Figures[];
  readonly allDeliveredMs: number;
  readonly deliveries: number;
  /** What was still on its way when the last push was accepted, how fast it went, and what share of one processor that took. */
  readonly behind: number;
  readonly drainedPerSecond: number;
  readonly drainingProcessors: number;
  readonly pending: number;
  /** How many times the others' p99 it is with one receiver down: the median of the turns, each against its neighbour. */
  readonly othersDeliveredTimes: number;
  readonly othersAcceptedTimes: number;
}

/** What the first part measures. */
type Rate = Omit<PushFigures, 'pending' | 'othersDeliveredTimes' | 'othersAcceptedTimes'>;

/** What the second does. */
type Beside = Pick<PushFigures, 'runs' | 'pending' | 'othersDeliveredTimes' | 'othersAcceptedTimes'>;

/** Measures how fast pushes are accepted and delivered, and what one receiver that is down costs the others. */
export async function measurePushes(
  { pushes, pending, seconds, turns }: PushesChosen,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<PushFigures> {
  const worlds: PushWorld[] = [];
  const close = (): void => {
    for (const world of worlds) void world.close();
  };
  signal.addEventListener('abort', close);
  try {
    const well = await PushWorld.open(tell);
    worlds.push(well);
    const rate = await measureRate(well, pushes, tell);
    signal.throwIfAborted();
    const down = await PushWorld.open(tell);
    worlds.push(down);
    const beside = await measureBeside({ well, down }, { pending, seconds, turns }, tell);
    return { ...rate, ...beside, runs: [...rate.runs, ...beside.runs] };
  } finally {
    signal.removeEventListener('abort', close);
    for (const world of worlds) await world.close();
  }
}

async function pushAll(world: PushWorld, count: number, recipients: readonly string[] | null): Promise<Measured[]> {
  const parts: Measured[] = [];
  for (let left = count; left > 0; left -= PART) {
    const calls = await world.signed(Math.min(PART, left), recipients);
    const calling = { callers: CALLERS, seconds: PART_WITHIN_SECONDS, status: 201 };
    parts.push(await callsTo(world.bench.gateway, { ...calling, next: () => calls.pop() }));
    if (calls.length > 0) throw new Error(`${String(calls.length)} pushes were not sent in time`);
  }
  return parts;
}

async function untilArrived(world: PushWorld, count: number): Promise<void> {
  const until = performance.now() + ALL_DELIVERED_WITHIN_MS;
  while (world.arrived < count) {
    if (performance.now() > until)
      throw new Error(`${String(world.arrived)} of ${String(count)} messages were delivered within half an hour`);
    await pause(20);
  }
}

async function measureRate(world: PushWorld, pushes: number, tell: (line: string) => void): Promise<Rate> {
  tell('warming up');
  await pushAll(world, WARM_UP_PUSHES, null);
  await untilArrived(world, WARM_UP_PUSHES * PUSH_RECIPIENTS.length);
  tell(`pushing ${String(pushes)} flags to ${String(PUSH_RECIPIENTS.length)} recipients each`);
  const before = world.arrived;
  const deliveries = pushes * PUSH_RECIPIENTS.length;
  const began = performance.now();
  const parts = await pushAll(world, pushes, null);
  const accepted = performance.now();
  const { processorMs: used } = await world.bench.gateway.usage();
  const behind = deliveries - (world.arrived - before);
  tell(`accepted; ${String(behind)} messages are still on their way`);
  await untilArrived(world, before + deliveries);
  const ended = performance.now();
  const { processorMs } = await world.bench.gateway.usage();
  return {
    runs: [figuresOf({ name: 'pushes', callers: CALLERS }, parts)],
    allDeliveredMs: Math.round(ended - began),
    deliveries,
    behind,
    drainedPerSecond: (behind / (ended - accepted)) * 1000,
    drainingProcessors: (processorMs - used) / (ended - accepted),
  };
}

/** Pushes to the others and waits until each has it, over and over; how long each of both took. */
class OthersRun implements Run {
  readonly callers = WAITING_CALLERS;
  readonly accepted: Measured[] = [];

  constructor(
    readonly name: string,
    private readonly world: PushWorld,
  ) {}

  async slice(seconds: number): Promise<Measured> {
    const { world } = this;
    const accepted: number[] = [];
    const delivered: number[] = [];
    const { processorMs: before } = await world.bench.gateway.usage();
    const began = performance.now();
    const until = began + seconds * 1000;
    const caller = async (): Promise<void> => {
      while (performance.now() < until) {
        const [call] = await world.signed(1, OTHERS);
        if (call === undefined) return;
        const sent = performance.now();
        const { status, body } = await world.sender.send(call);
        if (status !== 201) throw new Error(`expected 201 and was answered ${String(status)}`);
        accepted.push(performance.now() - sent);
        const arrivals = await world.arrivals((body as FlagAnswer).id, OTHERS.length);
        delivered.push(...arrivals.map((at) => at - sent));
      }
    };
    await Promise.all(Array.from({ length: WAITING_CALLERS }, caller));
    const took = { seconds: (performance.now() - began) / 1000 };
    const processorMs = (await world.bench.gateway.usage()).processorMs - before;
    this.accepted.push({ ...took, latencies: accepted, processorMs });
    return { ...took, latencies: delivered, processorMs };
  }
}

async function measureBeside(
  { well, down }: { readonly well: PushWorld; readonly down: PushWorld },
  { pending, seconds, turns }: Pick<PushesChosen, 'pending' | 'seconds' | 'turns'>,
  tell: (line: string) => void,
): Promise<Beside> {
  down.receiver(DOWN).answers = () => 'silent';
  tell(`pushing ${String(pending)} flags to a receiver that is down`);
  await pushAll(down, pending, [DOWN]);
  // The same rows are in both databases: what differs is that one's receiver took them.
  tell('and as many, in another world, to one that is well');
  const before = well.arrived;
  await pushAll(well, pending, [DOWN]);
  await untilArrived(well, before + pending);
  for (const { bench } of [well, down]) await bench.schema.settle();
  const runs = [new OthersRun('others, all well', well), new OthersRun('others, one down', down)] as const;
  const slices = await inTurns(runs, { warmUpSeconds: seconds / turns, seconds, turns }, tell);
  const stillPending = await down.pendingTo(DOWN);
  if (stillPending < pending) throw new Error(`only ${String(stillPending)} were pending at the end`);
  const [beside, alone] = [slices.get(runs[1]) ?? [], slices.get(runs[0]) ?? []];
  const accepted = runs.map(({ accepted: all }) => all.slice(-turns));
  return {
    runs: runs.flatMap((run, at) => [
      figuresOf(run, slices.get(run) ?? []),
      figuresOf({ name: `${run.name}: accepted`, callers: run.callers }, accepted[at] ?? []),
    ]),
    pending: stillPending,
    othersDeliveredTimes: times(beside, alone),
    othersAcceptedTimes: times(accepted[1] ?? [], accepted[0] ?? []),
  };
}

/** How many times the p99 of its neighbour each turn's is: the median. */
function times(beside: readonly Measured[], alone: readonly Measured[]): number {
  const p99 = ({ latencies }: Measured): number =>
    quantile(
      [...latencies].sort((a, b) => a - b),
      0.99,
    );
  const ratios = beside.flatMap((slice, turn) => {
    const other = alone[turn];
    return other === undefined ? [] : [p99(slice) / p99(other)];
  });
  return quantile(
    ratios.sort((a, b) => a - b),
    0.5,
  );
}

/** The figures, and what we aim at beside them. Times are shown and never tested: they tell of the machine. */
export function pushesTable(figures: PushFigures): string {
  const { runs, allDeliveredMs, deliveries, pending, othersDeliveredTimes, othersAcceptedTimes } = figures;
  const { behind, drainedPerSecond, drainingProcessors } = figures;
  const pushed = runs.find(({ name }) => name === 'pushes');
  const rows = [
    ['pushes accepted per second', String(pushed?.perSecond), `at least ${String(AIMS.perSecond)}`],
    ['their p99, ms', String(pushed?.p99Ms), `under ${String(AIMS.p99Ms)}`],
    [
      `until all ${String(deliveries)} are delivered, s`,
      (allDeliveredMs / 1000).toFixed(1),
      `within ${String(AIMS.allDeliveredMs / 1000)}`,
    ],
    [
      `the last ${String(behind)} of them, per second`,
      drainedPerSecond.toFixed(1),
      `${drainingProcessors.toFixed(2)} processors of the gateway's`,
    ],
    [
      `others' delivery p99, one down with ${String(pending)} pending`,
      `${othersDeliveredTimes.toFixed(2)} times`,
      `within ${String(AIMS.othersTimes)}`,
    ],
    [
      "others' acceptance p99, the same",
      `${othersAcceptedTimes.toFixed(2)} times`,
      `within ${String(AIMS.othersTimes)}`,
    ],
  ];
  return `${table(runs)}\n\n${columns(['compared', 'measured', 'aim'], rows)}`;
}
