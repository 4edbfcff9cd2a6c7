import { randomUUID } from 'node:crypto';
import type { Reply } from '../../support/agency-client.js';
import { anAsk } from '../../support/asks.js';
import { CHANGES } from '../changes.js';
import { holdTogether } from '../held-together.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { answerOf, ask, clientOf } from '../the-ask.js';
import type { TortureWorld } from '../torture-world.js';

const SENT_AT_ONCE = 10;

function counts(replies: readonly Reply[]): string {
  const statuses = replies.map(({ status }) => String(status)).sort();
  return [...new Set(statuses)]
    .map((status) => `${status} × ${String(statuses.filter((one) => one === status).length)}`)
    .join(', ');
}

/** One signed call, sent to both many times at once: it counts once. */
async function replayed(world: TortureWorld, trial: Trial): Promise<void> {
  const [first, second] = world.gateways;
  const prepared = await clientOf(world, first).prepare('POST', '/v1/exchanges/requests', anAsk());
  const replies = await Promise.all(
    Array.from({ length: SENT_AT_ONCE }, (_, at) => clientOf(world, at % 2 === 0 ? first : second).send(prepared)),
  );
  const taken = replies.filter((reply) => reply.status === 200).length;
  const refused = replies.filter((reply) => reply.status === 401).length;
  trial.hold(taken === 1 && refused === SENT_AT_ONCE - 1, `one call sent to both: ${counts(replies)}`);
  trial.count('calls replayed to both', SENT_AT_ONCE - 1);
}

/** One idempotency key, under calls of their own to both at once: one exchange. */
async function oneKey(world: TortureWorld, trial: Trial): Promise<void> {
  const idempotencyKey = randomUUID();
  const replies = await Promise.all(
    Array.from({ length: SENT_AT_ONCE }, (_, at) =>
      ask(world, world.gateways[at % 2 === 0 ? 0 : 1], { idempotencyKey }),
    ),
  );
  const statuses = replies.map(({ status }) => status);
  const exchanges = new Set(replies.filter(({ status }) => status === 200).map((reply) => answerOf(reply).id));
  trial.hold(
    exchanges.size === 1 && statuses.every((status) => status === 200 || status === 409),
    `one key sent to both: ${counts(replies)}, ${String(exchanges.size)} exchanges`,
  );
  const other = await ask(world, world.gateways[1], {
    idempotencyKey,
    changes: { necessity: 'another body altogether' },
  });
  trial.hold(other.status === 422, `one key, another body: ${String(other.status)}`);
  trial.count('asks under one key to both', SENT_AT_ONCE);
}

/** What one has taken away, the other obeys in the next call. */
async function obeyedByBoth(world: TortureWorld, trial: Trial): Promise<void> {
  for (const kind of CHANGES) {
    const change = await kind.begin(world);
    const key = (): object =>
      change.signingKey === undefined
        ? {}
        : { signature: { key: change.signingKey, header: { kid: change.signingKey.kid } } };
    for (const gateway of world.gateways)
      trial.hold(kind.releases(await ask(world, gateway, key())), `nothing was released before: ${kind.name}`);
    await change.take();
    for (const gateway of world.gateways)
      trial.hold(!kind.releases(await ask(world, gateway, key())), `a gateway did not obey: ${kind.name}`);
    await change.give();
    await change.end?.();
    trial.count('changes made by one and obeyed by both');
  }
}

export const twoGateways: Scenario = {
  name: 'two-gateways',
  shows: 'a replay, a withdrawal, a revocation at one gateway holds at the other',
  failures: [17, 18, 21, 22],
  invariants: ['I9', 'I10', 'I11', 'I16'],
  rounds: { whole: 50, short: 1 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    for (let round = 0; round < trial.rounds; round += 1) {
      await replayed(world, trial);
      await oneKey(world, trial);
      if (round % 10 === 0) await obeyedByBoth(world, trial);
    }
    await holdTogether(trial, reconciliation, 'at the end');
  },
};
