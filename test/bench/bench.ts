import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { comparison, findIn, twiceOff } from './aims.js';
import { benchWorld, type BenchWorld } from './bench-world.js';
import { decisionRun, sdJwtRun } from './in-process.js';
import { figuresOf, table } from './figures.js';
import { chainRun, floorRun, inTurns, lineRun, refusalRun, type Run } from './runs.js';

const CALLERS = [1, 8, 32];
const QUICK = { callers: [8], seconds: 3, warmUpSeconds: 1 };

function runsOf(world: BenchWorld, callerCounts: readonly number[]): Run[] {
  const runs = callerCounts.flatMap((callers) => [
    lineRun(world, callers),
    floorRun(world, callers),
    chainRun(world, callers),
    refusalRun(world, callers),
  ]);
  return [...runs, decisionRun(), sdJwtRun()];
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '6' },
    },
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
    const chosen = values.quick ? QUICK : { callers: CALLERS, seconds, warmUpSeconds: 2 };
    const slices = await inTurns(runsOf(world, chosen.callers), { ...chosen, turns: 3 }, say);
    const runs = [...slices].map(([of, measured]) => figuresOf(of, measured));
    const find = findIn(runs);
    process.stdout.write(`${table(runs)}\n\n${comparison(find, chosen.callers)}\n`);
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ runs }, null, 2)}\n`);
    const faults = twiceOff(find);
    if (values.quick && faults.length > 0) {
      faults.forEach(say);
      process.exitCode = 1;
    }
  } catch (failure) {
    if (!interruption.signal.aborted) throw failure;
    process.exitCode = 130;
  } finally {
    await world.close();
  }
}

await run();
