import { setTimeout as pause } from 'node:timers/promises';
import { holdTogether } from '../held-together.js';
import { Load } from '../load.js';
import { Reconciliation } from '../reconcile.js';
import { processesOf } from '../server-processes.js';
import type { Scenario } from '../scenario.js';
import type { TortureWorld } from '../torture-world.js';
import { sameExchangeForOneKey, settled } from './gateway-killed.js';

const CALLERS = 4;
const THINKS_MS = 40;
const SERVES_AGAIN_WITHIN_MS = 30_000;
/** What of a server is killed. */
export const KILLED = ['the server', 'the server with all its processes', 'one of its processes'] as const;

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Kills it, or what of it is said. */
export async function kill(
  { database, look }: TortureWorld,
  which: (typeof KILLED)[number],
  one: number,
): Promise<void> {
  switch (which) {
    case 'the server':
      killed(database.pid);
      return;
    case 'the server with all its processes':
      for (const pid of await processesOf(database.pid)) killed(pid);
      return;
    case 'one of its processes': {
      const serving = await look<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid`,
      );
      const { pid } = serving[one % Math.max(1, serving.length)] ?? {};
      if (pid !== undefined) killed(pid);
    }
  }
}

/** Whether the server waits for the disk. */
export async function isDurable({ look }: TortureWorld): Promise<boolean> {
  const rows = await look<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
  );
  return rows.length === 3 && rows.every(({ setting }) => setting === 'on');
}

export const postgresKilled: Scenario = {
  name: 'postgres-killed',
  shows: 'the database killed under load loses nothing that was acknowledged, and gateways find it again by themselves',
  failures: [3, 4, 5],
  invariants: ['I1', 'I2', 'I3', 'I23'],
  rounds: { whole: 20, short: 2 },

  async run(trial) {
    const world = await trial.world();
    trial.hold(await isDurable(world), 'the database writes to disk before it acknowledges');
    const reconciliation = new Reconciliation(world);
    const load = new Load(world, trial.chance, CALLERS, THINKS_MS);
    let slowest = 0;
    try {
      for (let round = 1; round <= trial.rounds; round += 1) {
        for (const gateway of world.gateways)
          await load.untilReleased(gateway, trial.patience * SERVES_AGAIN_WITHIN_MS);
        const which = KILLED[(round - 1) % KILLED.length] ?? KILLED[0];
        await pause(trial.chance.whole(50, 500));
        await kill(world, which, trial.chance.whole(0, 1_000));
        trial.count(`kills of ${which}`);
        const began = performance.now();
        for (const gateway of world.gateways)
          await load.untilReleased(gateway, trial.patience * SERVES_AGAIN_WITHIN_MS);
        slowest = Math.max(slowest, performance.now() - began);
        await holdTogether(trial, reconciliation, `round ${String(round)}, killed ${which}`);
      }
    } finally {
      await load.stop();
    }
    await settled(world, trial);
    await holdTogether(trial, reconciliation, 'at the end');
    sameExchangeForOneKey(world, load, trial);
    trial.note('slowest release by both gateways after a kill, ms', Math.round(slowest));
    trial.note('exchanges acknowledged', reconciliation.acknowledged.length);
    trial.count('asks whose connection ended instead', load.heard.filter(({ reply }) => reply === undefined).length);
  },
};
