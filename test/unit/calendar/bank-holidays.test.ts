import { bankHolidaysOf, type BankHolidayPeriod } from '../../../src/core/calendar/bank-holidays.js';
import { daysAfter, isCivilDate, isWeekend, monthsAfter } from '../../../src/core/calendar/civil-date.js';
import type { Jurisdiction } from '../../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';
import { loadBankHolidays } from '../../../src/platform/catalogue/load-bank-holidays.js';

const holidays = loadBankHolidays('config');
const date = (text: string): CivilDate => text as CivilDate;
const iso = (year: number, month: number, day: number): CivilDate =>
  date(`${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);

/** Easter Sunday by the anonymous Gregorian computus, so that no list is compared with itself. */
function easterSunday(year: number): CivilDate {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return iso(year, Math.floor(sum / 31), (sum % 31) + 1);
}

function mondayFrom(day: CivilDate): CivilDate {
  return new Date(day).getUTCDay() === 1 ? day : mondayFrom(daysAfter(day, 1));
}

/** Each fixed day, moved to the next weekday that no other holds (Banking and Financial Dealings Act 1971 s.1 and Schedule 1). */
function observed(days: readonly CivilDate[]): CivilDate[] {
  const taken = new Set(days.filter((day) => !isWeekend(day)));
  return days.map((day) => {
    let moved = day;
    while (isWeekend(moved) || (moved !== day && taken.has(moved))) moved = daysAfter(moved, 1);
    taken.add(moved);
    return moved;
  });
}

function holidaysOf(nation: Jurisdiction, year: number): CivilDate[] {
  const fixed: Record<Jurisdiction, readonly (readonly [number, number])[]> = {
    england: [],
    wales: [],
    scotland: [
      [1, 2],
      [11, 30],
    ],
    'northern-ireland': [
      [3, 17],
      [7, 12],
    ],
  };
  const [scotland, easter] = [nation === 'scotland', easterSunday(year)];
  const everywhere = [[1, 1], ...fixed[nation], [12, 25], [12, 26]] as const;
  return [
    ...observed(everywhere.map(([month, day]) => iso(year, month, day))),
    daysAfter(easter, -2),
    ...(scotland ? [] : [daysAfter(easter, 1)]),
    mondayFrom(iso(year, 5, 1)),
    mondayFrom(iso(year, 5, 25)),
    mondayFrom(scotland ? iso(year, 8, 1) : iso(year, 8, 25)),
    // Proclaimed for Scotland's first World Cup match since 1998.
    ...(scotland && year === 2026 ? [date('2026-06-15')] : []),
  ].sort();
}

it.each(['england', 'wales', 'scotland', 'northern-ireland'] as const)(
  '%s: the list is what the law makes of each year',
  (nation) => {
    const expected = [2025, 2026, 2027, 2028].flatMap((year) => holidaysOf(nation, year));
    expect([...(holidays.get(nation)?.days ?? [])]).toEqual(expected);
    expect(holidays.get(nation)?.knownUntil).toBe('2028-12-31');
  },
);

it.each([
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2027, '2027-03-28'],
  [2028, '2028-04-16'],
])('Easter Sunday of %d is %s', (year, sunday) => {
  expect(easterSunday(year)).toBe(sunday);
});

const period = (change: Partial<BankHolidayPeriod>): BankHolidayPeriod => ({
  nations: ['england', 'wales', 'scotland', 'northern-ireland'],
  from: date('2026-01-01'),
  to: date('2026-12-31'),
  days: [{ on: date('2026-01-01'), title: "New Year's Day" }],
  ...change,
});
const on = (text: string): BankHolidayPeriod['days'][number] => ({ on: date(text), title: 'a day' });
it.each([
  { because: 'a nation is missing', periods: [period({ nations: ['england'] })], message: '`wales` are missing' },
  {
    because: 'a nation comes twice',
    periods: [period({}), period({ nations: ['scotland'] })],
    message: '`scotland` are given twice',
  },
  {
    because: 'a day is outside its period',
    periods: [period({ days: [on('2027-01-01')] })],
    message: 'outside its period',
  },
  { because: 'a day is on a weekend', periods: [period({ days: [on('2026-12-26')] })], message: 'substitute' },
  {
    because: 'a day comes twice',
    periods: [period({ days: [on('2026-12-25'), on('2026-12-25')] })],
    message: 'listed twice',
  },
])('a list is refused when $because', ({ periods, message }) => {
  expect(() => bankHolidaysOf(periods)).toThrow(message);
});

it.each([
  ['2028-02-29', true],
  ['2027-02-29', false],
  ['2026-13-01', false],
  ['2026-1-1', false],
  ['0000-01-01', false],
  ['', false],
])('whether `%s` is a date: %s', (text, is) => {
  expect(isCivilDate(text)).toBe(is);
});

it.each([
  ['2026-12-30', 3, '2027-03-30'],
  ['2026-08-31', 6, '2027-02-28'],
  ['2027-08-31', 6, '2028-02-29'],
  ['2026-12-31', 0, '2026-12-31'],
])('%s and %d months is %s', (from, months, to) => {
  expect(monthsAfter(date(from), months)).toBe(to);
});
