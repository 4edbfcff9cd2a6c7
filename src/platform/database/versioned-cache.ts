import type { NoticeTopic, Notices } from './notices.js';

/** What holds from one moment to another may begin or end untold: an answer that judged time is no older than this. */
const MAX_AGE_MS = 2_000;
const KEPT_AT_MOST = 5_000;

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly epoch: number;
  readonly readAt: number;
}

/**
 * Remembers what is read often and changes seldom: for two seconds at most, and not beyond the first word of a change.
 *
 * What is not there is not remembered, so that what is new is found at once; where no change would be heard of, nothing
 * is. No release may rest on it alone: whoever commits one reads authority again, under lock.
 */
export class VersionedCache<Value> {
  readonly #kept = new Map<string, Kept<Value | undefined>>();

  /** @param notices absent for a command that ends soon, which then remembers nothing */
  constructor(
    private readonly notices: Notices | undefined,
    private readonly topic: NoticeTopic,
  ) {
    notices?.on(topic, () => {
      this.#kept.clear();
    });
  }

  /** What is remembered under a key, or what `read` gives: once, however many ask at the same time. */
  get(key: string, read: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const epoch = this.notices?.epochOf(this.topic);
    if (epoch === undefined) return read();
    const kept = this.#kept.get(key);
    if (kept?.epoch === epoch && performance.now() - kept.readAt < MAX_AGE_MS) return kept.value;
    const reading = { value: read(), epoch, readAt: performance.now() };
    this.#remember(key, reading);
    const forget = (): void => {
      if (this.#kept.get(key) === reading) this.#kept.delete(key);
    };
    reading.value.then((value) => {
      if (value === undefined) forget();
    }, forget);
    return reading.value;
  }

  #remember(key: string, reading: Kept<Value | undefined>): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT_AT_MOST && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, reading);
  }
}
