import { AskBudget } from './ask-budget.js';
import { Bulkhead, BULKHEAD_LIMITS, type BulkheadLimits } from './bulkhead.js';
import {
  admit,
  BREAKER_RULES,
  CLOSED,
  settle,
  type Breaker,
  type BreakerRules,
  type Settled,
} from './circuit-breaker.js';

/** How one source is kept from costing anybody else. */
export interface GateRules {
  /** Agreed with the agency when its system was registered; each gateway counts its own. */
  readonly asksPerMinute: number;
  readonly bulkhead?: BulkheadLimits;
  readonly breaker?: BreakerRules;
}

/** Why an ask was not passed on. */
export type GateRefusal = 'circuit-open' | 'asks-spent' | 'too-many-at-once' | 'out-of-time';

/** What came of an ask at the gate. */
export type Passed<T> =
  { readonly is: 'passed'; readonly value: T } | { readonly is: 'refused'; readonly why: GateRefusal };

/** One source's gate: its own places, its own budget, its own breaker. Nothing in it is shared with another source's. */
export class SourceGate {
  readonly #bulkhead: Bulkhead;
  readonly #budget: AskBudget;
  readonly #rules: BreakerRules;
  #breaker: Breaker = CLOSED;

  /** @param onChange told each time the breaker goes over to another state */
  constructor(
    { asksPerMinute, bulkhead = BULKHEAD_LIMITS, breaker = BREAKER_RULES }: GateRules,
    private readonly onChange: (now: Breaker['is'], before: Breaker['is']) => void,
  ) {
    this.#bulkhead = new Bulkhead(bulkhead);
    this.#budget = new AskBudget(asksPerMinute);
    this.#rules = breaker;
  }

  get state(): Breaker['is'] {
    return this.#breaker.is;
  }

  /**
   * Does the work if the source may be asked, within the time left to the ask, waiting included.
   *
   * @param work says beside its value whether the source answered at all; one that throws never reached it
   */
  async pass<T>(
    deadlineMs: number,
    work: () => Promise<{ readonly value: T; readonly outcome: Settled }>,
  ): Promise<Passed<T>> {
    // Looked at before waiting as well, so that an ask of an open circuit is told at once.
    if (this.isShut()) return { is: 'refused', why: 'circuit-open' };
    const entered = await this.#bulkhead.enter(Math.max(0, deadlineMs - performance.now()));
    if (entered !== 'entered') return { is: 'refused', why: entered === 'full' ? 'too-many-at-once' : 'out-of-time' };
    try {
      return await this.inside(work);
    } finally {
      this.#bulkhead.leave();
    }
  }

  private async inside<T>(work: () => Promise<{ readonly value: T; readonly outcome: Settled }>): Promise<Passed<T>> {
    const { breaker, leave } = admit(this.#breaker, performance.now());
    if (leave === undefined) return { is: 'refused', why: 'circuit-open' };
    this.become(breaker);
    let outcome: Settled = 'abandoned';
    try {
      if (!this.#budget.spend(performance.now())) return { is: 'refused', why: 'asks-spent' };
      const done = await work();
      outcome = done.outcome;
      return { is: 'passed', value: done.value };
    } finally {
      this.become(settle(this.#breaker, { leave, outcome }, performance.now(), this.#rules));
    }
  }

  private isShut(): boolean {
    return admit(this.#breaker, performance.now()).leave === undefined;
  }

  private become(next: Breaker): void {
    const before = this.#breaker.is;
    this.#breaker = next;
    if (next.is !== before) this.onChange(next.is, before);
  }
}
