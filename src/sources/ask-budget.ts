const MINUTE_MS = 60_000;

/** Passes at most so many asks in any minute, whichever minute is looked at. */
export class AskBudget {
  /** When each of the last asks was passed, round and round. */
  readonly #passedAt: Float64Array;
  #next = 0;

  constructor(asksPerMinute: number) {
    this.#passedAt = new Float64Array(asksPerMinute).fill(-Infinity);
  }

  /** Whether one more may go at this moment (monotonic milliseconds), which then counts. */
  spend(atMs: number): boolean {
    const oldest = this.#passedAt[this.#next];
    if (oldest === undefined || atMs - oldest < MINUTE_MS) return false;
    this.#passedAt[this.#next] = atMs;
    this.#next = (this.#next + 1) % this.#passedAt.length;
    return true;
  }
}
