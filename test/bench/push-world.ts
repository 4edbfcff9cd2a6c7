import type { AgencyClient, PreparedCall } from '../support/agency-client.js';
import type { FlagReceiver } from '../support/flag-receiver.js';
import {
  aFlagAbout,
  PUSH_RECIPIENTS,
  PUSHER,
  registeredReceiver,
  withPushedChildren,
} from '../support/pushed-world.js';
import { benchWorld, type BenchWorld } from './bench-world.js';

/** As many families as a trust's emergency department may raise flags about in an hour; pushes about one wait for its row. */
const CHILDREN = 40;
const SIGNED_AT_ONCE = 50;

/** A world whose flags reach five teams, each with a system of its own outside the process measured. */
export class PushWorld {
  readonly #arrivals = new Map<string, number[]>();
  readonly #awaited = new Map<string, () => void>();
  #child = 0;
  #arrived = 0;

  private constructor(
    readonly bench: BenchWorld,
    readonly sender: AgencyClient,
    readonly receivers: ReadonlyMap<string, FlagReceiver>,
  ) {
    for (const receiver of receivers.values())
      receiver.onTaken = ({ of, at }) => {
        this.#note(of, at);
      };
  }

  static async open(tell: (line: string) => void): Promise<PushWorld> {
    const bench = await benchWorld(tell, (world) => withPushedChildren(world, CHILDREN));
    const receivers = new Map<string, FlagReceiver>();
    try {
      for (const recipient of PUSH_RECIPIENTS)
        receivers.set(
          recipient.agency,
          await registeredReceiver(bench.world, recipient, (agency, officer) => bench.client(agency, officer)),
        );
      return new PushWorld(bench, bench.client(PUSHER.agency, PUSHER.officer), receivers);
    } catch (failure) {
      for (const receiver of receivers.values()) await receiver.close();
      await bench.close();
      throw failure;
    }
  }

  /** Messages that their receivers have, each counted once. */
  get arrived(): number {
    return this.#arrived;
  }

  receiver(agency: string): FlagReceiver {
    const receiver = this.receivers.get(agency);
    if (receiver === undefined) throw new Error(`\`${agency}\` has no system`);
    return receiver;
  }

  /** Pushes about one child after another, to all five or to some; each call is good for a minute. */
  async signed(count: number, recipients: readonly string[] | null): Promise<PreparedCall[]> {
    const calls: PreparedCall[] = [];
    while (calls.length < count) {
      const batch = Array.from({ length: Math.min(SIGNED_AT_ONCE, count - calls.length) }, () =>
        this.sender.prepare('POST', '/v1/exchanges/flags', aFlagAbout(this.#child++ % CHILDREN, recipients)),
      );
      calls.push(...(await Promise.all(batch)));
    }
    return calls;
  }

  /** When each of so many receivers had its message of a flag: milliseconds since this process began. */
  async arrivals(flag: string, count: number): Promise<readonly number[]> {
    while ((this.#arrivals.get(flag)?.length ?? 0) < count)
      await new Promise<void>((noted) => this.#awaited.set(flag, noted));
    const at = this.#arrivals.get(flag) ?? [];
    this.#arrivals.delete(flag);
    return at;
  }

  /** How many deliveries to a recipient its sender is told are pending. */
  async pendingTo(recipient: string): Promise<number> {
    let pending = 0;
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = `/v1/deliveries?status=pending&limit=200${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const { status, body } = await this.sender.get(page);
      if (status !== 200) throw new Error(`deliveries were answered ${String(status)}`);
      const { deliveries, next } = body as { deliveries: readonly { recipient: string }[]; next?: string };
      pending += deliveries.filter((each) => each.recipient === recipient).length;
      cursor = next;
    }
    return pending;
  }

  async close(): Promise<void> {
    for (const receiver of this.receivers.values()) await receiver.close();
    await this.bench.close();
  }

  #note(flag: string, arrivedAt: number): void {
    this.#arrived += 1;
    const at = this.#arrivals.get(flag) ?? [];
    at.push(arrivedAt);
    this.#arrivals.set(flag, at);
    this.#awaited.get(flag)?.();
    this.#awaited.delete(flag);
  }
}
