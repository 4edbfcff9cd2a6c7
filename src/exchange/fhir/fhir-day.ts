import type { CivilDate } from '../../core/vocabulary/time.js';

const DAY = /^(\d{4})-(\d{2})-(\d{2})(T|$)/;

/**
 * The day of a FHIR date or dateTime as it is written, in whatever zone its author wrote it; undefined for one that names
 * no day (`2015-01`) or a day that no calendar has.
 */
export function dayOf(dateTime: string): CivilDate | undefined {
  const [, year, month, day] = DAY.exec(dateTime) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day) && Number(year) >= 1900;
  return exists ? (`${year}-${month}-${day}` as CivilDate) : undefined;
}
