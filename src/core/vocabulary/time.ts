import type { Brand } from './brand.js';

/** RFC 3339 UTC with milliseconds, `2026-11-25T11:06:20.000Z`: two of them compare as strings. */
export type Instant = Brand<string, 'Instant'>;

/** A calendar date without time or zone, `2026-11-25`: two of them compare as strings. */
export type CivilDate = Brand<string, 'CivilDate'>;

/** Writes a moment (milliseconds since the epoch) as an instant. Throws RangeError outside years 0 to 9999. */
export function instantOf(epochMilliseconds: number): Instant {
  if (epochMilliseconds === last.milliseconds) return last.instant;
  const text = new Date(epochMilliseconds).toISOString();
  if (text.length !== 24) throw new RangeError('an instant lies within the years 0 to 9999');
  last = { milliseconds: epochMilliseconds, instant: text as Instant };
  return last.instant;
}

// The same millisecond is asked for again and again, by each id that is given in it.
let last: { readonly milliseconds: number; readonly instant: Instant } = {
  milliseconds: 0,
  instant: '1970-01-01T00:00:00.000Z' as Instant,
};

/** Milliseconds since the epoch. */
export function epochMillisecondsOf(instant: Instant): number {
  return Date.parse(instant);
}

/** The instant so many seconds later (or earlier, when negative). */
export function secondsAfter(instant: Instant, seconds: number): Instant {
  return instantOf(epochMillisecondsOf(instant) + seconds * 1000);
}

/** The UTC date on which an instant falls. */
export function dateOf(instant: Instant): CivilDate {
  return instant.slice(0, 10) as CivilDate;
}

/** Whether `at` lies in [from, to); an absent `to` never ends. */
export function isWithin(at: Instant, from: Instant, to: Instant | undefined): boolean {
  return from <= at && (to === undefined || at < to);
}
