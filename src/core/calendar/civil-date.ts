import type { CivilDate } from '../vocabulary/time.js';

const millisecondsOfDay = 86_400_000;

/** Whether a text is a date that exists, `2028-02-29`, in the years 1 to 9999. */
export function isCivilDate(text: string): text is CivilDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const moment = Date.parse(text);
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}

/** The date so many days later, or earlier when negative. */
export function daysAfter(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(date) + days * millisecondsOfDay).toISOString().slice(0, 10) as CivilDate;
}

/**
 * The same day so many months later; where that month is shorter, its last day.
 *
 * @see Dodds v Walker [1981] 1 WLR 1027 (HL): the corresponding date rule
 */
export function monthsAfter(date: CivilDate, months: number): CivilDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10) as CivilDate;
}

/** Whether a date is a Saturday or a Sunday. */
export function isWeekend(date: CivilDate): boolean {
  const weekday = new Date(Date.parse(date)).getUTCDay();
  return weekday === 0 || weekday === 6;
}
