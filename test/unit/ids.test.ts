import { instantOf, type Instant } from '../../src/core/vocabulary/time.js';
import { Clock } from '../../src/platform/clock.js';
import { TimeOrderedIds } from '../../src/platform/ids.js';
import { SystemRandomness } from '../../src/platform/randomness.js';

class SetClock extends Clock {
  milliseconds = 1_800_000_000_000;

  override now(): Instant {
    return instantOf(this.milliseconds);
  }
}

describe('ids', () => {
  const clock = new SetClock();
  const ids = new TimeOrderedIds(clock, new SystemRandomness());

  it('are version 7 UUIDs of the moment (RFC 9562 §5.7)', () => {
    const id = ids.next();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(clock.milliseconds);
  });

  it('ascend and differ, within a millisecond, past its counter, and when the clock steps back', () => {
    const made = Array.from({ length: 10_000 }, (_, at) => {
      if (at === 5_000) clock.milliseconds -= 60_000;
      return ids.next();
    });
    expect(new Set(made).size).toBe(made.length);
    expect([...made].sort()).toEqual(made);
  });
});
