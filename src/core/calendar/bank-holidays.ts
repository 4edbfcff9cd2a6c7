import type { Jurisdiction } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';
import { isWeekend } from './civil-date.js';

/** The bank holidays of some nations over some years, as reviewed data. */
export interface BankHolidayPeriod {
  readonly nations: readonly Jurisdiction[];
  /** First and last day for which the list is complete. */
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly days: readonly {
    readonly on: CivilDate;
    readonly title: string;
    readonly substitute?: boolean | undefined;
  }[];
}

/** The bank holidays of every nation, ready to count with. */
export type BankHolidays = ReadonlyMap<Jurisdiction, NationalHolidays>;

/** The bank holidays of one nation. */
export interface NationalHolidays {
  /** Last day for which the list is known to be complete. */
  readonly knownUntil: CivilDate;
  readonly days: ReadonlySet<CivilDate>;
}

const nations: readonly Jurisdiction[] = ['england', 'wales', 'scotland', 'northern-ireland'];

/**
 * Puts bank holidays in the form that working days are counted by.
 *
 * Throws RangeError when a nation is missing or given twice, or a day lies outside its period, on a weekend, or twice in the list.
 */
export function bankHolidaysOf(periods: readonly BankHolidayPeriod[]): BankHolidays {
  const byNation = new Map<Jurisdiction, NationalHolidays>();
  for (const period of periods) {
    const holidays = { knownUntil: period.to, days: daysOf(period) };
    for (const nation of period.nations) {
      if (byNation.has(nation)) throw new RangeError(`the bank holidays of \`${nation}\` are given twice`);
      byNation.set(nation, holidays);
    }
  }
  const missing = nations.find((nation) => !byNation.has(nation));
  if (missing !== undefined) throw new RangeError(`the bank holidays of \`${missing}\` are missing`);
  return byNation;
}

function daysOf({ from, to, days }: BankHolidayPeriod): ReadonlySet<CivilDate> {
  const found = new Set<CivilDate>();
  for (const { on } of days) {
    if (on < from || on > to) throw new RangeError(`the bank holiday \`${on}\` lies outside its period`);
    if (isWeekend(on)) throw new RangeError(`the bank holiday \`${on}\` is on a weekend; name its substitute day`);
    if (found.has(on)) throw new RangeError(`the bank holiday \`${on}\` is listed twice`);
    found.add(on);
  }
  return found;
}
