import { FailedCallers } from '../../../src/platform/budgets/failed-callers.js';

const fiveInTen = { most: 5, withinSeconds: 10 };
const flood = (callers: FailedCallers, address: string, times: number, now = 0): void => {
  for (let time = 0; time < times; time++) callers.failed(address, now);
};

describe('callers that prove nobody', () => {
  it('are turned away after as many failures as the limit takes, and told for how long', () => {
    const callers = new FailedCallers(fiveInTen);
    flood(callers, '192.0.2.1', 4);
    expect(callers.turnedAwayFor('192.0.2.1', undefined, 0)).toBeUndefined();
    flood(callers, '192.0.2.1', 1);
    expect(callers.turnedAwayFor('192.0.2.1', undefined, 0)).toBe(2);
    expect(callers.turnedAwayFor('192.0.2.1', undefined, 1.5)).toBe(0.5);
    expect(callers.turnedAwayFor('192.0.2.1', undefined, 2)).toBeUndefined();
  });

  it('are not known by another address', () => {
    const callers = new FailedCallers(fiveInTen);
    flood(callers, '192.0.2.1', 50);
    expect(callers.turnedAwayFor('192.0.2.2', undefined, 0)).toBeUndefined();
  });

  it('do not shut out whoever shares their address and proved who they are', () => {
    const callers = new FailedCallers(fiveInTen);
    callers.proved('good');
    flood(callers, '192.0.2.1', 50);
    expect(callers.turnedAwayFor('192.0.2.1', 'good', 0)).toBeUndefined();
    expect(callers.turnedAwayFor('192.0.2.1', 'unknown', 0)).toBeGreaterThan(0);
  });

  it('are remembered up to a bound, beyond which the one that failed longest ago goes', () => {
    const callers = new FailedCallers({ most: 1, withinSeconds: 10 });
    for (let address = 0; address < 10_000; address++) callers.failed(String(address), 0);
    callers.failed('0', 0);
    callers.failed('one more', 0);
    expect(callers.turnedAwayFor('1', undefined, 0)).toBeUndefined();
    expect(callers.turnedAwayFor('0', undefined, 0)).toBeGreaterThan(0);
    expect(callers.turnedAwayFor('one more', undefined, 0)).toBeGreaterThan(0);
  });
});
