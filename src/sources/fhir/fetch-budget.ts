/** How much one fetch may take, whatever number of requests it makes (trust 3.2 row 1, I15). */
export interface FetchLimits {
  readonly totalMs: number;
  readonly totalBytes: number;
  /** The most one answer may hold; set aside before it is asked for, so that answers at once stay within the total. */
  readonly answerBytes: number;
  readonly searchesAtOnce: number;
}

/** Ten seconds and 4 MiB in all. */
export const FETCH_LIMITS: FetchLimits = {
  totalMs: 10_000,
  totalBytes: 4_194_304,
  answerBytes: 524_288,
  searchesAtOnce: 6,
};

/** What is left of one fetch's time and bytes. Each fetch has its own: none waits for, or pays for, another. */
export class FetchBudget {
  private readonly deadline: number;
  private bytesLeft: number;

  constructor(readonly limits: FetchLimits) {
    // Monotonic: a clock that is put back gives a source no more time.
    this.deadline = performance.now() + limits.totalMs;
    this.bytesLeft = limits.totalBytes;
  }

  /**
   * Sets aside what the next answer may take, or nothing where time or bytes are spent.
   *
   * @param answers how many it holds: one, unless they come in one batch
   */
  setAside(answers = 1): { readonly totalMs: number; readonly maxBytes: number } | undefined {
    const totalMs = Math.floor(this.deadline - performance.now());
    const maxBytes = Math.min(this.limits.answerBytes * answers, this.bytesLeft);
    if (totalMs < 1 || maxBytes < 1) return undefined;
    this.bytesLeft -= maxBytes;
    return { totalMs, maxBytes };
  }

  /** Gives back what an answer did not take. One that failed gives nothing back: what it sent is not known. */
  giveBack(bytes: number): void {
    this.bytesLeft += bytes;
  }

  /** Does the same for every item, in turn where there are more than may be asked at once; the results are in order. */
  async each<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<readonly Result[]> {
    const results = new Map<number, Result>();
    const queue = items.entries();
    const worker = async (): Promise<void> => {
      for (const [index, item] of queue) results.set(index, await work(item));
    };
    await Promise.all(Array.from({ length: this.limits.searchesAtOnce }, worker));
    return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
  }
}
