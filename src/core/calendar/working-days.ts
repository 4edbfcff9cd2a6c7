import type { Jurisdiction } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';
import type { BankHolidays } from './bank-holidays.js';
import { daysAfter, isWeekend } from './civil-date.js';

/**
 * Whether a date is a working day of a nation: Monday to Friday, and no bank holiday there.
 *
 * After the last year that the list covers only weekends are left out: a clock then runs out early, which does less harm than
 * one that cannot be set.
 */
export function isWorkingDay(date: CivilDate, nation: Jurisdiction, holidays: BankHolidays): boolean {
  return !isWeekend(date) && holidays.get(nation)?.days.has(date) !== true;
}

/**
 * The date so many working days after another. The day of the event is day 0, whether it is a working day or not.
 *
 * @param count 0 or more; 0 is the day of the event itself
 */
export function workingDaysAfter(
  date: CivilDate,
  count: number,
  nation: Jurisdiction,
  holidays: BankHolidays,
): CivilDate {
  let reached = date;
  for (let left = count; left > 0;) {
    reached = daysAfter(reached, 1);
    if (isWorkingDay(reached, nation, holidays)) left--;
  }
  return reached;
}

/** How many working days lie after one date up to and including another; 0 when the other is not later. */
export function workingDaysBetween(
  from: CivilDate,
  to: CivilDate,
  nation: Jurisdiction,
  holidays: BankHolidays,
): number {
  let count = 0;
  for (let date = daysAfter(from, 1); date <= to; date = daysAfter(date, 1)) {
    if (isWorkingDay(date, nation, holidays)) count++;
  }
  return count;
}
