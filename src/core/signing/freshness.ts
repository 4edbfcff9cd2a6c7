import type { Json } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';

/**
 * Whether an `iat` claim (seconds since the epoch) lies within a tolerance of now, on either side.
 *
 * The future is tolerated as far as the past, because clocks of agencies run ahead as well as behind.
 */
export function isFresh(iat: Json | undefined, now: Instant, toleranceSeconds: number): iat is number {
  return (
    typeof iat === 'number' &&
    Number.isSafeInteger(iat) &&
    Math.abs(epochMillisecondsOf(now) / 1000 - iat) <= toleranceSeconds
  );
}

/** Whether a value can serve as a single-use id: 1 to 128 visible ASCII characters, so that it can be stored and compared as it is. */
export function isSingleUseId(value: Json | undefined): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value);
}
