import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../../support/agency-client.js';
import { anAsk, type AskAnswer } from '../../support/asks.js';
import type { Change, KindOfChange } from '../changes.js';
import { holdTogether } from '../held-together.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import type { TortureWorld } from '../torture-world.js';

/** One is always under way; more would only slow the changes down. */
const CALLERS = 1;
/** A record's commit waits up to so long, so that a change has time to come between deciding and releasing. */
const COMMIT_WAITS_MS = 4;
/** How long something is there, or away, before the other's turn. */
const LONGEST_MS = 40;

/** Microseconds since the epoch by the database's clock. */
type Committed = bigint;

/** While something was away: from the commit that took it to the commit that gave it back. */
interface Away {
  readonly from: Committed;
  readonly to: Committed;
  /** By the runner's clock, just before the change was called and just after it was answered. */
  readonly taken: readonly [number, number];
}

interface Asked {
  readonly disclosureId: string;
  readonly releases: boolean;
  readonly sent: number;
  readonly heard: number;
}

const MICROSECONDS = '(extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text';

/** When the last change of this kind was committed. */
async function lastChange(world: TortureWorld, { anchor }: KindOfChange): Promise<Committed> {
  const [row] = await world.look<{ at: string }>(
    `SELECT max(${MICROSECONDS}::bigint)::text AS at FROM gateway.anchor WHERE kind = $1 AND ($2::text IS NULL OR id = $2)`,
    [anchor.kind, anchor.id ?? null],
  );
  return BigInt(row?.at ?? 0);
}

/** Asks one after another, of both gateways in turn, until told otherwise. */
class Askers {
  readonly asked: Asked[] = [];
  /** How often each was answered: its status, and the problem where it is one. */
  readonly answers = new Map<string, number>();
  #isOn = true;
  /** When the ask was sent that was answered last. */
  #lastSent = -Infinity;
  readonly #running: Promise<void>[];

  constructor(
    private readonly world: TortureWorld,
    private readonly kind: KindOfChange,
    private readonly change: Change,
  ) {
    this.#running = Array.from({ length: CALLERS }, (_, at) => this.#ask(at));
  }

  /** Waits until an ask that is sent from now on has been answered. */
  async answered(): Promise<void> {
    const from = performance.now();
    while (this.#lastSent < from) await pause(5);
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await Promise.all(this.#running);
  }

  async #ask(at: number): Promise<void> {
    const usual = this.world.gateways.map((gateway) => this.world.client('northmoor-police', 'np-4471', gateway));
    for (let turn = at; this.#isOn; turn += 1) {
      const client = usual[turn % 2];
      if (client === undefined) return;
      const { signingKey } = this.change;
      const sent = performance.now();
      const options =
        signingKey === undefined ? {} : { signature: { key: signingKey, header: { kid: signingKey.kid } } };
      const reply = await client.post('/v1/exchanges/requests', anAsk(), options);
      this.#heard(reply, sent);
    }
  }

  #heard(reply: Reply, sent: number): void {
    this.#lastSent = sent;
    const { disclosureId, type } = reply.body as Partial<AskAnswer & { readonly type: string }>;
    const answer = `${String(reply.status)} ${type?.split('/').at(-1) ?? ''}`.trim();
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    if (disclosureId === undefined) return;
    this.asked.push({ disclosureId, releases: this.kind.releases(reply), sent, heard: performance.now() });
  }
}

async function race(kind: KindOfChange, trial: Trial): Promise<void> {
  const world = await trial.world();
  const reconciliation = new Reconciliation(world);
  const change = await kind.begin(world);
  for (const { wire } of world.gateways) wire.fate = () => trial.chance.whole(0, COMMIT_WAITS_MS);
  const askers = new Askers(world, kind, change);
  const aways: Away[] = [];
  // Short runs have few rounds: in each an ask then begins and ends, however long it takes.
  const aWhile = async (): Promise<void> => {
    if (trial.isShort) await askers.answered();
    await pause(trial.chance.whole(LONGEST_MS / 2, LONGEST_MS));
  };
  try {
    for (let round = 0; round < trial.rounds; round += 1) {
      await aWhile();
      const before = performance.now();
      await change.take();
      const after = performance.now();
      const from = await lastChange(world, kind);
      await aWhile();
      await change.give();
      aways.push({ from, to: await lastChange(world, kind), taken: [before, after] });
    }
    await aWhile();
    await pause(LONGEST_MS);
    await change.end?.();
  } finally {
    await askers.stop();
    for (const { wire } of world.gateways) wire.fate = () => 'pass';
  }
  await judge(world, trial, askers, aways);
  await holdTogether(trial, reconciliation, 'at the end');
}

async function judge(world: TortureWorld, trial: Trial, { asked, answers }: Askers, aways: Away[]): Promise<void> {
  const rows = await world.look<{ id: string; at: string }>(
    `SELECT disclosure_id AS id, ${MICROSECONDS} AS at FROM gateway.slice
     WHERE side = 'requester' AND disclosure_id = ANY ($1::uuid[])`,
    [asked.map(({ disclosureId }) => disclosureId)],
  );
  const committed = new Map(rows.map(({ id, at }) => [id, BigInt(at)]));
  const within = (at: Committed): boolean => aways.some(({ from, to }) => at > from && at < to);
  let releasedWhileThere = 0;
  let keptWhileAway = 0;
  for (const { disclosureId, releases } of asked) {
    const at = committed.get(disclosureId);
    trial.hold(at !== undefined, `disclosure ${disclosureId} was answered and is on nobody’s record`);
    if (at === undefined) continue;
    const isAway = within(at);
    trial.hold(!(isAway && releases), `disclosure ${disclosureId} was committed after what it rests on was taken away`);
    if (isAway && !releases) keptWhileAway += 1;
    if (!isAway && releases) releasedWhileThere += 1;
  }
  const raced = asked.filter(({ sent, heard }) => aways.some(({ taken }) => sent < taken[1] && heard > taken[0]));
  // A race in which only one side ever runs shows nothing.
  trial.hold(releasedWhileThere > 0, 'nothing was ever released');
  const refused = [...answers].filter(([answer]) => answer !== '200').reduce((sum, [, count]) => sum + count, 0);
  trial.hold(keptWhileAway + refused > 0, 'nothing was ever kept back');
  trial.note('asks under way while something was taken away', raced.length);
  trial.note('released while it was there', releasedWhileThere);
  trial.note('kept back while it was away', keptWhileAway);
  for (const [answer, count] of [...answers].sort()) trial.note(`answers ${answer}`, count);
}

/** One scenario for each kind of change. */
export function raceOf(kind: KindOfChange, at: number): Scenario {
  return {
    name: `race-${String(at + 1)}`,
    shows: `${kind.name}: no record that rests on it is committed after that was`,
    failures: [21, 22, 23],
    invariants: ['I4', 'I9'],
    rounds: { whole: 1_000, short: 2 },
    run: (trial) => race(kind, trial),
  };
}
