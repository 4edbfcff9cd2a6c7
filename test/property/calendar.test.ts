import fc from 'fast-check';
import { daysAfter } from '../../src/core/calendar/civil-date.js';
import { instantAtLocal, localDateOf } from '../../src/core/calendar/local-time.js';
import { isWorkingDay, workingDaysAfter, workingDaysBetween } from '../../src/core/calendar/working-days.js';
import type { CivilDate } from '../../src/core/vocabulary/time.js';
import { loadBankHolidays } from '../../src/platform/catalogue/load-bank-holidays.js';

const holidays = loadBankHolidays('config');
const date = fc.integer({ min: 0, max: 1460 }).map((days) => daysAfter('2025-01-01' as CivilDate, days));
const nation = fc.constantFrom('england', 'wales', 'scotland', 'northern-ireland' as const);
const count = fc.integer({ min: 1, max: 60 });

it('a clock of working days runs out on a working day, later for every day added, and counts back to itself', () => {
  fc.assert(
    fc.property(date, nation, count, (from, where, days) => {
      const due = workingDaysAfter(from, days, where, holidays);
      expect(isWorkingDay(due, where, holidays)).toBe(true);
      expect(workingDaysBetween(from, due, where, holidays)).toBe(days);
      expect(workingDaysAfter(from, days + 1, where, holidays) > due).toBe(true);
      expect(workingDaysAfter(workingDaysAfter(from, days, where, holidays), days, where, holidays)).toBe(
        workingDaysAfter(from, 2 * days, where, holidays),
      );
    }),
  );
});

it('a later event is never due sooner', () => {
  fc.assert(
    fc.property(date, nation, count, (from, where, days) => {
      expect(
        workingDaysAfter(daysAfter(from, 1), days, where, holidays) >= workingDaysAfter(from, days, where, holidays),
      ).toBe(true);
    }),
  );
});

it('a local time lies on its local date', () => {
  fc.assert(
    fc.property(date, fc.constantFrom('00:00', '03:00', '17:00', '23:59:59.999'), (day, time) => {
      expect(localDateOf(instantAtLocal(day, time))).toBe(day);
    }),
  );
});
