import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../../support/agency-client.js';
import { holdTogether } from '../held-together.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario } from '../scenario.js';
import { ask, hasData } from '../the-ask.js';

const ANSWERS_WITHIN_MS = 3_000;
/** A database that takes calls and says nothing: told from a slow one only by waiting. */
const GIVES_UP_WITHIN_MS = 15_000;
const ASKS = 5;

interface Timed {
  readonly reply: Reply | undefined;
  readonly milliseconds: number;
}

async function timed(work: Promise<Reply>, withinMilliseconds: number): Promise<Timed> {
  const began = performance.now();
  const reply = await Promise.race([work.catch(() => undefined), pause(withinMilliseconds, undefined, { ref: false })]);
  return { reply, milliseconds: performance.now() - began };
}

export const databaseAway: Scenario = {
  name: 'database-away',
  shows: 'without a database every ask is answered 503 with whom to call, soon, and no custodian is asked',
  failures: [3],
  invariants: ['I4', 'I15', 'I23'],
  rounds: { whole: 20, short: 1 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    const slowest = { refusing: 0, silent: 0 };
    for (let round = 1; round <= trial.rounds; round += 1) {
      const gateway = trial.chance.one(world.gateways);
      await ask(world, gateway);
      const how = round % 2 === 1 ? 'refusing' : 'silent';
      const within = trial.patience * (how === 'refusing' ? ANSWERS_WITHIN_MS : GIVES_UP_WITHIN_MS);
      const searches = world.custodian.searches();
      if (how === 'refusing') gateway.wire.open(false);
      else gateway.wire.silent(true);
      const heard = await Promise.all(Array.from({ length: ASKS }, () => timed(ask(world, gateway), within)));
      const asked = world.custodian.searches() - searches;
      if (how === 'refusing') gateway.wire.open(true);
      else gateway.wire.silent(false);
      for (const { reply, milliseconds } of heard) {
        slowest[how] = Math.max(slowest[how], milliseconds);
        const status = reply?.status ?? 'nothing';
        trial.hold(
          status === 503,
          `the database was ${how} and the answer within ${String(within)} ms ${String(status)}`,
        );
        trial.hold(reply === undefined || !hasData(reply), `the database was ${how} and the answer holds data`);
        trial.hold(
          reply === undefined || /"contact":/.test(reply.bytes.toString()),
          `the database was ${how} and the answer names nobody to call`,
        );
      }
      trial.hold(asked === 0, `the database was ${how} and a custodian was asked ${String(asked)} times`);
      trial.count(`asks without a database, ${how}`, ASKS);
      trial.hold(
        (await ask(world, gateway)).status === 200,
        `the database was back from ${how} and the ask not answered`,
      );
    }
    trial.note('slowest 503 while it refused, ms', Math.round(slowest.refusing));
    trial.note('slowest 503 while it was silent, ms', Math.round(slowest.silent));
    await holdTogether(trial, reconciliation, 'at the end');
  },
};
