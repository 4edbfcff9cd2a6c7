import type { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { Readiness, type Finding } from '../../../src/platform/health/readiness.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { RememberedLog } from '../../support/small-api.js';

let world: TestDatabase;
beforeEach(async () => {
  world = await freshDatabase();
});
afterEach(() => world.close());

const present = { signer: () => Promise.resolve({}) } as unknown as GatewayKeys;
const gone = { signer: () => Promise.reject(new GatewayProblem('signing-unavailable')) } as unknown as GatewayKeys;

async function readiness(keys = present): Promise<Readiness> {
  return new Readiness(await world.open('gateway'), keys, { seconds: 0 }, new RememberedLog());
}

describe('a gateway', () => {
  it('is ready with its database, every migration and its keys', async () => {
    const all = { database: true, migrations: true, keys: true };
    expect(await (await readiness()).report()).toEqual({ is: 'ready', needs: all, alarms: [] });
  });

  it('is not ready while a migration is missing', async () => {
    const gateway = await readiness();
    await world.asOwner(
      'DELETE FROM public.gateway_migration WHERE id = (SELECT max(id) FROM public.gateway_migration)',
    );
    expect(await gateway.report()).toMatchObject({ is: 'not-ready', needs: { database: true, migrations: false } });
  });

  it('is not ready without its keys', async () => {
    expect(await (await readiness(gone)).report()).toMatchObject({
      is: 'not-ready',
      needs: { database: true, keys: false },
    });
  });

  it('is not ready while its database hangs, and says so within three seconds', async () => {
    const never = {
      within: () => new Promise<never>(() => undefined),
      outside: () => new Promise<never>(() => undefined),
    };
    const gateway = new Readiness(never, present, { seconds: 0 }, new RememberedLog());
    const spentMs: number[] = [];
    // A machine may stand still once; a gateway that waits longer does so each time.
    do {
      const started = performance.now();
      const report = await gateway.report();
      expect(report).toMatchObject({ is: 'not-ready', needs: { database: false, migrations: false, keys: true } });
      spentMs.push(performance.now() - started);
    } while (Math.min(...spentMs) >= 3_000 && spentMs.length < 5);
    expect(Math.min(...spentMs)).toBeLessThan(3_000);
  });

  it('is ready with an alarm, and not with a need that failed, whichever room it is of', async () => {
    const gateway = await readiness();
    let found: Finding = { is: 'alarming', because: 'entries-wait' };
    gateway.require('log', () => Promise.resolve(found));
    expect(await gateway.report()).toMatchObject({ is: 'ready', needs: { log: true }, alarms: ['entries-wait'] });
    found = { is: 'failed', because: 'entries-late' };
    expect(await gateway.report()).toMatchObject({ is: 'not-ready', needs: { log: false }, alarms: ['entries-late'] });
    expect(() => {
      gateway.require('log', () => Promise.resolve(found));
    }).toThrow(/`log`/);
  });

  it('says it is stopping before it stops', async () => {
    const gateway = await readiness();
    await gateway.beforeApplicationShutdown();
    expect(await gateway.report()).toEqual({ is: 'stopping' });
  });
});
