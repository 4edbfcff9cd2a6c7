import { holdTogether } from '../held-together.js';
import type { GatewayAtWork } from '../gateway-at-work.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { answerOf, ask, clientOf } from '../the-ask.js';
import type { TortureWorld } from '../torture-world.js';
import { anAsk } from '../../support/asks.js';

const HOUR_MS = 3_600_000;
/** Beyond the tolerance for proofs and signatures, each way: an hour, a day, and a minute and a half. */
const JUMPS_MS = [HOUR_MS, 24 * HOUR_MS, 90_000] as const;
const FORGOTTEN_AFTER_MS = 30 * 60_000;

async function move(gateway: GatewayAtWork, by: number): Promise<void> {
  await gateway.tell({ tell: 'move-clock', by }, 'done');
}

/** Rows 14 and 15: while the clock is wrong nothing is taken; once it is right again, all is as before. */
async function jumped(world: TortureWorld, gateway: GatewayAtWork, by: number, trial: Trial): Promise<void> {
  const before = answerOf(await ask(world, gateway));
  // Obtained before the jump, whatever the time: no other is to be had meanwhile.
  const held = await clientOf(world, gateway).token();
  await move(gateway, by);
  const during = await ask(world, gateway, { token: held });
  const name = `a jump of ${String(Math.round(by / 1000))} s`;
  trial.hold(during.status === 401, `${name}: an ask was answered ${String(during.status)}`);
  const token = await clientOf(world, gateway).requestToken({ scope: 'exchange.request' });
  trial.hold(token.status >= 400, `${name}: a token was given: ${String(token.status)}`);
  // What the clock is wrong about must not be forgotten, expired or sequenced away meanwhile.
  await gateway.tell({ tell: 'sweep' }, 'done');
  await gateway.tell({ tell: 'settle' }, 'settled');
  await move(gateway, 0);
  const after = await ask(world, gateway);
  trial.hold(after.status === 200, `${name}, and back: ${String(after.status)}`);
  const statuses = ({ items }: { readonly items: readonly { readonly status: string }[] }): string =>
    items.map(({ status }) => status).join();
  trial.hold(
    after.status !== 200 || statuses(answerOf(after)) === statuses(before),
    `${name}, and back: other items than before`,
  );
}

/** A call that was taken is not taken again, whatever a clock does between. */
async function replayed(world: TortureWorld, gateway: GatewayAtWork, by: number, trial: Trial): Promise<void> {
  const client = clientOf(world, gateway);
  const prepared = await client.prepare('POST', '/v1/exchanges/requests', anAsk());
  const first = await client.send(prepared);
  trial.hold(first.status === 200, `a call was not taken: ${String(first.status)}`);
  await move(gateway, by);
  await gateway.tell({ tell: 'sweep' }, 'done');
  await move(gateway, 0);
  const again = await client.send(prepared);
  trial.hold(
    again.status === 401,
    `a call was taken again after a jump of ${String(by / 1000)} s: ${String(again.status)}`,
  );
  trial.count('calls replayed after a jump and back');
}

/**
 * A gateway whose clock is behind the database's takes calls by its own clock, and the database forgets by its own: what
 * it has forgotten must not be taken again.
 */
async function replayedWhereClocksDiffer(
  world: TortureWorld,
  gateway: GatewayAtWork,
  behind: number,
  trial: Trial,
): Promise<void> {
  // Its token is given while the clocks agree, and is good for five minutes.
  const token = await clientOf(world, gateway).token();
  const proofKey = await clientOf(world, gateway).proofKey();
  await move(gateway, -behind);
  const client = world.client('northmoor-police', 'np-4471', gateway, undefined, () => Date.now() - behind);
  const prepared = await client.prepare('POST', '/v1/exchanges/requests', anAsk(), {
    token,
    proof: { key: proofKey },
  });
  const first = await client.send(prepared);
  await gateway.tell({ tell: 'sweep' }, 'done');
  const again = await client.send(prepared);
  await move(gateway, 0);
  const taken = [first, again].filter(({ status }) => status === 200).length;
  trial.hold(
    taken < 2,
    `a call was taken twice by a gateway ${String(behind / 60_000)} minutes behind its database, after it had forgotten`,
  );
  trial.count(`first call to a gateway ${String(behind / 60_000)} minutes behind: ${String(first.status)}`);
  trial.count(`the same call again: ${String(again.status)}`);
}

export const clockJumps: Scenario = {
  name: 'clock-jumps',
  shows: 'a gateway’s clock that jumps, either way, releases nothing, forgets nothing and takes nothing twice',
  failures: [14, 15],
  invariants: ['I4', 'I10', 'I19'],
  rounds: { whole: 30, short: 2 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    for (let round = 0; round < trial.rounds; round += 1) {
      const gateway = trial.chance.one(world.gateways);
      const by = trial.chance.one(JUMPS_MS) * (round % 2 === 0 ? 1 : -1);
      trial.count(by > 0 ? 'jumps forward' : 'jumps back');
      await jumped(world, gateway, by, trial);
      await replayed(world, gateway, by, trial);
      if (round % 5 === 1) await replayedWhereClocksDiffer(world, world.gateways[1], FORGOTTEN_AFTER_MS, trial);
    }
    await holdTogether(trial, reconciliation, 'at the end');
    const backwards = await world.look<{ n: string }>(
      `SELECT count(*) AS n FROM (SELECT index, lead(index) OVER (ORDER BY index) AS after FROM gateway.log_entry) AS o
       WHERE after <> index + 1`,
    );
    trial.hold(backwards[0]?.n === '0', 'the log has a gap or an entry twice');
  },
};
