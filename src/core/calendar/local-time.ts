import { instantOf, epochMillisecondsOf, type CivilDate, type Instant } from '../vocabulary/time.js';

// One zone for all four nations: the clocks of the United Kingdom are the law's (Summer Time Act 1972; NI: 1972 Order).
const wallClock = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The date on the wall in the United Kingdom at an instant: in summer, late evening UTC is already the next day. */
export function localDateOf(at: Instant): CivilDate {
  return wallTimeOf(epochMillisecondsOf(at)).slice(0, 10) as CivilDate;
}

/**
 * The instant at which the clocks of the United Kingdom show a time, `17:00` or `23:59:59.999`.
 *
 * Meant for closing times: between 01:00 and 02:00 on the two Sundays when the clocks change, a time comes twice or not at all.
 */
export function instantAtLocal(date: CivilDate, time: string): Instant {
  const wanted = Date.parse(`${date}T${time}Z`);
  const offset = Date.parse(`${wallTimeOf(wanted)}Z`) - Math.floor(wanted / 1000) * 1000;
  return instantOf(wanted - offset);
}

function wallTimeOf(epochMilliseconds: number): string {
  const parts = Object.fromEntries(
    wallClock.formatToParts(epochMilliseconds).map(({ type, value }) => [type, value] as const),
  );
  const part = (name: string): string => parts[name] ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}
