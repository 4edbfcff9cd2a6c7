import { findingOf } from '../../src/disclosure-log/log-watch.js';

describe('a log', () => {
  it.each([
    [0, 'sequencing', { is: 'well' }],
    [2, 'standing-by', { is: 'well' }],
    [2.1, 'sequencing', { is: 'alarming', because: 'log-entries-wait' }],
    [60, 'stopped', { is: 'alarming', because: 'log-entries-wait' }],
    [60.1, 'sequencing', { is: 'failed', because: 'log-entries-late' }],
    [0, 'halted', { is: 'failed', because: 'log-sequencer-halted' }],
  ] as const)('whose oldest entry has waited %s s, with a sequencer %s, is found %o', (waited, state, found) => {
    expect(findingOf(waited, state)).toEqual(found);
  });
});
