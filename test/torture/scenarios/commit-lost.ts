import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../../support/agency-client.js';
import { honestly } from '../custodian.js';
import type { DatabaseWire, RecordCommit } from '../database-wire.js';
import type { GatewayAtWork } from '../gateway-at-work.js';
import { holdTogether } from '../held-together.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { answerOf, ask, hasData } from '../the-ask.js';
import type { TortureWorld } from '../torture-world.js';
import { settled } from './gateway-killed.js';

const HEARD_OF_WITHIN_MS = 300;

interface Round {
  readonly trial: Trial;
  readonly world: TortureWorld;
  readonly gateway: GatewayAtWork;
}

/** Sets what becomes of the next record's commit, and gives what it will append. */
function next(wire: DatabaseWire, fate: 'hold' | 'cut-before' | 'cut-after'): Promise<RecordCommit> {
  return new Promise((seen) => {
    wire.fate = (commit) => {
      wire.fate = () => 'pass';
      seen(commit);
      return fate;
    };
  });
}

/** How many slices there are of any disclosure among these ids. */
async function slicesOf({ world }: Round, { ids }: RecordCommit): Promise<number> {
  const [row] = await world.look<{ n: string }>(
    'SELECT count(*) AS n FROM gateway.slice WHERE disclosure_id = ANY ($1::uuid[])',
    [ids],
  );
  return Number(row?.n);
}

async function held(round: Round): Promise<void> {
  const { trial, world, gateway } = round;
  const commit = next(gateway.wire, 'hold');
  const caller = { isAnswered: false };
  const reply = ask(world, gateway).finally(() => (caller.isAnswered = true));
  const appended = await commit;
  await gateway.wire.held();
  const before = gateway.recorder.bytesLeft;
  const milliseconds = trial.isShort ? 500 : trial.chance.whole(500, 3_000);
  await pause(milliseconds);
  trial.hold(!caller.isAnswered && gateway.recorder.bytesLeft === before, 'a byte left while its commit was held');
  trial.hold((await slicesOf(round, appended)) === 0, 'a record could be seen while its commit was held');
  gateway.wire.release();
  trial.hold((await reply).status === 200, 'an ask was not answered once its commit was let go');
}

/** The caller hangs up while the commit is held: what was committed stays, and nobody records that it was sent whole. */
async function hungUp(round: Round): Promise<void> {
  const { trial, world, gateway } = round;
  const commit = next(gateway.wire, 'hold');
  const reply = ask(world, gateway).catch(() => undefined);
  const appended = await commit;
  await gateway.wire.held();
  gateway.recorder.hangUp();
  await reply;
  // Until the gateway has heard of it: what is written before that is handed to the network whole.
  await pause(trial.patience * HEARD_OF_WITHIN_MS);
  gateway.wire.release();
  const outcomes = 'SELECT outcome FROM gateway.outcome WHERE disclosure_id = ANY ($1::uuid[])';
  let rows: { outcome: string }[] = [];
  for (let turn = 0; turn < trial.patience * 200 && rows.length < 2; turn += 1) {
    await pause(25);
    rows = await world.look(outcomes, [appended.ids]);
  }
  trial.hold((await slicesOf(round, appended)) === 2, 'a record was lost because its caller hung up');
  const told = rows.map(({ outcome }) => outcome);
  trial.hold(
    told.length === 2 && !told.includes('sent'),
    `a caller hung up and the outcome is ${told.join(' and ') || 'missing'}`,
  );
  for (const outcome of new Set(told)) trial.count(`callers gone before the answer, recorded as ${outcome}`);
}

async function cut(round: Round, fate: 'cut-before' | 'cut-after'): Promise<void> {
  const { trial, world, gateway } = round;
  const idempotencyKey = randomUUID();
  const commit = next(gateway.wire, fate);
  const reply = await ask(world, gateway, { idempotencyKey });
  noData(trial, reply, `a commit was ${fate === 'cut-before' ? 'dropped' : 'not heard of'}`);
  const slices = await slicesOf(round, await commit);
  trial.hold(slices === (fate === 'cut-before' ? 0 : 2), `${String(slices)} slices after ${fate}`);
  // Decided anew, in the same exchange; 409 while the first, whose end could not be recorded, may still run.
  const again = await ask(world, gateway, { idempotencyKey });
  trial.hold([200, 409].includes(again.status), `asked again after ${fate}: ${String(again.status)}`);
  trial.count(`asked again under the same key: ${String(again.status)}`);
  if (again.status === 200)
    trial.hold(answerOf(again).disclosureId !== (await commit).ids[0], 'the second answer is the first disclosure');
}

/** The database goes away while the custodian answers. */
async function lostAfterFetch(round: Round): Promise<void> {
  const { trial, world, gateway } = round;
  const { custodian } = world;
  custodian.behaviour = (searched) => {
    gateway.wire.open(false);
    honestly(searched);
  };
  const reply = await ask(world, gateway);
  custodian.behaviour = undefined;
  noData(trial, reply, 'the database was lost after the fetch');
  gateway.wire.open(true);
}

function noData(trial: Trial, reply: Reply, when: string): void {
  trial.hold(reply.status === 503, `${when}: answered ${String(reply.status)}`);
  trial.hold(!hasData(reply), `${when}: the answer holds data`);
  trial.hold(/"contact":/.test(reply.bytes.toString()), `${when}: the answer names nobody to call`);
}

export const commitLost: Scenario = {
  name: 'commit-lost',
  shows: 'a record’s COMMIT held, dropped before it arrives, not heard of after: nothing is released for it',
  failures: [4, 5, 6, 7],
  invariants: ['I1', 'I5', 'I11', 'I23'],
  rounds: { whole: 100, short: 5 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    const ways: readonly (readonly [string, (round: Round) => Promise<void>])[] = [
      ['held', held],
      ['dropped before', (round) => cut(round, 'cut-before')],
      ['dropped after', (round) => cut(round, 'cut-after')],
      ['caller gone while it was held', hungUp],
      ['database lost after the fetch', lostAfterFetch],
    ];
    for (let at = 0; at < trial.rounds; at += 1) {
      const [name, way] = ways[at % ways.length] ?? ['held', held];
      await way({ trial, world, gateway: trial.chance.one(world.gateways) });
      trial.count(`commits ${name}`);
    }
    await holdTogether(trial, reconciliation, 'after the last');
    await settled(world, trial);
    await holdTogether(trial, reconciliation, 'at the end');
  },
};
