import { setTimeout as pause } from 'node:timers/promises';
import { holdTogether } from '../held-together.js';
import type { GatewayAtWork } from '../gateway-at-work.js';
import { Load } from '../load.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { defectsOf, type TortureWorld } from '../torture-world.js';

const CALLERS = 4;
const THINKS_MS = 40;
const CARRIES_ON_WITHIN_MS = 10_000;
/** After so many the log is begun anew, since `log fsck` reads all of it each time. */
const ROUNDS_IN_ONE_WORLD = 20;
const KILLED_AT = [
  'any moment',
  'a record is about to be committed',
  'a record is committed and it has not heard',
  'a record is committed and it has heard',
] as const;

/** Kills at the chosen moment; at any, when no commit comes. */
async function killAt(victim: GatewayAtWork, when: (typeof KILLED_AT)[number], trial: Trial): Promise<void> {
  const { wire } = victim;
  await pause(trial.chance.whole(50, 400));
  const struck = new Promise<void>((ended) => {
    const strike = (): void => {
      wire.onCommitted = () => undefined;
      wire.fate = () => 'pass';
      ended(victim.kill());
    };
    switch (when) {
      case 'any moment':
        strike();
        return;
      case 'a record is about to be committed':
        wire.fate = () => {
          strike();
          return 'pass';
        };
        return;
      case 'a record is committed and it has not heard':
        wire.onCommitted = strike;
        return;
      case 'a record is committed and it has heard':
        wire.onCommitted = () => setImmediate(strike);
    }
  });
  await Promise.race([struck, pause(3_000)]);
  wire.onCommitted = () => undefined;
  wire.fate = () => 'pass';
  await victim.kill();
}

async function isSequencing(gateway: GatewayAtWork): Promise<boolean> {
  return (await gateway.tell({ tell: 'look' }, 'looked')).sequencer === 'sequencing';
}

export const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  shows: 'a gateway killed under load loses nothing it acknowledged, and another carries on',
  failures: [6],
  invariants: ['I1', 'I2', 'I3', 'I5', 'I10', 'I11'],
  rounds: { whole: 100, short: 2 },

  async run(trial) {
    const slowest = { next: 0 };
    for (let done = 0; done < trial.rounds; done += ROUNDS_IN_ONE_WORLD) {
      const world = done === 0 ? await trial.world() : await trial.anotherWorld();
      await killIn(world, trial, { from: done + 1, to: Math.min(done + ROUNDS_IN_ONE_WORLD, trial.rounds), slowest });
      trial.say(`${String(Math.min(done + ROUNDS_IN_ONE_WORLD, trial.rounds))} kills`);
    }
    trial.note('slowest next release by the other gateway, ms', Math.round(slowest.next));
  },
};

async function killIn(
  world: TortureWorld,
  trial: Trial,
  { from, to, slowest }: { readonly from: number; readonly to: number; readonly slowest: { next: number } },
): Promise<void> {
  const reconciliation = new Reconciliation(world);
  const load = new Load(world, trial.chance, CALLERS, THINKS_MS);
  try {
    await load.untilReleased(world.gateways[0], trial.patience * 30_000);
    for (let round = from; round <= to; round += 1) {
      const victim = trial.chance.one(world.gateways);
      const other = world.gateways[victim === world.gateways[0] ? 1 : 0];
      const when = trial.chance.one(KILLED_AT);
      if (await isSequencing(victim)) trial.count('kills of the one that sequenced the log');
      await killAt(victim, when, trial);
      trial.count(`killed when: ${when}`);
      const within = trial.patience * CARRIES_ON_WITHIN_MS;
      const carriedOn = await load.untilReleased(other, within).catch(() => undefined);
      trial.hold(carriedOn !== undefined, `round ${String(round)}: the other gateway did not carry on`);
      slowest.next = Math.max(slowest.next, carriedOn ?? within);
      await victim.start();
      await holdTogether(trial, reconciliation, `round ${String(round)}, killed when: ${when}`);
    }
  } finally {
    await load.stop();
  }
  await settled(world, trial);
  await holdTogether(trial, reconciliation, 'at the end');
  sameExchangeForOneKey(world, load, trial);
  trial.count('exchanges acknowledged', reconciliation.acknowledged.length);
  trial.count('asks whose connection ended instead', load.heard.filter(({ reply }) => reply === undefined).length);
}

/** Rows 4 and 6: what died half way is on record, once, as fetched and not released or as perhaps given. */
export async function settled(world: TortureWorld, trial: Trial): Promise<void> {
  const found = await world.gateways[0].tell({ tell: 'settle' }, 'settled');
  const [open] = await world.look<{ intents: string; releases: string }>(
    `SELECT (SELECT count(*) FROM gateway.exchange_intent i
               WHERE (SELECT count(*) FROM gateway.slice s WHERE s.disclosure_id = i.disclosure_id) <> 2) AS intents,
            (SELECT count(*) FROM gateway.slice s WHERE s.outcome IN ('released', 'partly-released')
               AND (SELECT count(*) FROM gateway.outcome o
                      WHERE o.disclosure_id = s.disclosure_id AND o.agency = s.agency) = 0) AS releases`,
  );
  trial.hold(open?.intents === '0', `${open?.intents ?? ''} fetches are on nobody’s record`);
  trial.hold(open?.releases === '0', `${open?.releases ?? ''} releases have no outcome`);
  trial.count('fetches settled as released to nobody', found.fetchedNotReleased);
  trial.count('outcomes settled as unknown', found.outcomesUnknown);
}

/** A caller that asks again under its key is in the same exchange, however often a gateway died under it. */
export function sameExchangeForOneKey(world: TortureWorld, load: Load, trial: Trial): void {
  const exchanges = new Map<string, Set<string>>();
  for (const { key, reply } of load.heard) {
    const { id } = (reply?.body ?? {}) as { readonly id?: unknown };
    if (typeof id === 'string') exchanges.set(key, (exchanges.get(key) ?? new Set()).add(id));
  }
  const several = [...exchanges.values()].filter((ids) => ids.size > 1).length;
  trial.hold(several === 0, `${String(several)} idempotency keys led to several exchanges`);
  const statuses = load.heard.map(({ reply }) => reply?.status ?? 0);
  // 202: the custodian's system did not answer in time, and part of what was asked is for a person to decide anyway.
  const unexpected = statuses.filter((status) => ![0, 200, 202, 403, 409, 503].includes(status));
  trial.hold(
    unexpected.length === 0,
    `answers of unexpected statuses: ${[...new Set(unexpected)].join(', ')}; ${defectsOf(world).slice(-2).join('\n')}`,
  );
}
