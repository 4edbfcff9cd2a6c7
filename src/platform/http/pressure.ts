import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** From when on a process has more to do than it can. */
export interface PressureLimits {
  /** How late the event loop may be on average, second after second. */
  readonly loopDelayMilliseconds: number;
  /** How much of the heap that V8 allows may be in use, from 0 to 1. */
  readonly heapShare: number;
}

/** A loop that is late by seconds keeps callers waiting beyond their own patience; a heap nine tenths full is near its end. */
export const PRESSURE_LIMITS: PressureLimits = { loopDelayMilliseconds: 2_000, heapShare: 0.9 };

const LOOK_EVERY_MILLISECONDS = 1_000;
/** One late second may be a machine that stood still; so many in a row are too much work. */
const LATE_LOOKS = 3;
const RESOLUTION_MILLISECONDS = 10;
const NANOSECONDS = 1e6;

/**
 * Whether this process can take on more work: better a caller who is told so at once, and whom to call, than a process that
 * ends for want of memory with what others had begun (trust: 503 before that).
 *
 * Looks once a second, and says nothing of the database or of sources.
 */
export class Pressure {
  #late = 0;
  #isFull = false;
  readonly #delays: ReturnType<typeof monitorEventLoopDelay>;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly limits: PressureLimits = PRESSURE_LIMITS) {
    this.#delays = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });
    this.#delays.enable();
    this.#timer = setInterval(() => {
      this.#look();
    }, LOOK_EVERY_MILLISECONDS).unref();
  }

  get isTooHigh(): boolean {
    return this.#isFull || this.#late >= LATE_LOOKS;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }

  #look(): void {
    // Not a number where nothing was sampled: then the loop did not turn at all.
    const mean = this.#delays.mean / NANOSECONDS - RESOLUTION_MILLISECONDS;
    this.#delays.reset();
    this.#late = mean <= this.limits.loopDelayMilliseconds ? 0 : this.#late + 1;
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    this.#isFull = used > this.limits.heapShare * limit;
  }
}
