import { execFile } from 'node:child_process';
import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../../src/platform/embedded-postgres/start-embedded-postgres.js';
import type { Reply } from '../../support/agency-client.js';
import { holdTogether } from '../held-together.js';
import { Reconciliation } from '../reconcile.js';
import type { Scenario, Trial } from '../scenario.js';
import { smallDisk, type SmallDisk } from '../small-disk.js';
import { ask, hasData } from '../the-ask.js';
import { defectsOf, tortureWorld, type TortureWorld } from '../torture-world.js';

const DATA_MEGABYTES = 224;
const WAL_MEGABYTES = 160;
const WAL_IN_SMALL_STEPS = { min_wal_size: '32MB', max_wal_size: '64MB' };
const NOTICED_WITHIN_ASKS = 400;
const SERVES_AGAIN_WITHIN_MS = 30_000;

interface Disks {
  readonly data: SmallDisk;
  readonly wal: SmallDisk;
}

/** Mounts two small disks and has a new server lay its data on one and its write-ahead log on the other. */
async function lay(directory: string, mounted: SmallDisk[]): Promise<Disks | undefined> {
  const data = await smallDisk(directory, DATA_MEGABYTES);
  if (data === undefined) return undefined;
  mounted.push(data);
  const wal = await smallDisk(join(directory, '..', 'wal'), WAL_MEGABYTES);
  if (wal === undefined) return undefined;
  mounted.push(wal);
  const server = await startEmbeddedPostgres({ directory, database: 'gateway', settings: WAL_IN_SMALL_STEPS });
  const log = join(server.dataDirectory, 'pg_wal');
  await server.stop();
  const moved = join(wal.path, 'pg_wal');
  await copied(log, moved);
  await rename(log, `${log}.before`);
  await symlink(moved, log);
  return { data, wal };
}

async function copied(from: string, to: string): Promise<void> {
  // With owners and modes, which the server insists on.
  await promisify(execFile)('cp', ['-a', from, to]);
}

/** 503 with whom to call and no data, or an answer that was properly recorded. */
function judge(world: TortureWorld, trial: Trial, reply: Reply, when: string): void {
  if (reply.status === 503) {
    trial.hold(!hasData(reply), `${when}: a 503 holds data`);
    trial.hold(reply.bytes.includes('"contact":'), `${when}: a 503 names nobody to call`);
    return;
  }
  const defect = defectsOf(world).at(-1) ?? '';
  trial.hold(reply.status === 200, `${when}: answered ${String(reply.status)} ${reply.status === 500 ? defect : ''}`);
}

async function untilServed(world: TortureWorld, trial: Trial, when: string): Promise<number> {
  const within = trial.patience * SERVES_AGAIN_WITHIN_MS;
  const began = performance.now();
  while (performance.now() - began < within) {
    const replies = await Promise.all(world.gateways.map((gateway) => ask(world, gateway).catch(() => undefined)));
    if (replies.every((reply) => reply?.status === 200)) return performance.now() - began;
    await pause(100);
  }
  trial.hold(false, `${when}: not served again within ${String(within)} ms`);
  return within;
}

async function dataFull(world: TortureWorld, { data }: Disks, trial: Trial): Promise<void> {
  await data.fill();
  let refused = 0;
  for (let asked = 0; asked < NOTICED_WITHIN_ASKS && refused < 6; asked += 2) {
    const replies = await Promise.all(world.gateways.map((gateway) => ask(world, gateway)));
    for (const reply of replies) judge(world, trial, reply, 'the disk of the data was full');
    refused += replies.filter(({ status }) => status === 503).length;
  }
  trial.hold(refused > 0, 'the disk of the data was full and every ask was served');
  trial.count('asks refused while the disk of the data was full', refused);
  await data.empty();
  const took = await untilServed(world, trial, 'the disk of the data had room again');
  trial.note('served again after the data had room, ms', Math.round(took));
}

async function walFull(world: TortureWorld, { wal }: Disks, trial: Trial): Promise<void> {
  const before = world.database.pid;
  await wal.fill();
  const server = { isDown: false };
  // Eight megabytes a time, until the server has no more to write to.
  const filling = (async (): Promise<void> => {
    while (!server.isDown)
      await world
        .look(`SELECT pg_logical_emit_message(false, 'torture', repeat('x', 8000000)), pg_switch_wal()`)
        .catch(() => undefined);
  })();
  let refused = 0;
  for (let asked = 0; asked < NOTICED_WITHIN_ASKS && refused < 10; asked += 2) {
    const replies = await Promise.all(world.gateways.map((gateway) => ask(world, gateway).catch(() => undefined)));
    for (const reply of replies) if (reply !== undefined) judge(world, trial, reply, 'the disk of the WAL was full');
    refused += replies.filter((reply) => reply?.status === 503).length;
    if (refused > 0) server.isDown = true;
  }
  server.isDown = true;
  trial.hold(refused > 0, 'the disk of the WAL was full and every ask was served');
  trial.count('asks refused while the disk of the WAL was full', refused);
  await wal.empty();
  await filling;
  const took = await untilServed(world, trial, 'the disk of the WAL had room again');
  trial.note('served again after the WAL had room, ms', Math.round(took));
  trial.count(world.database.pid === before ? 'the server recovered by itself' : 'the server was started again');
  for (const gateway of world.gateways) trial.hold(gateway.isRunning, 'a gateway ended because its database did');
}

export const diskFull: Scenario = {
  name: 'disk-full',
  shows:
    'a disk that is full, under the data or the write-ahead log: nothing is released unrecorded, and all resumes by itself',
  failures: [11, 12],
  invariants: ['I1', 'I2', 'I23'],
  rounds: { whole: 6, short: 1 },

  async run(trial) {
    let disks: Disks | undefined;
    const world = await tortureWorld({
      databaseSettings: WAL_IN_SMALL_STEPS,
      beforeDatabase: async (directory) => {
        const mounted: SmallDisk[] = [];
        disks = await lay(directory, mounted);
        return async () => {
          for (const disk of mounted.reverse()) await disk.unmount();
        };
      },
    });
    try {
      if (disks === undefined) {
        trial.note('not run', 'this account may not mount a file system');
        return;
      }
      const reconciliation = new Reconciliation(world);
      for (let round = 1; round <= trial.rounds; round += 1) {
        await untilServed(world, trial, 'before');
        await dataFull(world, disks, trial);
        await holdTogether(trial, reconciliation, `round ${String(round)}, data`);
        await walFull(world, disks, trial);
        await holdTogether(trial, reconciliation, `round ${String(round)}, WAL`);
      }
    } finally {
      await world.close();
    }
  },
};
