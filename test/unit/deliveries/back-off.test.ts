import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOffSeconds, retryAfterSeconds } from '../../../src/exchange/deliveries/back-off.js';
import { RestingSystems } from '../../../src/exchange/deliveries/resting-systems.js';
import type { TeamId } from '../../../src/core/vocabulary/ids.js';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before a message is tried again', () => {
  it('lies between half a minute and six hours, whatever the history', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 100_000 }), chance, (failures, fraction) => {
        const seconds = backOffSeconds(failures, fraction);
        return seconds >= 30 && seconds <= 6 * 3600;
      }),
    );
  });

  it('may be longer with every failure, and is spread over all of it', () => {
    const longest = [1, 2, 3, 4, 10, 11].map((failures) => backOffSeconds(failures, 0.999_999));
    expect(longest).toEqual([60, 120, 240, 480, 21_600, 21_600]);
    expect([1, 5, 11].map((failures) => backOffSeconds(failures, 0))).toEqual([30, 30, 30]);
  });

  it('leaves room for a message to be tried some thirty times within seven days', () => {
    let attempts = 1;
    for (let seconds = 0; seconds < 7 * 24 * 3600; attempts += 1) seconds += backOffSeconds(attempts, 0.5);
    expect(attempts).toBeGreaterThan(30);
    expect(attempts).toBeLessThan(100);
  });
});

describe('what a receiver asks for', () => {
  const now = Date.parse('2026-11-25T11:00:00Z');
  it.each<readonly [string | undefined, number | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['0', 30],
    ['29', 30],
    ['90', 90],
    [' 90 ', 90],
    ['86400', 21_600],
    ['999999999999', 21_600],
    ['Wed, 25 Nov 2026 11:10:00 GMT', 600],
    ['Wed, 25 Nov 2026 10:00:00 GMT', 30],
    ['Wed, 25 Nov 2026 23:00:00 GMT', 21_600],
    ['2026-11-25', undefined],
    ['Wed, 99 Nov 2026 11:10:00 GMT', undefined],
  ])('%j is %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});

describe('a system that rests', () => {
  const team = 'nm-csc' as TeamId;
  const other = 'np-ppu' as TeamId;
  let now = 0;
  const resting = (): RestingSystems => {
    now = 0;
    return new RestingSystems(() => now);
  };

  it('rests as long as it asked, and longer each time it is still in trouble: five minutes at most', () => {
    const systems = resting();
    systems.troubled(team, 0.999_999, 90);
    expect(systems.remainingSeconds(team)).toBe(90);
    expect(systems.remainingSeconds(other)).toBe(0);
    now = 90_000;
    const rests = [2, 3, 4, 5].map(() => {
      systems.troubled(team, 0.999_999);
      const seconds = systems.remainingSeconds(team);
      now += seconds * 1000;
      return seconds;
    });
    expect(rests).toEqual([120, 240, 300, 300]);
  });

  it('is not given a longer one by what was under way already', () => {
    const systems = resting();
    systems.troubled(team, 0, 60);
    systems.troubled(team, 0, 300);
    expect(systems.remainingSeconds(team)).toBe(60);
  });

  it('is spoken to again once it answered', () => {
    const systems = resting();
    systems.troubled(team, 0, 60);
    systems.well(team);
    expect(systems.remainingSeconds(team)).toBe(0);
  });
});
