import { setImmediate as turn } from 'node:timers/promises';
import { jest } from '@jest/globals';

/** Time that stands still until a test lets it pass, so that no deadline depends on how busy the machine is. */
export interface StillTime {
  /** Lets so much time pass at once, and then what it set off come to rest. */
  pass(milliseconds: number): Promise<void>;
  /** Lets no time pass until it holds. */
  until(holds: () => boolean): Promise<void>;
  /** Time runs again by itself. */
  end(): void;
}

/** Turns of the event loop in which what was written on this machine is read on this machine. */
const TURNS = 10;

/**
 * Stops `setTimeout` and `performance.now`, on which deadlines rest. Sockets, intervals and the wall clock go on.
 */
export function stillTime(): StillTime {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'], // prettier-ignore
  });
  const rest = async (): Promise<void> => {
    for (let turns = 0; turns < TURNS; turns += 1) await turn();
  };
  return {
    pass: async (milliseconds) => {
      await rest();
      jest.advanceTimersByTime(milliseconds);
      await rest();
    },
    until: async (holds) => {
      while (!holds()) await turn();
    },
    end: () => {
      jest.useRealTimers();
    },
  };
}
