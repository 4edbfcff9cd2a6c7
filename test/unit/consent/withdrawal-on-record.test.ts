import { WithdrawalsInTheLog } from '../../../src/bindings/withdrawal-follower.binding.js';
import type { WithdrawnConsent } from '../../../src/consent/wish.js';
import { instantOf } from '../../../src/core/vocabulary/time.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';

const withdrawn = {
  id: '01a21493-7ebb-7251-b177-c29052c7cefd',
  person: '01a21493-7ebb-7251-b177-c29052c7ceff',
  agency: 'northmoor-council',
  recipients: ['bluebell-parenting'],
  purpose: 'child-early-help',
  scope: ['contact-details'],
} as unknown as WithdrawnConsent;
const by = { agency: 'northmoor-council', officer: 'nmc-lead-1' } as never;

/** Follows a withdrawal with a log that takes it, or fails as said. */
async function followed(failure?: Error) {
  const appended: object[] = [];
  const said: string[] = [];
  const follower = new WithdrawalsInTheLog(
    {
      prepare: (entry: object) => entry,
      append: (_tx: unknown, entry: object) => {
        if (failure !== undefined) return Promise.reject(failure);
        appended.push(entry);
        return Promise.resolve();
      },
    } as never,
    { refFor: () => Promise.resolve('01a21493-7ebb-7251-b177-c29052c7cefe') } as never,
    { next: () => '01a21493-7ebb-7251-b177-c29052c7cef0' },
    { error: (text: string) => said.push(text) } as never,
  );
  await follower.follow({} as never, withdrawn, by, instantOf(Date.UTC(2026, 10, 3)));
  return { appended, said };
}

describe('a withdrawal', () => {
  it('is on the record of its agency alone, with what it stops and what it leaves', async () => {
    const { appended } = await followed();

    expect(appended).toMatchObject([
      {
        custodian: undefined,
        requester: {
          agency: 'northmoor-council',
          counterpart: null,
          officer: 'nmc-lead-1',
          categories: ['contact-details'],
          decidedAt: '2026-11-03T00:00:00.000Z',
          details: {
            consent: withdrawn.id,
            recipients: ['bluebell-parenting'],
            effects: [
              { on: 'asks-from-now-on', effect: 'left-to-a-person' },
              { on: 'messages-nobody-was-shown', effect: 'withheld' },
              { on: 'what-rests-on-another-basis', effect: 'none' },
              { on: 'past-disclosures', effect: 'none' },
            ],
          },
        },
      },
    ]);
  });

  it('is obeyed though the log cannot be relied on, and an operator hears of it', async () => {
    expect(await followed(new GatewayProblem('log-unavailable'))).toEqual({
      appended: [],
      said: ['a withdrawal was obeyed and is not in the log'],
    });
  });

  it('is not made where anything else fails', async () => {
    await expect(followed(new Error('a defect'))).rejects.toThrow('a defect');
  });
});
