import { dueAt, dueOn } from '../../../src/core/calendar/due-at.js';
import { instantAtLocal, localDateOf } from '../../../src/core/calendar/local-time.js';
import { isWorkingDay, workingDaysAfter, workingDaysBetween } from '../../../src/core/calendar/working-days.js';
import type { Jurisdiction } from '../../../src/core/vocabulary/codes.js';
import type { CivilDate, Instant } from '../../../src/core/vocabulary/time.js';
import { loadBankHolidays } from '../../../src/platform/catalogue/load-bank-holidays.js';

const holidays = loadBankHolidays('config');
const date = (text: string): CivilDate => text as CivilDate;
const at = (text: string): Instant => text as Instant;

it.each<readonly [string, Jurisdiction, string, number, string]>([
  ['6-1: initial conference from the strategy discussion', 'england', '2026-12-07', 15, '2026-12-30'],
  ['6-3: decision on a referral before Easter', 'england', '2027-03-25', 1, '2027-03-30'],
  ['6-3: the same in Scotland, which keeps no Easter Monday', 'scotland', '2027-03-25', 1, '2027-03-29'],
  ['6-4: first core group from the conference', 'england', '2026-12-30', 10, '2027-01-14'],
  ['m14: the first day after Hogmanay', 'england', '2026-12-31', 1, '2027-01-04'],
  ['m14: the first day after Hogmanay', 'scotland', '2026-12-31', 1, '2027-01-05'],
  ['m15: assessment', 'england', '2026-11-30', 45, '2027-02-04'],
  ['St Patrick’s Day', 'northern-ireland', '2027-03-16', 1, '2027-03-18'],
  ['St Patrick’s Day', 'wales', '2027-03-16', 1, '2027-03-17'],
  ['an event on a Saturday', 'england', '2026-12-05', 1, '2026-12-07'],
  ['an event on a bank holiday', 'england', '2026-12-25', 1, '2026-12-29'],
  ['nought days, even on a Saturday', 'england', '2026-12-05', 0, '2026-12-05'],
])('%s (%s): %s and %d working days is %s', (_case, nation, from, count, to) => {
  expect(workingDaysAfter(date(from), count, nation, holidays)).toBe(to);
  expect(workingDaysBetween(date(from), date(to), nation, holidays)).toBe(count);
});

it('between a day and an earlier one lie no working days', () => {
  expect(workingDaysBetween(date('2026-12-07'), date('2026-12-01'), 'england', holidays)).toBe(0);
});

it('beyond the years that are known only weekends are left out', () => {
  expect(isWorkingDay(date('2029-12-25'), 'england', holidays)).toBe(true);
  expect(isWorkingDay(date('2029-12-29'), 'england', holidays)).toBe(false);
});

it.each<readonly [string, Parameters<typeof dueAt>[0], string, string]>([
  [
    '6-3: a referral at 16:40 on the Thursday before Easter',
    { workingDays: 1 },
    '2027-03-25T16:40:00.000Z',
    '2027-03-30T16:00:00.000Z',
  ],
  ['6-16: review of an override at 03:00', { workingDays: 1 }, '2026-12-07T03:00:00.000Z', '2026-12-08T17:00:00.000Z'],
  [
    '6-23: breach clock over a weekend and a change of clocks',
    { hours: 72 },
    '2027-03-26T09:12:00.000Z',
    '2027-03-29T09:12:00.000Z',
  ],
  ['an urgent release', { minutes: 30 }, '2026-12-07T23:45:00.000Z', '2026-12-08T00:15:00.000Z'],
  [
    'a late evening in summer is already the next day',
    { workingDays: 1 },
    '2027-06-07T23:30:00.000Z',
    '2027-06-09T16:00:00.000Z',
  ],
  ['days end with the day', { days: 28 }, '2026-12-01T10:00:00.000Z', '2026-12-29T23:59:59.999Z'],
  ['months end with the day, by summer time', { months: 6 }, '2026-12-30T10:00:00.000Z', '2027-06-30T22:59:59.999Z'],
])('%s: due %j from %s at %s', (_case, within, from, due) => {
  expect(dueAt(within, at(from), 'england', holidays)).toBe(due);
});

it('a first review is due three months after the conference', () => {
  expect(dueOn({ months: 3 }, date('2026-12-30'), 'england', holidays)).toBe('2027-03-30');
});

it.each([
  ['2027-03-28T00:59:59.000Z', '2027-03-28'],
  ['2027-06-30T22:59:59.999Z', '2027-06-30'],
  ['2027-06-30T23:00:00.000Z', '2027-07-01'],
  ['2027-12-31T23:59:59.999Z', '2027-12-31'],
])('at %s the date in the United Kingdom is %s', (instant, local) => {
  expect(localDateOf(at(instant))).toBe(local);
});

it.each([
  ['2027-03-27', '17:00', '2027-03-27T17:00:00.000Z'],
  ['2027-03-28', '17:00', '2027-03-28T16:00:00.000Z'],
  ['2027-10-30', '23:59:59.999', '2027-10-30T22:59:59.999Z'],
  ['2027-10-31', '23:59:59.999', '2027-10-31T23:59:59.999Z'],
])('%s %s in the United Kingdom is %s', (day, time, instant) => {
  expect(instantAtLocal(date(day), time)).toBe(instant);
});
