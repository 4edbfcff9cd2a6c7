import { describe, expect, it } from '@jest/globals';
import { civilDateFromServer, instantFromServer } from '../../../src/platform/database/column-types.js';

describe('a stored time', () => {
  it.each([
    ['2026-11-25 11:06:20+00', '2026-11-25T11:06:20.000Z'],
    ['2026-11-25 11:06:20.5+00', '2026-11-25T11:06:20.500Z'],
    ['2026-11-25 11:06:20.123999+00', '2026-11-25T11:06:20.123Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(instantFromServer(text)).toBe(instant);
  });

  it.each(['infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '12026-01-01 00:00:00+00', '2026-11-25 11:06:20+01'])(
    '%s is refused',
    (text) => {
      expect(() => instantFromServer(text)).toThrow(RangeError);
    },
  );
});

describe('a stored date', () => {
  it('stays the calendar date it is, in every zone', () => {
    expect(civilDateFromServer('2011-03-27')).toBe('2011-03-27');
  });

  it.each(['infinity', '0044-03-15 BC'])('%s is refused', (text) => {
    expect(() => civilDateFromServer(text)).toThrow(RangeError);
  });
});
