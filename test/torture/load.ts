import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { anAsk } from '../support/asks.js';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import type { Chance } from './chance.js';
import type { GatewayAtWork } from './gateway-at-work.js';
import type { TortureWorld } from './torture-world.js';

/** One ask under load, and what its caller heard. */
export interface Heard {
  readonly gateway: GatewayAtWork;
  readonly key: string;
  /** Undefined when the connection ended instead. */
  readonly reply: Reply | undefined;
  /** Milliseconds since the runner began, when the caller had it. */
  readonly at: number;
}

const OFFICERS = [
  { officer: 'np-4471', body: anAsk() },
  { officer: 'np-5200', body: anAsk({ officer: { id: 'np-5200', role: 'police-inspector' } }) },
] as const;

/** One refusal to so many releases. */
const RELEASES_TO_ONE_REFUSAL = 4;

/**
 * Callers of the police system who ask one exchange after another of gateways that run, and go on whatever happens.
 * Half of those who hear nothing ask again under the same idempotency key, as the contract tells them to.
 */
export class Load {
  readonly heard: Heard[] = [];
  #isOn = true;
  readonly #callers: Promise<void>[];

  constructor(
    private readonly world: TortureWorld,
    private readonly chance: Chance,
    callers: number,
    /** How long each caller waits between an answer and its next ask. */
    private readonly thinksMilliseconds = 0,
  ) {
    this.#callers = Array.from({ length: callers }, (_, at) => this.#call(at));
  }

  /** Lets each caller have its last answer. */
  async stop(): Promise<void> {
    this.#isOn = false;
    await Promise.all(this.#callers);
  }

  /** Waits until a gateway answers an ask, begun from now on, with a release; gives the milliseconds that took. */
  async untilReleased(gateway: GatewayAtWork, withinMilliseconds: number): Promise<number> {
    const began = performance.now();
    for (let from = this.heard.length; performance.now() - began < withinMilliseconds;) {
      const found = this.heard.slice(from).find((one) => one.gateway === gateway && one.reply?.status === 200);
      if (found !== undefined) return performance.now() - began;
      from = Math.max(from, this.heard.length - 1);
      await pause(10);
    }
    throw new Error(`a gateway released nothing within ${String(withinMilliseconds)} ms`);
  }

  async #call(at: number): Promise<void> {
    const clients = new Map<GatewayAtWork, AgencyClient>();
    let again: string | undefined;
    while (this.#isOn) {
      const gateway = this.#gateway(at);
      if (gateway === undefined) {
        await pause(20);
        continue;
      }
      const client = clients.get(gateway) ?? this.world.client('northmoor-police', 'np-4471', gateway);
      clients.set(gateway, client);
      const { officer, body } = OFFICERS[this.chance.whole(0, RELEASES_TO_ONE_REFUSAL) === 0 ? 1 : 0];
      // A key is for one body: only releases are asked for again.
      const key: string = officer === 'np-4471' ? (again ?? randomUUID()) : randomUUID();
      if (key === again) again = undefined;
      const reply = await client
        .post('/v1/exchanges/requests', body, { officer, idempotencyKey: key })
        .catch(() => undefined);
      this.heard.push({ gateway, key, reply, at: performance.now() });
      if (this.thinksMilliseconds > 0) await pause(this.thinksMilliseconds);
      const unanswered = reply === undefined || reply.status >= 500;
      if (unanswered) await pause(20);
      if (unanswered && officer === 'np-4471' && this.chance.next() < 0.5) again = key;
    }
  }

  #gateway(caller: number): GatewayAtWork | undefined {
    const running = this.world.gateways.filter((gateway) => gateway.recorder.target !== undefined);
    return running[(caller + this.chance.whole(0, 1)) % Math.max(1, running.length)];
  }
}
