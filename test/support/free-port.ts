import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Where no system hands out ports by itself: on Linux they begin at 32768. One that was given out and let go could be
 * another's by the time it is used.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;

/** The first of so many ports in a row that nobody uses, to be used before long. */
export async function freePort(inRow = 1): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST, HIGHEST - inRow);
    const row = Array.from({ length: inRow }, (_, at) => first + at);
    const isFree = await Promise.all(row.map(isUnused));
    if (!isFree.includes(false)) return first;
  }
}

async function isUnused(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  const isListening = await once(probe, 'listening').then(
    () => true,
    () => false,
  );
  if (isListening) await once(probe.close(), 'close');
  return isListening;
}
