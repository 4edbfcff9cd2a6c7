import fc from 'fast-check';
import {
  admit,
  BREAKER_RULES,
  CLOSED,
  settle,
  type Breaker,
  type Leave,
  type Settled,
} from '../../src/sources/circuit-breaker.js';

/** What may happen to a breaker: an ask comes, or one under way settles; some time passes before either. */
type Event =
  | { readonly is: 'ask'; readonly afterMs: number }
  | { readonly is: 'settles'; readonly which: number; readonly outcome: Settled; readonly afterMs: number };

const afterMs = fc.integer({ min: 0, max: 90_000 });
// Failures often enough to open it, and asks enough that some are still under way when it has.
const outcome = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Settled>('failed') },
  { weight: 2, arbitrary: fc.constant<Settled>('answered') },
  { weight: 1, arbitrary: fc.constant<Settled>('abandoned') },
);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('ask' as const), afterMs }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('settles' as const), which: fc.nat(20), outcome, afterMs }) },
);

interface Step {
  readonly before: Breaker;
  readonly after: Breaker;
  readonly atMs: number;
  readonly event: Event['is'];
  readonly leave?: Leave;
  readonly outcome?: Settled;
}

/** Carries out a history and gives each of its steps. */
function lived(history: readonly Event[]): readonly Step[] {
  const steps: Step[] = [];
  const underWay: Leave[] = [];
  let breaker: Breaker = CLOSED;
  let atMs = 0;
  for (const happened of history) {
    atMs += happened.afterMs;
    const before = breaker;
    if (happened.is === 'ask') {
      const { breaker: after, leave } = admit(breaker, atMs);
      breaker = after;
      if (leave !== undefined) underWay.push(leave);
      steps.push({ before, after, atMs, event: 'ask', ...(leave !== undefined && { leave }) });
    } else if (underWay.length > 0) {
      const [leave] = underWay.splice(happened.which % underWay.length, 1);
      if (leave === undefined) continue;
      const { outcome } = happened;
      breaker = settle(breaker, { leave, outcome }, atMs);
      steps.push({ before, after: breaker, atMs, event: 'settles', leave, outcome });
    }
  }
  return steps;
}

const holds = (law: (steps: readonly Step[]) => void): void => {
  fc.assert(fc.property(fc.array(event, { minLength: 60, maxLength: 200 }), (history) => { law(lived(history)); }), { numRuns: 500 }); // prettier-ignore
};

describe('a circuit breaker, whatever happens to it,', () => {
  it('lets nobody through while it is open, and one alone when its pause is over', () => {
    holds((steps) => {
      let probes = 0;
      for (const { before, atMs, event, leave, after } of steps) {
        if (event === 'ask' && before.is === 'open') {
          expect(leave).toBe(atMs < before.until ? undefined : 'probe');
          if (leave === 'probe') probes += 1;
        }
        if (event === 'ask' && before.is === 'probing') expect(leave).toBeUndefined();
        if (event === 'settles' && before.is === 'probing' && after.is !== 'probing') probes -= 1;
        expect(probes).toBeLessThanOrEqual(1);
        expect(after.is === 'probing').toBe(probes === 1);
      }
    });
  });

  it('opens after so many failures in a row and not before', () => {
    holds((steps) => {
      let inARow = 0;
      for (const { before, after, outcome } of steps) {
        if (before.is !== 'closed') inARow = 0;
        else if (outcome === 'failed') inARow += 1;
        else if (outcome === 'answered') inARow = 0;
        if (before.is === 'closed') expect(after.is).toBe(inARow >= BREAKER_RULES.failuresToOpen ? 'open' : 'closed');
      }
    });
  });

  it('closes by a probe that was answered and by nothing else', () => {
    holds((steps) => {
      for (const { before, after, leave, outcome } of steps)
        if (before.is !== 'closed' && after.is === 'closed')
          expect({ was: before.is, leave, outcome }).toEqual({ was: 'probing', leave: 'probe', outcome: 'answered' });
    });
  });

  it('never rests longer than it may, and can always be tried again once it has', () => {
    holds((steps) => {
      for (const { after, atMs } of steps) {
        if (after.is !== 'open') continue;
        expect(after.until - atMs).toBeLessThanOrEqual(BREAKER_RULES.longestPauseMs);
        expect(admit(after, after.until).leave).toBe('probe');
      }
    });
  });

  it('rests twice as long after each probe that fails, from the first pause on', () => {
    let breaker: Breaker = CLOSED;
    for (let failure = 0; failure < BREAKER_RULES.failuresToOpen; failure += 1)
      breaker = settle(breaker, { leave: 'ordinary', outcome: 'failed' }, 0);
    const pauses: number[] = [];
    let atMs = 0;
    for (let probe = 0; probe < 8; probe += 1) {
      if (breaker.is !== 'open') throw new Error('it did not open');
      pauses.push(breaker.until - atMs);
      atMs = breaker.until;
      breaker = settle(admit(breaker, atMs).breaker, { leave: 'probe', outcome: 'failed' }, atMs);
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });
});
