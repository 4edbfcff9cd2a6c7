import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { holdTogether } from '../held-together.js';
import { Load } from '../load.js';
import { Reconciliation } from '../reconcile.js';
import { processesOf } from '../server-processes.js';
import type { Scenario } from '../scenario.js';
import { sameExchangeForOneKey, settled } from './gateway-killed.js';

const CALLERS = 4;
const BREAKS_WITHIN_MS = 10_000;
const SERVES_AGAIN_WITHIN_MS = 30_000;

/** Has every write to disk of these processes fail until they have ended, or are let go; undefined where that cannot be done here. */
async function brokenDisk(
  pids: readonly number[],
): Promise<{ readonly ended: Promise<'ended' | 'unable'>; readonly letGo: () => Promise<void> } | undefined> {
  const inject = ['fsync', 'fdatasync'].map((call) => `--inject=${call}:error=EIO`);
  const traced = pids.flatMap((pid) => ['-p', String(pid)]);
  const strace = spawn('strace', ['-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', ...inject, ...traced], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  strace.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(strace, 'exit').then(
    () => 'ended' as const,
    () => 'unable' as const,
  );
  if ((await Promise.race([ended, pause(300)])) === 'unable' || /not permitted/i.test(said)) return undefined;
  return {
    ended,
    letGo: async () => {
      strace.kill('SIGTERM');
      await ended;
    },
  };
}

export const diskBroken: Scenario = {
  name: 'disk-broken',
  shows:
    'a write to disk that fails under load: the database gives up rather than acknowledge, and no answer leaves for it',
  failures: [5, 13],
  invariants: ['I1', 'I3', 'I23'],
  rounds: { whole: 5, short: 1 },

  async run(trial) {
    const world = await trial.world();
    const reconciliation = new Reconciliation(world);
    const load = new Load(world, trial.chance, CALLERS);
    try {
      for (let round = 1; round <= trial.rounds; round += 1) {
        for (const gateway of world.gateways)
          await load.untilReleased(gateway, trial.patience * SERVES_AGAIN_WITHIN_MS);
        const [, ...processes] = await processesOf(world.database.pid);
        const disk = await brokenDisk(processes);
        if (disk === undefined) {
          trial.note('not run', 'the calls of another process cannot be made to fail here');
          break;
        }
        const gone = await Promise.race([
          disk.ended,
          pause(trial.patience * BREAKS_WITHIN_MS, undefined, { ref: false }),
        ]);
        await disk.letGo();
        trial.hold(
          gone === 'ended',
          `round ${String(round)}: the server went on with a disk that does not take what it writes`,
        );
        for (const gateway of world.gateways)
          await load.untilReleased(gateway, trial.patience * SERVES_AGAIN_WITHIN_MS);
        trial.count('times the server gave up its processes and recovered');
        await holdTogether(trial, reconciliation, `round ${String(round)}`);
      }
    } finally {
      await load.stop();
    }
    await settled(world, trial);
    await holdTogether(trial, reconciliation, 'at the end');
    sameExchangeForOneKey(world, load, trial);
    trial.note('exchanges acknowledged', reconciliation.acknowledged.length);
  },
};
