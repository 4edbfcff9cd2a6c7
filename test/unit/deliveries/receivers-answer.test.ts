import { describe, expect, it } from '@jest/globals';
import { judged } from '../../../src/exchange/deliveries/receivers-answer.js';
import type { OutboundFault, OutboundResult } from '../../../src/platform/egress/egress.js';

const messageId = '0190aaaa-0000-7000-8000-000000000018';
const now = Date.parse('2026-11-25T11:00:00Z');
const answered = (status: number, body: unknown = '', headers: Record<string, string> = {}): OutboundResult => ({
  is: 'answered',
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

describe('an answer to a delivery', () => {
  it.each([200, 201, 202])('is a receipt with %d and the id of the message', (status) => {
    expect(judged(answered(status, { messageId, extra: true }), messageId, now)).toMatchObject({
      code: 'delivered',
      next: 'none',
      left: 'sent',
    });
  });

  it.each<readonly [string, unknown]>([
    ['nothing', ''],
    ['a page', '<html>It works!</html>'],
    ['another id', { messageId: messageId.replace('18', '19') }],
    ['the id in upper case', { messageId: messageId.toUpperCase() }],
    ['a list', [{ messageId }]],
    ['the id twice', `{"messageId":"x","messageId":"${messageId}"}`],
    ['what is no UTF-8', '\u0000'],
  ])('is no receipt with 200 and %s', (_what, body) => {
    expect(judged(answered(200, body), messageId, now)).toMatchObject({ code: 'no-receipt', next: 'try-again' });
  });

  it.each([400, 401, 403, 404, 409, 413, 422, 500, 502, 504])(
    'is tried again on %d, its system not spared',
    (status) => {
      expect(judged(answered(status, { messageId }), messageId, now)).toEqual({
        code: `status-${String(status)}`,
        next: 'try-again',
        isSystemsTrouble: false,
        left: 'sent',
      });
    },
  );

  it.each([429, 503])('spares its system on %d for as long as it asks', (status) => {
    expect(judged(answered(status, '', { 'retry-after': '90' }), messageId, now)).toMatchObject({
      next: 'try-again',
      isSystemsTrouble: true,
      afterSeconds: 90,
    });
    expect(judged(answered(status), messageId, now).afterSeconds).toBeUndefined();
  });

  it('gives up on 410 alone', () => {
    expect(judged(answered(410), messageId, now)).toMatchObject({ code: 'status-410', next: 'give-up' });
  });

  it.each<readonly [OutboundFault, boolean]>([
    ['origin-not-allowed', false],
    ['address-not-allowed', false],
    ['unreachable', true],
    ['timed-out', true],
    ['too-large', false],
    ['encoded', false],
    ['redirected', false],
    ['broken', false],
  ])('is tried again when there is none: %s', (fault, isSystemsTrouble) => {
    expect(judged({ is: 'failed', fault, request: 'not-sent' }, messageId, now)).toEqual({
      code: fault,
      next: 'try-again',
      isSystemsTrouble,
      left: 'not_sent',
    });
    expect(judged({ is: 'failed', fault, request: 'maybe-received' }, messageId, now).left).toBe('unknown');
  });
});
