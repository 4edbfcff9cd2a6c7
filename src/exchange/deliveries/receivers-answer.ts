import type { JsonObject } from '../../core/vocabulary/json.js';
import type { OutboundFault, OutboundResult } from '../../platform/egress/egress.js';
import { readStrictJson } from '../../platform/http/strict-json.js';
import { retryAfterSeconds } from './back-off.js';

/** What came of sending a message once. */
export interface Attempted {
  /** `delivered`, `no-receipt`, `status-500`, or why there was no answer: `timed-out`. */
  readonly code: string;
  readonly next: 'none' | 'try-again' | 'give-up';
  /** The receiver asked for this wait; within our bounds. */
  readonly afterSeconds?: number;
  /** It is the system that is in trouble, not this message: others for it need not be tried now. */
  readonly isSystemsTrouble: boolean;
  /** For the disclosure log: whether it left. */
  readonly left: 'sent' | 'not_sent' | 'unknown';
}

const SYSTEMS_TROUBLE: ReadonlySet<OutboundFault> = new Set<OutboundFault>(['unreachable', 'timed-out']);

/**
 * Judges what a receiver's system answered.
 *
 * Delivered is only what it answers 2xx to with `{ "messageId": <the same> }`: a page that says 200 is what a login form, a proxy
 * or a parked domain gives, and none of them has a child's case open. 410 says that the address is gone for good. Everything
 * else is tried again: an agency repairs its system within the week, or people are told.
 *
 * @param now milliseconds since the epoch
 */
export function judged(result: OutboundResult, messageId: string, now: number): Attempted {
  if (result.is === 'failed')
    return {
      code: result.fault,
      next: 'try-again',
      isSystemsTrouble: SYSTEMS_TROUBLE.has(result.fault),
      left: result.request === 'not-sent' ? 'not_sent' : 'unknown',
    };
  const { status, headers, body } = result;
  if (status >= 200 && status < 300) {
    return isReceipt(body, messageId)
      ? { code: 'delivered', next: 'none', isSystemsTrouble: false, left: 'sent' }
      : { code: 'no-receipt', next: 'try-again', isSystemsTrouble: false, left: 'sent' };
  }
  const code = `status-${String(status)}`;
  if (status === 410) return { code, next: 'give-up', isSystemsTrouble: false, left: 'sent' };
  const isBusy = status === 429 || status === 503;
  const afterSeconds = isBusy ? retryAfterSeconds(headers['retry-after'], now) : undefined;
  return {
    code,
    next: 'try-again',
    isSystemsTrouble: isBusy,
    left: 'sent',
    ...(afterSeconds !== undefined && { afterSeconds }),
  };
}

function isReceipt(body: Uint8Array, messageId: string): boolean {
  const read = readStrictJson(body);
  // Strict reading gave an object, or nothing.
  return read.read === 'value' && (read.value as JsonObject)['messageId'] === messageId;
}
