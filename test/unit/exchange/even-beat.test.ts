import type { ExecutionContext } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { defer, lastValueFrom } from 'rxjs';
import type { Answer } from '../../../src/platform/calls/answer.js';
import { AsksController } from '../../../src/exchange/http/asks.controller.js';
import { BEAT_MS, EvenBeat } from '../../../src/exchange/http/even-beat.js';
import { ExplanationsController } from '../../../src/exchange/http/explanations.controller.js';
import { stillTime, type StillTime } from '../../support/still-time.js';

const released: Answer = { status: 200, body: { outcome: 'released', disclosure: 'eyJ' } };
const refused: Answer = { status: 403, body: { reason: 'request-refused' } };
const waiting: Answer = { status: 202, body: { outcome: 'awaiting-release' } };
const unavailable: Answer = { status: 503, body: { reason: 'source-unavailable' } };
const explained: Answer = { status: 200, body: { would: 'refuse' } };

let time: StillTime;
beforeEach(() => {
  time = stillTime();
});
afterEach(() => {
  time.end();
});

/** When an answer leaves that was ready so long after its call arrived. */
async function leavesAt(readyAfterMs: number, answer: () => Promise<unknown>): Promise<number> {
  const began = performance.now() - readyAfterMs;
  const reply = { elapsedTime: readyAfterMs };
  const context = { switchToHttp: () => ({ getResponse: () => reply }) } as unknown as ExecutionContext;
  let left: number | undefined;
  const leave = (): void => {
    left ??= performance.now() - began;
  };
  lastValueFrom(new EvenBeat().intercept(context, { handle: () => defer(answer) })).then(leave, leave);
  for (let waited = 0; left === undefined && waited < 3 * BEAT_MS; waited += 1) await time.pass(waited === 0 ? 0 : 1);
  return left ?? Number.POSITIVE_INFINITY;
}

it.each([
  ['a refusal', refused],
  ['an answer that a person is still to give', waiting],
  ['an answer that the custodian did not give', unavailable],
  ['an explanation', explained],
])('%s leaves on the beat', async (_, answer) => {
  expect(await leavesAt(12, () => Promise.resolve(answer))).toBe(BEAT_MS);
});

it('what fails leaves on the beat, as the failure it was', async () => {
  expect(await leavesAt(12, () => Promise.reject(new Error('too many')))).toBe(BEAT_MS);
  const context = { switchToHttp: () => ({ getResponse: () => ({ elapsedTime: BEAT_MS }) }) };
  const failing = new EvenBeat().intercept(context as unknown as ExecutionContext, {
    handle: () => defer(() => Promise.reject(new Error('too many'))),
  });
  await expect(lastValueFrom(failing)).rejects.toThrow('too many');
});

it('what releases something waits for nothing', async () => {
  expect(await leavesAt(12, () => Promise.resolve(released))).toBe(12);
});

it('two refusals that took different times leave at one', async () => {
  const times = [7, 7.3, 49];
  const left: number[] = [];
  for (const ready of times) left.push(await leavesAt(ready, () => Promise.resolve(refused)));
  for (const at of left) {
    expect(at).toBeGreaterThanOrEqual(BEAT_MS);
    expect(at).toBeLessThan(BEAT_MS + 1);
  }
});

it.each([
  { readyAfterMs: BEAT_MS, leaves: BEAT_MS },
  { readyAfterMs: BEAT_MS + 1, leaves: 2 * BEAT_MS },
  { readyAfterMs: 5 * BEAT_MS - 3, leaves: 5 * BEAT_MS },
])('a refusal that took $readyAfterMs ms leaves at $leaves', async ({ readyAfterMs, leaves }) => {
  expect(await leavesAt(readyAfterMs, () => Promise.resolve(refused))).toBe(leaves);
});

it.each([
  ['an ask', AsksController, 'ask'],
  ['an explanation', ExplanationsController, 'explain'],
])('%s is answered on the beat', (_, controller, handler) => {
  const method = Reflect.get(controller.prototype, handler) as object;
  expect(Reflect.getMetadata(INTERCEPTORS_METADATA, method)).toEqual([EvenBeat]);
});
