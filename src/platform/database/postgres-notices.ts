import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../logging/log.js';
import type { DatabaseConnection } from './connection.js';
import { loneClient } from './lone-client.js';
import { Notices, type NoticeHandler, type NoticeTopic } from './notices.js';

/** How often it makes sure that the connection still answers, and how long that may take: deaf at most 2.5 s unknown. */
const ASK_EVERY_MILLISECONDS = 1_000;
const ANSWER_WITHIN_MILLISECONDS = 1_500;
const RETRY_FIRST_MILLISECONDS = 100;
const RETRY_MOST_MILLISECONDS = 2_000;

// What the triggers of `tell-of-changes` say, and the gateways of a delivery; and whom it concerns.
const topics: ReadonlyMap<string, NoticeTopic> = new Map([
  ['agency', 'agencies'],
  ['policy', 'policy'],
  ['key', 'keys'],
  ['inbox', 'inbox'],
]);

/** Notices by LISTEN on one connection of its own, made anew whenever it is lost. */
export class PostgresNotices extends Notices {
  readonly #connection: DatabaseConnection;
  readonly #log: Log | undefined;
  readonly #epochs = new Map<NoticeTopic, number>();
  readonly #handlers = new Map<NoticeTopic, NoticeHandler[]>();
  #hears = false;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(connection: DatabaseConnection, log?: Log) {
    super();
    this.#connection = connection;
    this.#log = log;
  }

  /** Begins in the background: until it hears, every epoch is undefined. */
  start(): void {
    this.#stopping = new AbortController();
    this.#running = this.#run();
  }

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  override epochOf(topic: NoticeTopic): number | undefined {
    return this.#hears ? (this.#epochs.get(topic) ?? 0) : undefined;
  }

  override on(topic: NoticeTopic, handler: NoticeHandler): void {
    this.#handlers.set(topic, [...(this.#handlers.get(topic) ?? []), handler]);
  }

  async #run(): Promise<void> {
    let retryAfter = RETRY_FIRST_MILLISECONDS;
    while (!this.#isStopping()) {
      const failure = await this.#hearUntilLost().then(
        () => undefined,
        (error: unknown) => error,
      );
      const heard = this.#hears;
      this.#hears = false;
      if (heard) retryAfter = RETRY_FIRST_MILLISECONDS;
      if (!this.#isStopping()) this.#log?.warn('changes made by other gateways are not heard', { error: failure });
      // Spread out, so that gateways cut off together do not all come back in the same moment.
      await this.#pause(retryAfter * (0.5 + Math.random() / 2));
      retryAfter = Math.min(2 * retryAfter, RETRY_MOST_MILLISECONDS);
    }
  }

  /** Rejects, or returns, once the connection can no longer be relied on. */
  async #hearUntilLost(): Promise<void> {
    const { client, end } = loneClient(this.#connection, {
      query_timeout: ANSWER_WITHIN_MILLISECONDS,
      application_name: `${this.#connection.applicationName} notices`,
    });
    const lost = new AbortController();
    for (const event of ['error', 'end'] as const) {
      client.on(event, () => {
        lost.abort();
      });
    }
    client.on('notification', ({ payload = '' }) => {
      this.#heard(payload);
    });
    try {
      await client.connect();
      await client.query('LISTEN gateway_changed');
      this.#hears = true;
      this.#log?.info('changes made by other gateways are heard');
      // What changed while nobody listened was told to nobody.
      for (const topic of topics.values()) this.#moveOn(topic, undefined);
      while (!lost.signal.aborted && !this.#isStopping()) {
        await client.query('SELECT');
        await this.#pause(ASK_EVERY_MILLISECONDS, lost.signal);
      }
    } finally {
      await end();
    }
  }

  #heard(payload: string): void {
    const [kind = '', id] = payload.split(' ', 2);
    // A kind that is not known comes from a later version, which caches more than this one.
    const topic = topics.get(kind);
    if (topic !== undefined) this.#moveOn(topic, id);
  }

  #moveOn(topic: NoticeTopic, changed: string | undefined): void {
    this.#epochs.set(topic, (this.#epochs.get(topic) ?? 0) + 1);
    for (const handle of this.#handlers.get(topic) ?? []) handle(changed);
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(milliseconds: number, lost?: AbortSignal): Promise<void> {
    const signals = [this.#stopping.signal, ...(lost === undefined ? [] : [lost])];
    await pause(milliseconds, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
  }
}
