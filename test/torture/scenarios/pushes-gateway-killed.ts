import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayAtWork } from '../gateway-at-work.js';
import { holdTogether } from '../held-together.js';
import { PushLoad } from '../push-load.js';
import { drained, holdDelivered, PUSHED_CHILDREN, pushWorld, type PushWorld } from '../push-world.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { defectsOf } from '../torture-world.js';
import { settled } from './gateway-killed.js';

const LOAD = { callers: 4, children: PUSHED_CHILDREN, thinksMilliseconds: 100 } as const;
const CARRIES_ON_WITHIN_MS = 10_000;
/** A dead gateway's message is another's within a minute; then what waited behind it. */
const DRAINS_WITHIN_MS = 180_000;
const STRIKES_WITHIN_MS = 3_000;
/** After so many everything is drained and held against what was received, and the log is begun anew. */
const ROUNDS_IN_ONE_WORLD = 10;
const KILLED_AT = [
  'any moment',
  'a push is about to be committed',
  'a push is committed and it has not heard',
  'a push is committed and it has heard',
  'a message has reached a receiver',
  'a receiver has just answered',
] as const;

/** Where a record is committed may be that of an attempt’s outcome as well as a push. */
function strikeAt(
  { receivers }: PushWorld,
  { wire }: GatewayAtWork,
  when: (typeof KILLED_AT)[number],
  strike: () => void,
) {
  switch (when) {
    case 'any moment':
      strike();
      return;
    case 'a push is about to be committed':
      wire.fate = () => {
        strike();
        return 'pass';
      };
      return;
    case 'a push is committed and it has not heard':
      wire.onCommitted = strike;
      return;
    case 'a push is committed and it has heard':
      wire.onCommitted = () => setImmediate(strike);
      return;
    case 'a message has reached a receiver':
      for (const receiver of receivers) {
        const { onArrived } = receiver;
        receiver.onArrived = (arrived) => {
          onArrived(arrived);
          receiver.onArrived = onArrived;
          strike();
        };
      }
      return;
    case 'a receiver has just answered':
      for (const receiver of receivers) receiver.onAnswered = strike;
  }
}

/** Kills at the chosen moment; at any, when it does not come. Which gateway’s message it is, a receiver cannot say. */
async function killAt(pushes: PushWorld, victim: GatewayAtWork, when: (typeof KILLED_AT)[number], trial: Trial) {
  await pause(trial.chance.whole(50, 400));
  const before = pushes.receivers.map(({ onArrived }) => onArrived);
  const struck = new Promise<void>((ended) => {
    strikeAt(pushes, victim, when, () => {
      ended(victim.kill());
    });
  });
  await Promise.race([struck, pause(STRIKES_WITHIN_MS)]);
  victim.wire.onCommitted = () => undefined;
  victim.wire.fate = () => 'pass';
  for (const [at, receiver] of pushes.receivers.entries()) {
    receiver.onArrived = before[at] ?? receiver.onArrived;
    receiver.onAnswered = () => undefined;
  }
  await victim.kill();
}

export const pushesGatewayKilled: Scenario = {
  name: 'pushes-gateway-killed',
  shows:
    'a gateway killed while flags are pushed and delivered loses none, sends none under two ids, and the other drains the queue',
  failures: [6],
  invariants: ['I1', 'I2', 'I3', 'I11'],
  rounds: { whole: 50, short: 2 },

  async run(trial) {
    const slowest = { next: 0, drain: 0 };
    for (let done = 0; done < trial.rounds; done += ROUNDS_IN_ONE_WORLD) {
      const to = Math.min(done + ROUNDS_IN_ONE_WORLD, trial.rounds);
      const pushes = await pushWorld(trial);
      try {
        await killIn(pushes, trial, { from: done + 1, to, slowest });
      } finally {
        await pushes.close();
      }
      trial.say(`${String(to)} kills`);
    }
    trial.note('slowest next push taken in by the other gateway, ms', Math.round(slowest.next));
    trial.note('slowest to drain the queue, one of two gateways dead, ms', Math.round(slowest.drain));
  },
};

interface Rounds {
  readonly from: number;
  readonly to: number;
  readonly slowest: { next: number; drain: number };
}

async function killIn(pushes: PushWorld, trial: Trial, { from, to, slowest }: Rounds): Promise<void> {
  const { world } = pushes;
  const reconciliation = new Reconciliation(world, 1);
  const load = new PushLoad(world, trial.chance, LOAD);
  let dead: GatewayAtWork | undefined;
  try {
    await load.untilTaken(world.gateways[0], trial.patience * 30_000);
    for (let round = from; round <= to; round += 1) {
      const victim = trial.chance.one(world.gateways);
      const other = world.gateways[victim === world.gateways[0] ? 1 : 0];
      const when = trial.chance.one(KILLED_AT);
      await killAt(pushes, victim, when, trial);
      trial.count(`killed when: ${when}`);
      const within = trial.patience * CARRIES_ON_WITHIN_MS;
      const carriedOn = await load.untilTaken(other, within).catch(() => undefined);
      trial.hold(carriedOn !== undefined, `round ${String(round)}: the other gateway did not carry on`);
      slowest.next = Math.max(slowest.next, carriedOn ?? within);
      // The last stays dead: what it had in hand is the other's to send.
      if (round === to) dead = victim;
      else {
        await victim.start();
        await holdTogether(trial, reconciliation, `round ${String(round)}, killed when: ${when}`);
      }
    }
  } finally {
    await load.stop();
  }
  const living = world.gateways[dead === world.gateways[0] ? 1 : 0];
  trial.count('pushes repeated under their key', await load.repeatUnheard(living, trial.patience * 30_000));
  const drainedIn = await drained(pushes, trial.patience * DRAINS_WITHIN_MS);
  trial.hold(drainedIn !== undefined, 'the queue was not drained by the gateway that was left');
  slowest.drain = Math.max(slowest.drain, drainedIn ?? trial.patience * DRAINS_WITHIN_MS);
  await dead?.start();
  await holdDelivered(trial, pushes, load);
  await settled(world, trial);
  await holdTogether(trial, reconciliation, 'at the end');
  const defects = defectsOf(world);
  trial.hold(defects.length === 0, `gateways met ${String(defects.length)} defects: ${defects.slice(-2).join('\n')}`);
}
