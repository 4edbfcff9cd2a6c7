import { copyLeaf } from '../../../src/core/redaction/copy-leaf.js';
import type { ScalarType } from '../../../src/core/law/leaf.js';

// What a source may write for a day, a moment or a code. What is written otherwise is dropped, whole.

const day = (value: unknown): boolean => copyLeaf(value, { of: 'date' }) === value;
const moment = (value: unknown): boolean => copyLeaf(value, { of: 'instant' }) === value;

describe('a day', () => {
  it.each(['2026-01-01', '2026-09-09', '2026-10-10', '2026-12-29', '2026-12-30', '2026-12-31', '2028-02-29'])(
    'is %s',
    (value) => expect(day(value)).toBe(true),
  );

  it.each([
    '2026-00-01',
    '2026-01-00',
    '2026-13-01',
    '2026-01-32',
    '2026-01-40',
    '2026-02-29',
    '2026-04-31',
    '12026-01-01',
    ' 2026-01-01',
    '2026-01-01 ',
    '2026-1-1',
  ])('is not `%s`', (value) => expect(day(value)).toBe(false));

  it.each([[new String('2026-01-01')], [['2026-01-01']], [{ toString: (): string => '2026-01-01' }]])(
    'is nothing that only reads like one: %p',
    (value) => expect(day(value)).toBe(false),
  );
});

describe('a moment', () => {
  it.each([
    '2026-01-09T00:00:00Z',
    '2026-10-10T10:09:59Z',
    '2026-12-29T19:59:00Z',
    '2026-12-31T23:59:59.123456789Z',
    '2026-12-30T20:15:00.5+01:00',
    '2026-12-30T20:15:00-09:30',
    '2026-12-30T20:15:00+19:59',
    '2026-12-30T20:15:00+23:00',
  ])('is %s', (value) => expect(moment(value)).toBe(true));

  it.each([
    '2026-02-30T09:30:00Z',
    '2027-02-29T09:30:00Z',
    '2026-04-31T09:30:00Z',
    '2026-13-01T09:30:00Z',
    '2026-12-32T09:30:00Z',
    '2026-12-07T24:00:00Z',
    '2026-12-07T09:60:00Z',
    '2026-12-07T09:30:60Z',
    '2026-12-07T09:30:00',
    '2026-12-07T09:30:00.Z',
    '2026-12-07T09:30:00.aZ',
    '2026-12-07T09:30:00.1234567891Z',
    '2026-12-07T09:30:00+24:00',
    '2026-12-07T09:30:00+1a:00',
    '2026-12-07T09:30:00+01:60',
    '2026-12-07T09:30:00 01:00',
    '2026-12-07T09:30:00+01:0a',
    '2026-12-07T09:30:00Z ',
    '12026-12-07T09:30:00Z',
    ' 2026-12-07T09:30:00Z',
    '2026-12-07 09:30:00Z',
  ])('is not `%s`', (value) => expect(moment(value)).toBe(false));

  it.each([[new String('2026-12-07T09:30:00Z')], [['2026-12-07T09:30:00Z']]])(
    'is nothing that only reads like one: %p',
    (value) => expect(moment(value)).toBe(false),
  );
});

describe('a code', () => {
  const open: ScalarType = { of: 'code' };

  it('of no closed list is any that is short enough', () => {
    expect(copyLeaf('y'.repeat(64), open)).toBe('y'.repeat(64));
    expect(copyLeaf('y'.repeat(65), open)).toBeUndefined();
    expect(copyLeaf('yes', { ...open, maxLength: 3 })).toBe('yes');
    expect(copyLeaf('yes!', { ...open, maxLength: 3 })).toBeUndefined();
  });

  it('of a closed list too is no longer than its leaf allows', () => {
    expect(copyLeaf('unknown', { ...open, maxLength: 3, codes: ['unknown'] })).toBeUndefined();
  });

  it('is nothing that only reads like one', () => {
    expect(copyLeaf(['yes'], open)).toBeUndefined();
    expect(copyLeaf(['yes'], { ...open, codes: ['yes'] })).toBeUndefined();
  });
});

describe('a number', () => {
  it('is nothing that only reads like one', () => {
    for (const value of ['3', new Number(3), [3], null, true])
      for (const kind of ['integer', 'decimal'] as const) expect(copyLeaf(value, { of: kind })).toBeUndefined();
  });
});
