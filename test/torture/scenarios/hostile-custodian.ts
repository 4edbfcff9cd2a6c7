import { HOSTILE, type HostileBehaviour } from '../../support/hostile-source.js';
import { holdTogether } from '../held-together.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { answerOf, ask, hasData } from '../the-ask.js';
import type { TortureWorld } from '../torture-world.js';
import { honestly } from '../custodian.js';

/** What the issue names, always; the others follow. */
const FIRST: readonly HostileBehaviour[] = [
  'sends a brotli bomb',
  'promises more bytes than it sends',
  'promises fewer bytes than it sends',
  'answers for another child',
  'drips a byte at a time',
];
/** Ten seconds for a fetch, and what deciding and logging take on a busy machine. */
const ANSWERED_WITHIN_MS = 13_000;
const UNDISTURBED_WITHIN_MS = 3_000;
const GROWS_AT_MOST_MEGABYTES = 200;

async function spoiled(
  world: TortureWorld,
  name: HostileBehaviour,
  at: 'Patient' | 'Observation',
  trial: Trial,
): Promise<void> {
  const gateway = trial.chance.one(world.gateways);
  world.custodian.behaviour = (searched) => {
    if (searched.type === at) HOSTILE[name](searched);
    else honestly(searched);
  };
  const began = performance.now();
  const spoilt = ask(world, gateway).then((reply) => ({ reply, milliseconds: performance.now() - began }));
  // Refused without a fetch: it has nothing to do with the custodian, and must not wait for it.
  const beganOther = performance.now();
  await ask(world, gateway, {
    officer: 'np-5200',
    changes: { officer: { id: 'np-5200', role: 'police-inspector' } },
  });
  const other = performance.now() - beganOther;
  const { reply, milliseconds } = await spoilt;
  world.custodian.behaviour = undefined;
  const when = `${at}: ${name}`;
  trial.hold(
    other < trial.patience * UNDISTURBED_WITHIN_MS,
    `${when}: another ask waited ${String(Math.round(other))} ms`,
  );
  trial.hold(
    milliseconds < trial.patience * ANSWERED_WITHIN_MS,
    `${when}: answered after ${String(Math.round(milliseconds))} ms`,
  );
  if (at === 'Patient') {
    // 202: part of what was asked is for a person to decide, whatever the custodian's system does.
    trial.hold([202, 503].includes(reply.status), `${when}: answered ${String(reply.status)}`);
    trial.hold(!hasData(reply), `${when}: the answer holds data`);
    const fetched = answerOf(reply).items.filter(({ status }) => !['in-review', 'withheld'].includes(status));
    trial.hold(
      fetched.length > 0 && fetched.every(({ status }) => status === 'unavailable'),
      `${when}: its items are ${[...new Set(fetched.map(({ status }) => status))].join(', ')}`,
    );
  } else {
    const { items, record } = answerOf(reply);
    const injuries = items.find(({ category }) => category === 'injury-findings');
    trial.hold(reply.status === 200, `${when}: what was answered honestly was not released: ${String(reply.status)}`);
    trial.hold(injuries?.status === 'unavailable', `${when}: its items are ${injuries?.status ?? 'missing'}`);
    trial.hold(
      record['injury-findings'] === undefined && !reply.bytes.includes('Contusion'),
      `${when}: something of it was released`,
    );
  }
  trial.count(`fetches spoiled at ${at}`);
}

export const hostileCustodian: Scenario = {
  name: 'hostile-custodian',
  shows: 'a custodian’s system that drips, bombs, lies or answers for another child: all of its answer is discarded',
  failures: [1, 2],
  invariants: ['I7', 'I13', 'I15', 'I17'],
  rounds: { whole: Object.keys(HOSTILE).length, short: FIRST.length - 1 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    const others = (Object.keys(HOSTILE) as HostileBehaviour[]).filter((name) => !FIRST.includes(name));
    const names = [...FIRST, ...trial.chance.shuffled(others)].slice(0, trial.rounds);
    const before = await memory(world);
    for (const name of names) {
      if (!trial.isShort) await spoiled(world, name, 'Observation', trial);
      await spoiled(world, name, 'Patient', trial);
      trial.hold(
        (await ask(world, world.gateways[0])).status === 200,
        `after ${name}: an honest answer is not released`,
      );
    }
    const grown = (await memory(world)) - before;
    trial.hold(grown < GROWS_AT_MOST_MEGABYTES, `the gateways grew by ${String(grown)} MB`);
    trial.note('both gateways grew by, MB', grown);
    await holdTogether(trial, reconciliation, 'at the end');
  },
};

async function memory(world: TortureWorld): Promise<number> {
  const looked = await Promise.all(world.gateways.map((gateway) => gateway.tell({ tell: 'look' }, 'looked')));
  return looked.reduce((sum, { rssMegabytes }) => sum + rssMegabytes, 0);
}
