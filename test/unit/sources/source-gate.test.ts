import fc from 'fast-check';
import { AskBudget } from '../../../src/sources/ask-budget.js';
import { Bulkhead } from '../../../src/sources/bulkhead.js';
import { BREAKER_RULES } from '../../../src/sources/circuit-breaker.js';
import { SourceGate, type GateRules } from '../../../src/sources/source-gate.js';

/** A deadline that no machine is too busy to meet. */
const soon = (): number => performance.now() + 60_000;
const answered = () => Promise.resolve({ value: 'record', outcome: 'answered' as const });
const failed = () => Promise.resolve({ value: 'nothing', outcome: 'failed' as const });

/** Work that is under way until it is let go. */
function held(): { readonly work: () => ReturnType<typeof answered>; readonly letGo: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { work: () => promise.then(answered), letGo: () => { resolve(undefined); } }; // prettier-ignore
}

function gate(rules: Partial<GateRules> = {}): { readonly gate: SourceGate; readonly states: string[] } {
  const states: string[] = [];
  const made = new SourceGate({ asksPerMinute: 600, ...rules }, (now) => states.push(now));
  return { gate: made, states };
}

describe('a budget of asks', () => {
  it('passes no more than it says in any minute, and as many as it says when they are spread', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), gaps, (perMinute, waits) => {
        const budget = new AskBudget(perMinute);
        const passed: number[] = [];
        let atMs = 0;
        for (const wait of waits) {
          atMs += wait;
          const inLastMinute = passed.filter((at) => atMs - at < 60_000).length;
          const isPassed = budget.spend(atMs);
          expect(isPassed).toBe(inLastMinute < perMinute);
          if (isPassed) passed.push(atMs);
        }
      }),
    );
  });
});

describe('a bulkhead', () => {
  it('lets so many in, has so many wait in turn, and turns the rest away at once', async () => {
    const bulkhead = new Bulkhead({ atOnce: 2, waiting: 2 });
    const order: string[] = [];
    const come = async (name: string): Promise<void> => {
      order.push(`${name} ${await bulkhead.enter(1_000)}`);
    };
    await come('a');
    await come('b');
    const [c, d] = [come('c'), come('d')];
    await come('e');
    bulkhead.leave();
    await c;
    bulkhead.leave();
    await d;
    expect(order).toEqual(['a entered', 'b entered', 'e full', 'c entered', 'd entered']);
  });

  it('has nobody wait longer than they can, and gives their place to no one', async () => {
    const bulkhead = new Bulkhead({ atOnce: 1, waiting: 1 });
    await bulkhead.enter(0);
    expect(await bulkhead.enter(5)).toBe('out-of-time');
    bulkhead.leave();
    expect(await bulkhead.enter(0)).toBe('entered');
    expect(await bulkhead.enter(1)).toBe('out-of-time');
  });
});

describe('the gate of a source', () => {
  it('passes on what was answered', async () => {
    expect(await gate().gate.pass(soon(), answered)).toEqual({ is: 'passed', value: 'record' });
  });

  it('opens after five asks of which nothing came, and then asks no more', async () => {
    // Five, as it is by itself; and a pause that no machine outlasts.
    const { gate: one, states } = gate({ breaker: { ...BREAKER_RULES, firstPauseMs: 600_000 } });
    for (let ask = 0; ask < 5; ask += 1)
      expect(await one.pass(soon(), failed)).toEqual({ is: 'passed', value: 'nothing' });
    expect(await one.pass(soon(), () => { throw new Error('it was asked'); })).toEqual({ is: 'refused', why: 'circuit-open' }); // prettier-ignore
    expect(states).toEqual(['open']);
  });

  it('tries again after its pause with one ask, and opens to all when that is answered', async () => {
    const { gate: one, states } = gate({ breaker: { failuresToOpen: 1, firstPauseMs: 20, longestPauseMs: 20 } });
    await one.pass(soon(), failed);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const probe = held();
    const trying = one.pass(soon(), probe.work);
    expect(await one.pass(soon(), answered)).toEqual({ is: 'refused', why: 'circuit-open' });
    probe.letGo();
    expect(await trying).toMatchObject({ is: 'passed' });
    expect(await one.pass(soon(), answered)).toMatchObject({ is: 'passed' });
    expect(states).toEqual(['open', 'probing', 'closed']);
  });

  it('is tried again at once when a probe never reached the source', async () => {
    const { gate: one } = gate({ breaker: { failuresToOpen: 1, firstPauseMs: 5, longestPauseMs: 60_000 } });
    await one.pass(soon(), failed);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(one.pass(soon(), () => Promise.reject(new Error('no key')))).rejects.toThrow('no key');
    expect(await one.pass(soon(), answered)).toMatchObject({ is: 'passed' });
  });

  it('refuses whoever waited for a source that was found out meanwhile', async () => {
    const { gate: one } = gate({
      bulkhead: { atOnce: 1, waiting: 1 },
      breaker: { failuresToOpen: 1, firstPauseMs: 60_000, longestPauseMs: 60_000 },
    });
    const inside = one.pass(soon(), failed);
    expect(await one.pass(soon(), answered)).toEqual({ is: 'refused', why: 'circuit-open' });
    await inside;
  });

  it.each([
    ['its budget is spent', { asksPerMinute: 1 }, 'asks-spent'],
    ['all its places are taken', { bulkhead: { atOnce: 1, waiting: 0 } }, 'too-many-at-once'],
    ['its turn does not come in time', { bulkhead: { atOnce: 1, waiting: 1 } }, 'out-of-time'],
  ] as const)('refuses when %s', async (_when, rules, why) => {
    const { gate: one, states } = gate(rules);
    const first = held();
    const inside = one.pass(soon(), first.work);
    expect(await one.pass(performance.now() + 20, answered)).toEqual({ is: 'refused', why });
    first.letGo();
    await inside;
    // None of it is the source's fault.
    expect(states).toEqual([]);
  });
});
