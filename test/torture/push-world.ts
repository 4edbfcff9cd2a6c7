import { setTimeout as pause } from 'node:timers/promises';
import type { FlagReceiver } from '../support/flag-receiver.js';
import type { FlagMessage } from '../support/flags.js';
import { PUSH_RECIPIENTS, registeredReceiver, withPushedChildren } from '../support/pushed-world.js';
import type { PushLoad } from './push-load.js';
import type { Trial } from './scenario.js';
import { tortureWorld, type TortureWorld } from './torture-world.js';

/** Each in a case of its own, so that pushes do not wait for one child’s row alone. */
export const PUSHED_CHILDREN = 6;
/** Teams with a system of their own; the others read their inbox. */
const WITH_SYSTEM = new Set<string>(['nmc-csc', 'moc-hv', 'dac-sn']);
/** Whose system is gone for one message in so many. */
const SOMETIMES_GONE = { team: 'nmc-csc', oneIn: 8 } as const;
const ANSWERS_WITHIN_MS = 400;
const PAGE = 100;
const LOOK_EVERY_MS = 250;

/** Where there are pushes: receivers that answer as slowly as they please, and inboxes. */
export interface PushWorld {
  readonly world: TortureWorld;
  readonly receivers: readonly FlagReceiver[];
  /** Messages that reached a receiver and whose record nobody had heard was committed. */
  readonly unrecorded: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Starts a world of its own, since every agency’s systems are registered in it. */
export async function pushWorld(trial: Trial): Promise<PushWorld> {
  const world = await tortureWorld({ adapt: (given) => withPushedChildren(given, PUSHED_CHILDREN) });
  const receivers: FlagReceiver[] = [];
  const close = async (): Promise<void> => {
    for (const receiver of receivers) await receiver.close();
    await world.close();
  };
  const unrecorded = new Set<string>();
  try {
    for (const recipient of PUSH_RECIPIENTS.filter(({ team }) => WITH_SYSTEM.has(team))) {
      const receiver = await registeredReceiver(world.world, recipient, (agency, officer) =>
        world.client(agency, officer),
      );
      receivers.push(receiver);
      receiver.takesMilliseconds = () => trial.chance.whole(0, ANSWERS_WITHIN_MS);
      receiver.onArrived = ({ disclosureId, messageId }) => {
        if (!world.committed.has(disclosureId)) unrecorded.add(messageId);
      };
      if (receiver.team === SOMETIMES_GONE.team)
        receiver.answers = ({ messageId }) =>
          Number.parseInt(messageId.slice(-4), 16) % SOMETIMES_GONE.oneIn === 0 ? 'gone' : 'taken';
    }
    return { world, receivers, unrecorded, close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** Waits until there is nobody left to tell and nothing left to send; gives the milliseconds that took, undefined when it did not end. */
export async function drained({ world }: PushWorld, withinMilliseconds: number): Promise<number | undefined> {
  const began = performance.now();
  while (performance.now() - began < withinMilliseconds) {
    const [open] = await world.look<{ n: string }>(
      `SELECT (SELECT count(*) FROM gateway.flag WHERE told_at IS NULL)
            + (SELECT count(*) FROM gateway.delivery WHERE due_at IS NOT NULL)
            + (SELECT count(*) FROM gateway.delivery WHERE state = 'dead' AND receipt IS NULL) AS n`,
    );
    if (open?.n === '0') return performance.now() - began;
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

interface Standing {
  readonly flag: string;
  readonly team: string;
  readonly message: string;
  readonly state: string;
  readonly route: string | null;
  readonly attempts: number;
  readonly receipt: string | null;
}

/**
 * Holds the gateways to their promise, once everything has been drained: every flag that was acknowledged reached each of its
 * five recipients, by its system or its inbox, or stands in the dead letters with the gateway's signed word on it; under one
 * message id, however often; and one key made one flag.
 */
export async function holdDelivered(trial: Trial, pushes: PushWorld, load: PushLoad): Promise<void> {
  const { world, receivers, unrecorded } = pushes;
  const standing = await world.look<Standing>(
    `SELECT r.flag, r.team, r.message_id AS message, d.state, d.route, d.attempts, d.receipt
     FROM gateway.flag_recipient r LEFT JOIN gateway.delivery d ON d.message_id = r.message_id`,
  );
  const flags = await world.look<{ id: string }>('SELECT id FROM gateway.flag');
  const kept = new Set(flags.map(({ id }) => id));
  const lost = [...load.acknowledged].filter((flag) => !kept.has(flag));
  trial.hold(lost.length === 0, `${String(lost.length)} acknowledged flags are gone`);
  trial.hold(load.keysOfSeveral === 0, `${String(load.keysOfSeveral)} keys made several flags`);
  trial.hold(
    flags.length === load.keys && load.acknowledged.size === load.keys,
    `${String(load.keys)} keys made ${String(flags.length)} flags, ${String(load.acknowledged.size)} of them acknowledged`,
  );
  trial.hold(
    unrecorded.size === 0,
    `${String(unrecorded.size)} messages were sent before their records were committed`,
  );

  for (const { agency, team, reader } of PUSH_RECIPIENTS) {
    const own = new Map(standing.filter((each) => each.team === team).map((each) => [each.flag, each]));
    const untold = flags.filter(({ id }) => !own.has(id));
    trial.hold(untold.length === 0, `${team} was told of all flags but ${String(untold.length)}`);
    const inInbox = messagesByFlag(await inboxOf(world, agency, reader));
    const receiver = receivers.find((each) => each.team === team);
    const taken = messagesByFlag([...(receiver?.taken.values() ?? [])]);
    let missing = 0;
    let ambiguous = 0;
    for (const { flag, message, state, receipt } of own.values()) {
      const ids = new Set([...(inInbox.get(flag) ?? []), ...(taken.get(flag) ?? []), message]);
      if (ids.size > 1) ambiguous += 1;
      const reached = receiver === undefined ? inInbox.has(flag) : taken.has(flag);
      if (state === 'dead') trial.count('dead letters');
      const isSaid = state === 'dead' && receipt !== null;
      if (!reached && !isSaid) missing += 1;
      if (reached) trial.count(receiver === undefined ? 'reached by inbox' : 'reached by webhook');
    }
    trial.hold(missing === 0, `${team}: ${String(missing)} flags reached nobody and are no dead letters`);
    trial.hold(ambiguous === 0, `${team}: ${String(ambiguous)} flags came under several message ids`);
    const stray = [...taken.keys(), ...inInbox.keys()].filter((flag) => !own.has(flag));
    trial.hold(
      stray.length === 0,
      `${team}: ${String(stray.length)} messages tell of flags that are on nobody’s record`,
    );
  }
  const [attempts] = await world.look<{ cut: string }>(
    `SELECT count(*) AS cut FROM gateway.delivery_attempt WHERE outcome = 'unknown'`,
  );
  trial.count('flags acknowledged', load.acknowledged.size);
  trial.count('attempts whose gateway or database died under them', Number(attempts?.cut ?? 0));
  trial.count(
    'messages sent again that the receiver had, and dropped by their id',
    receivers.reduce((sum, { repeats }) => sum + repeats, 0),
  );
  trial.count('pushes whose connection ended instead', load.heard.filter(({ status }) => status === 0).length);
  const unexpected = new Set(
    load.heard.map(({ status }) => status).filter((each) => ![0, 201, 409, 503].includes(each)),
  );
  trial.hold(unexpected.size === 0, `pushes were answered ${[...unexpected].join(', ')}`);
}

async function inboxOf(world: TortureWorld, agency: string, officer: string): Promise<readonly FlagMessage[]> {
  const client = world.client(agency, officer);
  const found: FlagMessage[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const { status, body } = await client.get(
      `/v1/inbox?limit=${String(PAGE)}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    );
    if (status !== 200) throw new Error(`the inbox of \`${agency}\` was answered ${String(status)}`);
    const page = body as { readonly messages: readonly FlagMessage[]; readonly next?: string };
    found.push(...page.messages);
    cursor = page.next;
  }
  return found;
}

function messagesByFlag(
  messages: readonly { readonly messageId: string; readonly of: string }[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { messageId, of } of messages) found.set(of, (found.get(of) ?? new Set()).add(messageId));
  return found;
}
