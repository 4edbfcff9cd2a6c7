import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Sequencer, type SequencerState } from '../../../src/disclosure-log/sequencer.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { SystemRandomness } from '../../../src/platform/randomness.js';
import { logWorld, type LogWorld } from '../../support/log-world.js';
import { muteableTo } from '../../support/muteable-wire.js';

// What has to be quick is counted: the machine may be busy with other suites.

let world: LogWorld;
const processes: ChildProcess[] = [];
beforeEach(async () => {
  world = await logWorld();
});
afterEach(async () => {
  for (const each of processes.splice(0)) each.kill('SIGKILL');
  await world.close();
});

/** Two seconds, in waits: a machine that is slow lengthens each of them as it lengthens what is waited for. */
const TWO_SECONDS = 20;
const WAIT_MILLISECONDS = 100;

/** How many waits it takes until the sequencer is in that state. */
async function waitsUntil(sequencer: Sequencer, state: SequencerState): Promise<number> {
  for (let waits = 0; ; waits++) {
    if (sequencer.state === state) return waits;
    await pause(WAIT_MILLISECONDS);
  }
}

/** Hands it on until that took two seconds, thrice at most: a machine may stand still once, a sequencer that waits longer does each time. */
async function fastestOf(handOn: (turn: number) => Promise<number>): Promise<void> {
  const waits: number[] = [];
  do waits.push(await handOn(waits.length + 1));
  while (Math.min(...waits) > TWO_SECONDS && waits.length < 3);
  expect(Math.min(...waits)).toBeLessThanOrEqual(TWO_SECONDS);
}

/** A process of its own that holds the lease, as a gateway would that is about to die. */
async function holder(): Promise<ChildProcess> {
  const program = `
    import pg from 'pg';
    const client = new pg.Client({ connectionString: process.env.URL });
    await client.connect();
    const { rows } = await client.query('SELECT pg_try_advisory_lock(7235429003871165003) AS held');
    console.log(rows[0].held);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '..', '..', '..'),
    env: { URL: world.world.urls.sequencer },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString().trim()).toBe('true');
  return child;
}

describe('the lease of the sequencer', () => {
  it('is handed on within two seconds when the process that holds it is killed', async () => {
    await fastestOf(async (turn) => {
      const dying = await holder();
      const standby = world.sequencer();
      await world.append();
      for (let looks = 0; looks < 10; looks++) {
        await pause(WAIT_MILLISECONDS);
        expect(standby.state).toBe('standing-by');
      }

      dying.kill('SIGKILL');
      const waits = await waitsUntil(standby, 'sequencing');
      await world.sequenced(turn);
      await standby.stop();
      return waits;
    });
  });

  it('is handed on within two seconds when the network of its holder falls silent, who then stands by', async () => {
    const wire = await muteableTo(world.world.urls.sequencer);
    const signer = () => world.keys.logSigner();
    const first = new Sequencer(connectionTo(wire.url), signer, new SystemRandomness(), world.events);
    try {
      first.start();
      await fastestOf(async (turn) => {
        await waitsUntil(first, 'sequencing');
        const second = world.sequencer();
        await world.append();
        await world.sequenced(3 * turn - 2);
        expect(second.state).toBe('standing-by');

        wire.mute();
        const waits = await waitsUntil(second, 'sequencing');
        await world.append();
        await world.sequenced(3 * turn - 1);

        await waitsUntil(first, 'standing-by');
        wire.accept();
        await second.stop();
        await waitsUntil(first, 'sequencing');
        await world.append();
        await world.sequenced(3 * turn);
        return waits;
      });
    } finally {
      await first.stop();
      await wire.close();
    }
  });
});
