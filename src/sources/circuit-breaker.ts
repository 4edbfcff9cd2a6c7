/** When a source is left alone, and for how long. */
export interface BreakerRules {
  /** Failures in a row that open it. */
  readonly failuresToOpen: number;
  readonly firstPauseMs: number;
  /** Each probe that fails doubles the pause, up to this. */
  readonly longestPauseMs: number;
}

/** Five failures in a row; two seconds' rest, then doubling to a minute: nobody waits long for a system that came back. */
export const BREAKER_RULES: BreakerRules = { failuresToOpen: 5, firstPauseMs: 2_000, longestPauseMs: 60_000 };

/** Whether a source is asked at all. Times are monotonic milliseconds, never the clock's. */
export type Breaker =
  | { readonly is: 'closed'; readonly failures: number }
  | { readonly is: 'open'; readonly until: number; readonly pauseMs: number }
  /** Half open: one ask has been let through to see, and nobody else is until it has settled. */
  | { readonly is: 'probing'; readonly pauseMs: number };

/** A source nothing is known against. */
export const CLOSED: Breaker = { is: 'closed', failures: 0 };

/** Leave to ask, and in what part; what a settled ask says of the source depends on it. */
export type Leave = 'ordinary' | 'probe';

/** What came of an ask. `abandoned`: it never reached the source, and says nothing of it. */
export type Settled = 'answered' | 'failed' | 'abandoned';

/** Whether an ask may go to the source now; undefined where it may not. */
export function admit(breaker: Breaker, atMs: number): { readonly breaker: Breaker; readonly leave?: Leave } {
  switch (breaker.is) {
    case 'closed':
      return { breaker, leave: 'ordinary' };
    case 'probing':
      return { breaker };
    case 'open':
      return atMs < breaker.until
        ? { breaker }
        : { breaker: { is: 'probing', pauseMs: breaker.pauseMs }, leave: 'probe' };
  }
}

/**
 * What a settled ask makes of the breaker.
 *
 * Once it is open only a probe's outcome counts: asks that set out before it opened say what was, not what is.
 */
export function settle(
  breaker: Breaker,
  { leave, outcome }: { readonly leave: Leave; readonly outcome: Settled },
  atMs: number,
  rules: BreakerRules = BREAKER_RULES,
): Breaker {
  switch (breaker.is) {
    case 'open':
      return breaker;
    case 'closed':
      return whileClosed(breaker, outcome, atMs, rules);
    case 'probing':
      return leave === 'probe' ? afterProbe(breaker.pauseMs, outcome, atMs, rules) : breaker;
  }
}

function whileClosed(
  breaker: Breaker & { is: 'closed' },
  outcome: Settled,
  atMs: number,
  rules: BreakerRules,
): Breaker {
  switch (outcome) {
    case 'answered':
      return CLOSED;
    case 'abandoned':
      return breaker;
    case 'failed': {
      const failures = breaker.failures + 1;
      return failures < rules.failuresToOpen ? { is: 'closed', failures } : opened(rules.firstPauseMs, atMs);
    }
  }
}

function afterProbe(pauseMs: number, outcome: Settled, atMs: number, rules: BreakerRules): Breaker {
  switch (outcome) {
    case 'answered':
      return CLOSED;
    case 'abandoned':
      // Nothing was learnt, so the next ask may find out at once.
      return { is: 'open', until: atMs, pauseMs };
    case 'failed':
      return opened(Math.min(pauseMs * 2, rules.longestPauseMs), atMs);
  }
}

function opened(pauseMs: number, atMs: number): Breaker {
  return { is: 'open', until: atMs + pauseMs, pauseMs };
}
