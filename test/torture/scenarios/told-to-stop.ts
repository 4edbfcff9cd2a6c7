import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayAtWork } from '../gateway-at-work.js';
import { holdTogether } from '../held-together.js';
import { Load } from '../load.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario } from '../scenario.js';

const CALLERS = 6;
const STOPS_WITHIN_MS = 15_000;

/** Takes a gateway out of service once it says that it is not ready, as a load balancer does. */
function balancer(gateway: GatewayAtWork): { readonly stop: () => void } {
  let isOn = true;
  const look = async (): Promise<void> => {
    while (isOn) {
      const { target } = gateway.recorder;
      const ready =
        target === undefined ||
        (await fetch(`http://127.0.0.1:${String(target)}/health/ready`).then(
          ({ status }) => status === 200,
          () => false,
        ));
      // Meanwhile another process may listen in its place.
      if (!ready && gateway.recorder.target === target) gateway.recorder.target = undefined;
      await pause(100);
    }
  };
  void look();
  return { stop: () => (isOn = false) };
}

export const toldToStop: Scenario = {
  name: 'told-to-stop',
  shows:
    'a gateway told to stop under load answers whole what it has begun, records it as sent, and takes nothing more',
  failures: [25, 26],
  invariants: ['I1', 'I2', 'I15'],
  rounds: { whole: 20, short: 1 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    const load = new Load(world, trial.chance, CALLERS);
    let slowest = 0;
    try {
      for (let round = 1; round <= trial.rounds; round += 1) {
        const victim = trial.chance.one(world.gateways);
        for (const gateway of world.gateways) await load.untilReleased(gateway, trial.patience * 30_000);
        await pause(trial.chance.whole(0, 300));
        const before = victim.recorder.unanswered;
        const outOfService = balancer(victim);
        const began = performance.now();
        const code = await victim.stop(trial.patience * STOPS_WITHIN_MS);
        slowest = Math.max(slowest, performance.now() - began);
        outOfService.stop();
        const unanswered = victim.recorder.unanswered - before;
        trial.hold(code === 0, `round ${String(round)}: the process ended with ${String(code ?? 'a kill')}`);
        trial.hold(unanswered === 0, `round ${String(round)}: ${String(unanswered)} calls were begun and not answered`);
        await victim.start();
        await holdTogether(trial, reconciliation, `round ${String(round)}`);
      }
    } finally {
      await load.stop();
    }
    const given = reconciliation.acknowledged.map(({ disclosureId }) => disclosureId);
    await holdTogether(trial, reconciliation, 'at the end');
    const unsent = await world.look<{ outcome: string }>(
      `SELECT coalesce(o.outcome, 'none') AS outcome FROM unnest($1::uuid[]) AS given
       LEFT JOIN gateway.outcome o ON o.disclosure_id = given WHERE o.outcome IS DISTINCT FROM 'sent'`,
      [given],
    );
    trial.hold(unsent.length === 0, `${String(unsent.length)} answers are recorded as otherwise than sent`);
    trial.note('answers recorded as sent', given.length - unsent.length);
    trial.note('slowest to stop, its second of not being ready included, ms', Math.round(slowest));
  },
};
