import { setTimeout as pause } from 'node:timers/promises';
import { holdTogether } from '../held-together.js';
import { PushLoad } from '../push-load.js';
import { drained, holdDelivered, PUSHED_CHILDREN, pushWorld, type PushWorld } from '../push-world.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { defectsOf } from '../torture-world.js';
import { settled } from './gateway-killed.js';
import { isDurable, kill, KILLED } from './postgres-killed.js';

const LOAD = { callers: 4, children: PUSHED_CHILDREN, thinksMilliseconds: 100 } as const;
const SERVES_AGAIN_WITHIN_MS = 30_000;
const DRAINS_WITHIN_MS = 180_000;

export const pushesPostgresKilled: Scenario = {
  name: 'pushes-postgres-killed',
  shows: 'the database killed while flags are pushed and delivered loses none, and the queue is worked again by itself',
  failures: [3, 4, 5],
  invariants: ['I1', 'I2', 'I3', 'I23'],
  rounds: { whole: 10, short: 1 },

  async run(trial) {
    const pushes = await pushWorld(trial);
    try {
      await killAndHold(pushes, trial);
    } finally {
      await pushes.close();
    }
  },
};

async function killAndHold(pushes: PushWorld, trial: Trial): Promise<void> {
  const { world } = pushes;
  trial.hold(await isDurable(world), 'the database writes to disk before it acknowledges');
  const reconciliation = new Reconciliation(world, 1);
  const load = new PushLoad(world, trial.chance, LOAD);
  const within = trial.patience * SERVES_AGAIN_WITHIN_MS;
  let slowest = 0;
  try {
    for (let round = 1; round <= trial.rounds; round += 1) {
      for (const gateway of world.gateways) await load.untilTaken(gateway, within);
      const which = KILLED[(round - 1) % KILLED.length] ?? KILLED[0];
      await pause(trial.chance.whole(50, 500));
      await kill(world, which, trial.chance.whole(0, 1_000));
      trial.count(`kills of ${which}`);
      const began = performance.now();
      for (const gateway of world.gateways) await load.untilTaken(gateway, within);
      slowest = Math.max(slowest, performance.now() - began);
      await holdTogether(trial, reconciliation, `round ${String(round)}, killed ${which}`);
    }
  } finally {
    await load.stop();
  }
  trial.count('pushes repeated under their key', await load.repeatUnheard(world.gateways[0], within));
  const drainedIn = await drained(pushes, trial.patience * DRAINS_WITHIN_MS);
  trial.hold(drainedIn !== undefined, 'the queue was not drained');
  await holdDelivered(trial, pushes, load);
  await settled(world, trial);
  await holdTogether(trial, reconciliation, 'at the end');
  const defects = defectsOf(world);
  trial.hold(defects.length === 0, `gateways met ${String(defects.length)} defects: ${defects.slice(-2).join('\n')}`);
  trial.note('slowest push taken in by both gateways after a kill, ms', Math.round(slowest));
  trial.note('to drain the queue, ms', Math.round(drainedIn ?? trial.patience * DRAINS_WITHIN_MS));
}
