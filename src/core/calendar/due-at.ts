import type { Duration } from '../law/catalogue.js';
import type { Jurisdiction } from '../vocabulary/codes.js';
import { type CivilDate, type Instant, secondsAfter } from '../vocabulary/time.js';
import type { BankHolidays } from './bank-holidays.js';
import { daysAfter, monthsAfter } from './civil-date.js';
import { instantAtLocal, localDateOf } from './local-time.js';
import { workingDaysAfter } from './working-days.js';

const closeOfBusiness = '17:00';
const endOfDay = '23:59:59.999';

/**
 * When a clock of the law or of guidance runs out.
 *
 * Minutes and hours elapse, weekends included (UK GDPR Article 33: 72 hours). Days and months end with the last day. Working days end
 * at 17:00 of the last one. The day of the event is day 0, by the clocks of the United Kingdom. Running out is an exception to
 * explain: it closes and blocks nothing.
 *
 * @param nation whose bank holidays count
 */
export function dueAt(within: Duration, from: Instant, nation: Jurisdiction, holidays: BankHolidays): Instant {
  if ('minutes' in within) return secondsAfter(from, within.minutes * 60);
  if ('hours' in within) return secondsAfter(from, within.hours * 3600);
  const time = 'workingDays' in within ? closeOfBusiness : endOfDay;
  return instantAtLocal(dueOn(within, localDateOf(from), nation, holidays), time);
}

/** The day on which a clock counted in days, working days or months runs out. */
export function dueOn(
  within: Exclude<Duration, { minutes: number } | { hours: number }>,
  from: CivilDate,
  nation: Jurisdiction,
  holidays: BankHolidays,
): CivilDate {
  if ('workingDays' in within) return workingDaysAfter(from, within.workingDays, nation, holidays);
  return 'months' in within ? monthsAfter(from, within.months) : daysAfter(from, within.days);
}
