import { performance } from 'node:perf_hooks';
import { honestly, hostileWay, startHostileSource, type HostileSource } from '../../support/hostile-system.js';
import { JSON_POLICE } from '../../support/json-dialect.js';
import { stillTime, type StillTime } from '../../support/still-time.js';
import { permitOf, sourceWorld, type SourceWorld } from './source-world.js';

// One source hangs while many ask it. Whoever asks another must not be able to tell.

const LEAVES = ['core-identity.familyName', 'police-incidents.incidents'] as const;
const HONEST = permitOf('honest-team', ...LEAVES);
const HANGING = permitOf('hanging-team', ...LEAVES);
const ASKS = 40;
const DEADLINE_MS = 3_000;

let honest: HostileSource;
let hanging: HostileSource;
beforeAll(async () => {
  honest = await startHostileSource(JSON_POLICE, honestly, 'every');
  hanging = await startHostileSource(JSON_POLICE, hostileWay(JSON_POLICE, 'hangs before the headers'), 'every');
});
afterAll(async () => {
  await honest.close();
  await hanging.close();
});

let time: StillTime;
beforeEach(() => {
  time = stillTime();
});
afterEach(() => {
  time.end();
});

function world(): SourceWorld {
  return sourceWorld({
    url: honest.url,
    registered: [honest.url, hanging.url].map((url) => new URL(url).origin),
    limits: { totalMs: DEADLINE_MS },
    endpointOf: (_agency, team) =>
      Promise.resolve({
        id: team,
        adapter: 'json-police',
        url: team === HANGING.custodianTeam ? hanging.url : honest.url,
        asksPerMinute: 6_000,
      }),
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Has eight ask the source that hangs, until their time is over. */
async function eightAskInVain(one: SourceWorld): Promise<void> {
  const before = hanging.asked.length;
  const asking = Promise.all(Array.from({ length: 8 }, () => one.fetch(HANGING)));
  await time.until(() => hanging.asked.length === before + 8);
  await time.pass(DEADLINE_MS);
  await asking;
}

async function medianOf(one: SourceWorld): Promise<number> {
  const times: number[] = [];
  for (let ask = 0; ask < ASKS; ask += 1)
    times.push(
      await timed(async () => {
        expect((await one.fetch(HONEST))['core-identity']).toMatchObject({ status: 'held' });
      }),
    );
  return times.sort((a, b) => a - b)[ASKS / 2] ?? Infinity;
}

describe('a source that hangs while a thousand ask it', () => {
  it('costs those who ask another no more than a little, and the gateway a bounded few connections', async () => {
    const [quiet, one] = [world(), world()];
    await medianOf(quiet);
    const before = hanging.connections();
    const asking = Array.from({ length: 1_000 }, () => one.fetch(HANGING));
    // By turns, and more than once: the machine may be busy in one of them, what the gateway does wrong shows in each.
    const ratios: number[] = [];
    for (let turns = 0; turns < 5; turns += 1) {
      const alone = await medianOf(quiet);
      ratios.push((await medianOf(one)) / alone);
    }
    expect(Math.min(...ratios)).toBeLessThan(3);
    // Eight under way and sixteen waiting; everyone else was told at once.
    expect(hanging.connections() - before).toBe(8);
    expect(one.codes().filter((code) => code === 'too-many-at-once')).toHaveLength(1_000 - 24);
    await time.pass(DEADLINE_MS);
    for (const answers of await Promise.all(asking))
      expect(answers['core-identity']).toEqual({ status: 'unavailable' });
  });

  it('is left alone after five, told to operators once, and answers unavailable at once', async () => {
    const one = world();
    await eightAskInVain(one);
    const before = hanging.connections();
    // It is answered though no time passes.
    expect((await one.fetch(HANGING))['core-identity']).toEqual({ status: 'unavailable' });
    expect(hanging.connections()).toBe(before);
    expect(one.log.lines.filter(({ event }) => event === 'a source is left alone')).toEqual([
      {
        level: 'warn',
        event: 'a source is left alone',
        fields: { agency: 'northmoor-nhs-trust', outcome: 'open' },
      },
    ]);
    const { text } = await one.metrics.exposition();
    expect(text).toContain('gateway_source_breakers{state="open"} 1');
    expect(text).toContain('gateway_source_refused_total{code="circuit-open"} 1');
    expect((await one.fetch(HONEST))['core-identity']).toMatchObject({ status: 'held' });
  });

  it('keeps nothing of the asks it refused', async () => {
    const one = world();
    await eightAskInVain(one);
    const heapAfter = async (asks: number): Promise<number> => {
      for (let ask = 0; ask < asks; ask += 1) {
        await one.fetch(HANGING);
        one.log.lines.length = 0;
      }
      return process.memoryUsage().heapUsed;
    };
    const early = await heapAfter(500);
    const late = await heapAfter(20_000);
    // The heap is not collected between the two: what twenty thousand asks leave behind would be far more than this.
    expect(late - early).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('a look-up of the gateway’s own that hangs', () => {
  it('costs the ask its deadline and no more', async () => {
    let looked = false;
    const stuck = sourceWorld({
      url: honest.url,
      totalMs: 300,
      endpointOf: () => {
        looked = true;
        return new Promise<never>(() => undefined);
      },
    });
    const fetching = stuck.fetch(HONEST);
    await time.until(() => looked);
    await time.pass(299);
    expect(stuck.codes()).toEqual([]);
    await time.pass(1);
    expect((await fetching)['core-identity']).toEqual({ status: 'unavailable' });
    expect(stuck.codes()).toEqual(['out-of-time']);
  });
});

describe('a source that one ask is wrong about', () => {
  it('is asked about others all the same: it answers, though not for this child', async () => {
    const confused = await startHostileSource(
      JSON_POLICE,
      hostileWay(JSON_POLICE, 'answers for another child'),
      'every',
    );
    const one = sourceWorld({ url: confused.url, adapter: 'json-police' });
    for (let ask = 0; ask < 8; ask += 1) await one.fetch(HONEST);
    await confused.close();
    expect(confused.asked).toHaveLength(8);
  });
});

describe('a source that was registered anew', () => {
  it('begins with nothing against it', async () => {
    let id = 'first';
    let url = hanging.url;
    const one = sourceWorld({
      url: honest.url,
      registered: [honest.url, hanging.url].map((each) => new URL(each).origin),
      limits: { totalMs: DEADLINE_MS },
      endpointOf: () => Promise.resolve({ id, adapter: 'json-police', url, asksPerMinute: 600 }),
    });
    const before = hanging.asked.length;
    const asking = Promise.all(Array.from({ length: 8 }, () => one.fetch(HONEST)));
    await time.until(() => hanging.asked.length === before + 8);
    await time.pass(DEADLINE_MS);
    await asking;
    expect((await one.fetch(HONEST))['core-identity']).toEqual({ status: 'unavailable' });
    id = 'second';
    url = honest.url;
    expect((await one.fetch(HONEST))['core-identity']).toMatchObject({ status: 'held' });
    const { text } = await one.metrics.exposition();
    expect(text).toContain('gateway_source_breakers{state="closed"} 1');
    expect(text).toContain('gateway_source_breakers{state="open"} 0');
  });
});
