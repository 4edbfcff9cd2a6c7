import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import { push, type FlagAnswer } from '../support/flags.js';
import { aFlagAbout, PUSHER } from '../support/pushed-world.js';
import type { Chance } from './chance.js';
import type { GatewayAtWork } from './gateway-at-work.js';
import type { TortureWorld } from './torture-world.js';

/** One push under load, and what its sender heard. */
export interface HeardPush {
  readonly gateway: GatewayAtWork;
  readonly key: string;
  /** Zero when the connection ended instead. */
  readonly status: number;
  /** The flag that was taken in. */
  readonly flag: string | undefined;
}

interface Sent {
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Callers of the trust's who push one flag after another to gateways that run, and go on whatever happens. Half of those
 * who hear nothing push again under the same idempotency key at once; {@link PushLoad.repeatUnheard} does for the rest.
 */
export class PushLoad {
  readonly heard: HeardPush[] = [];
  readonly #sent = new Map<string, Sent>();
  readonly #clients = new Map<GatewayAtWork, AgencyClient>();
  #isOn = true;
  readonly #callers: Promise<void>[];

  constructor(
    private readonly world: TortureWorld,
    private readonly chance: Chance,
    private readonly how: { readonly callers: number; readonly children: number; readonly thinksMilliseconds: number },
  ) {
    this.#callers = Array.from({ length: how.callers }, (_, at) => this.#call(at));
  }

  /** Lets each caller have its last answer. */
  async stop(): Promise<void> {
    this.#isOn = false;
    await Promise.all(this.#callers);
  }

  /** Every flag that a sender was told is taken in. */
  get acknowledged(): ReadonlySet<string> {
    return new Set(this.heard.flatMap(({ flag }) => (flag === undefined ? [] : [flag])));
  }

  /** Under how many keys something was pushed. */
  get keys(): number {
    return this.#sent.size;
  }

  /** Keys under which several flags were taken in. */
  get keysOfSeveral(): number {
    const flags = new Map<string, Set<string>>();
    for (const { key, flag } of this.heard)
      if (flag !== undefined) flags.set(key, (flags.get(key) ?? new Set()).add(flag));
    return [...flags.values()].filter(({ size }) => size > 1).length;
  }

  /** Waits until a gateway takes a push in, sent from now on; gives the milliseconds that took. */
  async untilTaken(gateway: GatewayAtWork, withinMilliseconds: number): Promise<number> {
    const began = performance.now();
    const from = this.heard.length;
    while (performance.now() - began < withinMilliseconds) {
      if (this.heard.slice(from).some((one) => one.gateway === gateway && one.status === 201))
        return performance.now() - began;
      await pause(10);
    }
    throw new Error(`a gateway took no push in within ${String(withinMilliseconds)} ms`);
  }

  /** Pushes again whatever nobody heard the end of, under its own key, until each is acknowledged; gives how many. */
  async repeatUnheard(gateway: GatewayAtWork, withinMilliseconds: number): Promise<number> {
    const heard = new Set(this.heard.flatMap(({ key, flag }) => (flag === undefined ? [] : [key])));
    const unheard = [...this.#sent.values()].filter(({ key }) => !heard.has(key));
    const until = performance.now() + withinMilliseconds;
    for (const sent of unheard) {
      while ((await this.#push(gateway, sent)).status !== 201) {
        if (performance.now() > until) throw new Error('a push that nobody heard the end of cannot be repeated');
        await pause(200);
      }
    }
    return unheard.length;
  }

  async #call(at: number): Promise<void> {
    let again: Sent | undefined;
    while (this.#isOn) {
      const gateway = this.#gateway(at);
      if (gateway === undefined) {
        await pause(20);
        continue;
      }
      const sent: Sent = again ?? {
        key: randomUUID(),
        body: aFlagAbout(this.chance.whole(0, this.how.children - 1)),
      };
      again = undefined;
      const { status } = await this.#push(gateway, sent);
      if (status === 0 || status >= 500) {
        if (this.chance.next() < 0.5) again = sent;
        await pause(20);
      }
      await pause(this.how.thinksMilliseconds);
    }
  }

  async #push(gateway: GatewayAtWork, sent: Sent): Promise<HeardPush> {
    this.#sent.set(sent.key, sent);
    const client = this.#clients.get(gateway) ?? this.world.client(PUSHER.agency, PUSHER.officer, gateway);
    this.#clients.set(gateway, client);
    const reply: Reply | undefined = await push(client, sent.body, { idempotencyKey: sent.key }).catch(() => undefined);
    const flag = reply?.status === 201 ? (reply.body as FlagAnswer).id : undefined;
    const heard = { gateway, key: sent.key, status: reply?.status ?? 0, flag };
    this.heard.push(heard);
    return heard;
  }

  #gateway(caller: number): GatewayAtWork | undefined {
    const running = this.world.gateways.filter((gateway) => gateway.recorder.target !== undefined);
    return running[(caller + this.chance.whole(0, 1)) % Math.max(1, running.length)];
  }
}
