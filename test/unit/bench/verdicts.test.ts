import { findIn, twiceOff } from '../../bench/aims.js';
import { quantile, type Figures } from '../../bench/figures.js';
import { soakVerdict, type Sample } from '../../bench/soak.js';

const figures = (name: string, perSecond: number): Figures => ({
  name,
  callers: 8,
  perSecond,
  p50Ms: 1,
  p99Ms: 1,
  cpuMsPerOp: 1,
});

describe('the ratio that CI holds', () => {
  it.each([
    { line: 400, floor: 1000, faults: 0, because: 'the line has its aim' },
    { line: 200, floor: 1000, faults: 0, because: 'it has half its aim' },
    { line: 199, floor: 1000, faults: 1, because: 'it has less than half' },
  ])('gives $faults faults when $because', ({ line, floor, faults }) => {
    expect(twiceOff(findIn([figures('line', line), figures('floor', floor)]))).toHaveLength(faults);
  });

  it('is at fault when it was not measured', () => {
    expect(twiceOff(findIn([figures('line', 400)]))).toHaveLength(1);
  });
});

describe('the verdict over a soak', () => {
  /** Sixty samples, ten seconds and four thousand exchanges apart, of a heap that wavers by a megabyte. */
  const samplesOf = (bytesPerExchange: number): Sample[] =>
    Array.from({ length: 60 }, (_, at) => {
      const exchanges = at * 4_000;
      const heapUsedBytes = 60e6 + bytesPerExchange * exchanges + 1e6 * Math.sin(at * 2.4);
      return { seconds: at * 10, exchanges, heapUsedBytes, residentBytes: heapUsedBytes + 200e6 };
    });

  it('is flat when the heap only wavers', () => {
    expect(soakVerdict(samplesOf(0)).found).toBe('flat');
  });

  it('is not flat when each exchange leaves 100 bytes behind', () => {
    expect(soakVerdict(samplesOf(100)).found).toBe('not-flat');
  });

  it('is not given before there are samples to tell from', () => {
    expect(soakVerdict(samplesOf(0).slice(0, 5)).found).toBe('too-short-to-tell');
  });
});

it('the quantile is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile([7], 0.99)]).toEqual([50, 99, 7]);
});
