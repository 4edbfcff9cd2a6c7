import { LogWatch } from '../../../src/disclosure-log/log-watch.js';
import { DisclosureLog } from '../../../src/disclosure-log/disclosure-log.js';
import { Sequencer } from '../../../src/disclosure-log/sequencer.js';
import { SystemClock } from '../../../src/platform/clock.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { Readiness } from '../../../src/platform/health/readiness.js';
import { TimeOrderedIds } from '../../../src/platform/ids.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { SystemRandomness } from '../../../src/platform/randomness.js';
import { council, disclosure, logWorld, police, type LogWorld } from '../../support/log-world.js';

let world: LogWorld;
let sequencer: Sequencer;
let readiness: Readiness;
let metrics: Metrics;
let watch: LogWatch;

beforeEach(async () => {
  world = await logWorld();
  sequencer = new Sequencer(
    connectionTo(world.world.urls.sequencer),
    () => world.keys.logSigner(),
    new SystemRandomness(),
    world.events,
  );
  readiness = new Readiness(world.database, world.keys, { seconds: 0 }, world.events);
  metrics = new Metrics();
  watch = new LogWatch(world.database, sequencer, readiness, metrics, world.events);
  watch.onApplicationBootstrap();
});
afterEach(async () => {
  watch.beforeApplicationShutdown();
  await sequencer.stop();
  await world.close();
});

/** Makes what waits look as if it had for so long: nothing but the time is touched, by someone whom no trigger stops. */
const waitingFor = (seconds: number): Promise<object[]> =>
  world.world.asOwner(
    `ALTER TABLE gateway.pending DISABLE TRIGGER USER; ALTER TABLE gateway.pending NO FORCE ROW LEVEL SECURITY;
     UPDATE gateway.pending SET queued_at = clock_timestamp() - interval '${String(seconds)} seconds';
     ALTER TABLE gateway.pending ENABLE TRIGGER USER; ALTER TABLE gateway.pending FORCE ROW LEVEL SECURITY;`,
  );

/** Appends as a gateway that watches its log. */
function append(): Promise<unknown> {
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const log = new DisclosureLog(world.database, world.keys, world.sealer, randomness, ids, clock, watch);
  return world.database.within({ parties: [police, council] }, (tx) =>
    log.append(tx, log.prepare(disclosure(ids.next()))),
  );
}

describe('a log', () => {
  it('that keeps up is well, and no alarm', async () => {
    expect(await readiness.report()).toMatchObject({ is: 'ready', needs: { log: true }, alarms: [] });
    expect((await metrics.exposition()).text).toContain('gateway_log_oldest_pending_seconds 0');
  });

  it('whose entries wait is told of once, by warning, measure and readiness, and disclosed on all the same', async () => {
    await world.append();
    await waitingFor(10);

    expect(await readiness.report()).toMatchObject({ is: 'ready', needs: { log: true }, alarms: ['log-entries-wait'] });
    await watch.look();
    expect(world.events.events.filter((event) => event === 'the log does not keep up')).toHaveLength(1);
    const [, waited] = /^gateway_log_oldest_pending_seconds ([\d.]+)$/m.exec((await metrics.exposition()).text) ?? [];
    expect(Number(waited)).toBeGreaterThan(9);
    await append();
  });

  it('that breaks the promise of a receipt takes nothing more, until it has caught up', async () => {
    await world.append();
    await waitingFor(61);

    expect(await readiness.report()).toMatchObject({
      is: 'not-ready',
      needs: { log: false },
      alarms: ['log-entries-late'],
    });
    await expect(append()).rejects.toMatchObject({ slug: 'log-unavailable' });

    sequencer.start();
    await world.sequenced(1);
    expect(await readiness.report()).toMatchObject({ is: 'ready', alarms: [] });
    expect(world.events.events).toContain('the log keeps up again');
    await append();
  });

  it('that contradicts itself halts the sequencer, and the gateway is not ready', async () => {
    sequencer.start();
    await world.append();
    await world.sequenced(1);
    await sequencer.stop();
    await world.world.asOwner(
      `ALTER TABLE gateway.log_state DISABLE TRIGGER USER; ALTER TABLE gateway.log_state NO FORCE ROW LEVEL SECURITY;
       UPDATE gateway.log_state SET root = sha256('another');`,
    );
    sequencer.start();
    while (sequencer.state !== 'halted') await new Promise((resolve) => setTimeout(resolve, 20));

    expect(await readiness.report()).toMatchObject({ is: 'not-ready', alarms: ['log-sequencer-halted'] });
    expect((await metrics.exposition()).text).toContain('gateway_log_sequencer_halted 1');
    await expect(append()).rejects.toMatchObject({ slug: 'log-unavailable' });
  });
});
