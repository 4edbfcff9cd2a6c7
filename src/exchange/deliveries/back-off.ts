/** Never sooner again than this, whatever the receiver asks for. */
export const SOONEST_SECONDS = 30;
/** Never later again than this, whatever the receiver asks for. */
export const LATEST_SECONDS = 6 * 60 * 60;
/** The longest rest a whole endpoint is given: somebody may be waiting for what is behind. */
export const LONGEST_PAUSE_SECONDS = 5 * 60;

/**
 * How long to wait before a message is tried again: anywhere between 30 seconds and a bound that doubles with each failure, up
 * to six hours. Spread over the whole of it, so that what failed together does not come back together.
 *
 * @param failures how often it has failed, one at least
 * @param chance from [0, 1)
 */
export function backOffSeconds(failures: number, chance: number): number {
  const bound = Math.min(LATEST_SECONDS, SOONEST_SECONDS * 2 ** Math.min(Math.max(failures, 1), 20));
  return Math.round(SOONEST_SECONDS + chance * (bound - SOONEST_SECONDS));
}

/**
 * The wait a receiver asks for by `Retry-After` (RFC 9110 §10.2.3), in seconds or as a date, held to the same bounds; undefined
 * for a header that is not there or says neither.
 *
 * @param now milliseconds since the epoch
 */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}$/.test(text)) return bounded(Number(text));
  // Only the form that is sent today: other dates would be read by rules of the runtime's own.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : bounded((moment - now) / 1000);
}

function bounded(seconds: number): number {
  return Math.ceil(Math.min(Math.max(seconds, SOONEST_SECONDS), LATEST_SECONDS));
}
