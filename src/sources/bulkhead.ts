/** How many asks one source may occupy. */
export interface BulkheadLimits {
  readonly atOnce: number;
  /** How many more may wait; whoever comes then is turned away at once. */
  readonly waiting: number;
}

/** Eight at once, sixteen waiting: a source that hangs holds no more of the gateway than this. */
export const BULKHEAD_LIMITS: BulkheadLimits = { atOnce: 8, waiting: 16 };

/** Holds apart what one source occupies from everything else: a bounded number inside, a bounded queue before it. */
export class Bulkhead {
  #inside = 0;
  readonly #queue = new Set<() => void>();

  constructor(private readonly limits: BulkheadLimits) {}

  /** Waits for a place, no longer than told. Who was let in must {@link leave}. */
  enter(withinMs: number): Promise<'entered' | 'full' | 'out-of-time'> {
    if (this.#inside < this.limits.atOnce) {
      this.#inside += 1;
      return Promise.resolve('entered');
    }
    if (this.#queue.size >= this.limits.waiting) return Promise.resolve('full');
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => {
        this.#queue.delete(enter);
        resolve('out-of-time');
      }, withinMs);
      const enter = (): void => {
        clearTimeout(giveUp);
        resolve('entered');
      };
      this.#queue.add(enter);
    });
  }

  /** Gives the place to whoever has waited longest. */
  leave(): void {
    const [first] = this.#queue;
    if (first === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#queue.delete(first);
    first();
  }
}
