import { anAsk } from '../support/asks.js';
import type { PreparedCall } from '../support/agency-client.js';
import type { Appending } from './bench-schema.js';
import type { BenchWorld } from './bench-world.js';
import { callsTo, signed, type Asked, type Measured } from './callers.js';

/** Something measured by turns with others: of one name and so many callers. */
export interface Run {
  readonly name: string;
  readonly callers: number;
  /** Measures for so many seconds. */
  slice(seconds: number): Promise<Measured>;
}

const HEADROOM = 1.5;
const FIRST_GUESS_PER_SECOND = 150;
/** The floor keeps no note of what it has seen, so its calls are sent again and again. */
const FLOOR_CALLS = 64;

const released: Asked = { officer: 'np-4471', body: anAsk(), status: 200 };
const refused: Asked = {
  officer: 'np-5200',
  body: anAsk({ officer: { id: 'np-5200', role: 'police-inspector' } }),
  status: 403,
};

/** The straight line whole, its fetch from the custodian included. */
export function lineRun(world: BenchWorld, callers: number): Run {
  return gatewayRun(world, { name: 'line', callers, asked: released, appending: 'batched' });
}

/** The same, its log a hash chain with a locked head. */
export function chainRun(world: BenchWorld, callers: number): Run {
  return gatewayRun(world, { name: 'chain', callers, asked: released, appending: 'chained' });
}

/** The refusal of an officer without involvement: nothing is fetched or sealed. */
export function refusalRun(world: BenchWorld, callers: number): Run {
  return gatewayRun(world, { name: 'refusal', callers, asked: refused, appending: 'batched' });
}

/** What no gateway of this kind can be faster than. */
export function floorRun(world: BenchWorld, callers: number): Run {
  let calls: readonly PreparedCall[] = [];
  let sent = 0;
  return {
    name: 'floor',
    callers,
    slice: async (seconds) => {
      if (calls.length === 0) calls = await signed(world.police, released, FLOOR_CALLS);
      return callsTo(world.floor, { callers, seconds, status: 200, next: () => calls[sent++ % calls.length] });
    },
  };
}

interface GatewayRun {
  readonly name: string;
  readonly callers: number;
  readonly asked: Asked;
  readonly appending: Appending;
}

function gatewayRun(world: BenchWorld, { name, callers, asked, appending }: GatewayRun): Run {
  // The most that a second was seen to take: so many calls are signed for the next.
  let perSecond = FIRST_GUESS_PER_SECOND;
  return {
    name,
    callers,
    slice: async (seconds) => {
      const calls = await signed(world.police, asked, Math.ceil(perSecond * HEADROOM * seconds) + callers);
      await world.schema.append(appending);
      const before = await world.schema.chained();
      const measured = await callsTo(world.gateway, {
        callers,
        seconds,
        status: asked.status,
        next: () => calls.pop(),
      });
      await world.schema.append('batched');
      const chained = (await world.schema.chained()) - before;
      if (chained !== (appending === 'chained' ? measured.latencies.length : 0))
        throw new Error(`of ${String(measured.latencies.length)} calls ${String(chained)} went to the chain`);
      perSecond = Math.max(perSecond, measured.latencies.length / measured.seconds);
      return measured;
    },
  };
}

/** Warms every run up, then takes so many turns through all of them, so that what else the machine does falls on all alike. */
export async function inTurns(
  runs: readonly Run[],
  { warmUpSeconds, seconds, turns }: { warmUpSeconds: number; seconds: number; turns: number },
  tell: (line: string) => void,
): Promise<ReadonlyMap<Run, readonly Measured[]>> {
  tell('warming up');
  for (const run of runs) await run.slice(warmUpSeconds);
  const slices = new Map<Run, Measured[]>(runs.map((run) => [run, []]));
  for (let turn = 1; turn <= turns; turn += 1) {
    tell(`measuring, ${String(turn)} of ${String(turns)}`);
    for (const [run, measured] of slices) measured.push(await run.slice(seconds / turns));
  }
  return slices;
}
