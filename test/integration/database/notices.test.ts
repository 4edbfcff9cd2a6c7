import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import type { Anchor } from '../../../src/platform/database/anchors.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import type { NoticeTopic } from '../../../src/platform/database/notices.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import { PostgresNotices } from '../../../src/platform/database/postgres-notices.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { muteableTo, type MuteableWire } from '../../support/muteable-wire.js';

let world: TestDatabase;
let database: PostgresDatabase;
let wire: MuteableWire;
let notices: PostgresNotices;
const agency: AgencyId = 'northmoor-police' as AgencyId;

beforeEach(async () => {
  world = await freshDatabase();
  database = await world.open('gateway');
  wire = await muteableTo(world.urls.gateway);
  notices = new PostgresNotices(connectionTo(wire.url));
  notices.start();
  await until(() => notices.epochOf('agencies') !== undefined);
});
afterEach(async () => {
  await notices.stop();
  await wire.close();
  await world.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

const change = (anchor: Anchor): Promise<void> => database.within({ parties: [agency] }, (tx) => tx.change(anchor));
const next = (topic: NoticeTopic): Promise<string | undefined> =>
  new Promise((resolve) => {
    notices.on(topic, resolve);
  });

describe('notices', () => {
  it('tell which agency changed, once the change is committed', async () => {
    const epoch = notices.epochOf('agencies') ?? NaN;
    const told = next('agencies');
    await change({ kind: 'agency', id: agency });
    expect(await told).toBe(agency);
    expect(notices.epochOf('agencies')).toBeGreaterThan(epoch);
  });

  it('tell of a second change of the same agency, whose anchor is there already', async () => {
    await change({ kind: 'agency', id: agency });
    const told = next('agencies');
    await change({ kind: 'agency', id: agency });
    expect(await told).toBe(agency);
  });

  it('tell of policy, and of a new key of the gateway, each under its own topic', async () => {
    const agencies = notices.epochOf('agencies');
    const policy = next('policy');
    await change({ kind: 'policy', id: 'published' });
    expect(await policy).toBe('published');
    const keys = next('keys');
    await database.outside((tx) =>
      tx.sql(`INSERT INTO gateway.gateway_key (use, generation, kid, wrapped, made_at, signs_from)
              VALUES ('token', 1, 'a-key', decode(repeat('00', 100), 'hex'), now(), now())`),
    );
    expect(await keys).toBe('a-key');
    expect(notices.epochOf('agencies')).toBe(agencies);
  });

  it('say nothing of people, and nothing of what was undone', async () => {
    const told: (string | undefined)[] = [];
    notices.on('agencies', (changed) => void told.push(changed));
    await change({ kind: 'subject', id: randomUUID() });
    await expect(
      database.within({ parties: [agency] }, async (tx) => {
        await tx.change({ kind: 'agency', id: 'undone' });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await change({ kind: 'agency', id: 'after-both' });
    await until(() => told.includes('after-both'));
    expect(told).toEqual(['after-both']);
  });

  it('vouch for nothing once the server has ended their connection, and for nothing kept before when it is back', async () => {
    const before = notices.epochOf('policy') ?? NaN;
    const told = next('policy');
    wire.refuse();
    await world.asSuperuser(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = '${world.name}' AND application_name LIKE '% notices'`);
    await until(() => notices.epochOf('policy') === undefined);
    await change({ kind: 'policy', id: 'published' });
    wire.accept();
    expect(await told).toBeUndefined();
    expect(notices.epochOf('policy')).toBeGreaterThan(before);
  });

  it('find out by themselves that the network swallows everything, before five seconds are over', async () => {
    wire.mute();
    let seconds = 0;
    // Counted in waits that nothing can shorten: a machine that is slow lengthens them for both.
    for (; notices.epochOf('agencies') !== undefined; seconds += 0.1) await pause(100);
    expect(seconds).toBeLessThan(5);
    const told = next('agencies');
    wire.accept();
    expect(await told).toBeUndefined();
    expect(notices.epochOf('agencies')).toBeDefined();
  });
});
