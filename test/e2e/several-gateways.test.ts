import { setTimeout as pause } from 'node:timers/promises';
import { AgencyDirectory } from '../../src/agencies/agency-directory.js';
import { AgencyRegister } from '../../src/agencies/agency-register.js';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import type { Instant } from '../../src/core/vocabulary/time.js';
import { Database } from '../../src/platform/database/database.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { GatewayKeys } from '../../src/platform/keys/gateway-keys.js';
import { exchange, type AgencyClient } from '../support/agency-client.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

// What has to be quick is counted: the machine may be busy with other suites.

let world: GatewayWorld;
let other: RunningGateway;
beforeAll(async () => {
  world = await gatewayWorld();
  other = await world.another();
});
afterAll(() => world.close());

/** Five seconds, in waits: a machine that is slow lengthens each of them as it lengthens what is waited for. */
const FIVE_SECONDS = 50;

/** How many waits it takes until it holds. */
async function waitsUntil(holds: () => Promise<boolean>): Promise<number> {
  for (let waits = 0; ; waits++) {
    if (await holds()) return waits;
    await pause(100);
  }
}

/** Changes the directory by way of the first gateway. */
function changed(agency: AgencyId, change: (register: AgencyRegister, tx: Tx) => Promise<void>): Promise<void> {
  const { app } = world.gateway;
  return app.get(Database).within({ parties: [agency] }, (tx) => change(app.get(AgencyRegister), tx));
}

const now = (): Instant => new Date().toISOString() as Instant;

/** What the other gateway says to an agency that it knows well, as far as its caches go. */
async function known(agency: string, officer: string): Promise<AgencyClient> {
  const client = world.clientOf(other, agency, officer);
  for (let call = 0; call < 3; call++) expect((await client.get('/v1/agencies')).status).toBe(200);
  return client;
}

const slugOf = (body: unknown): string => (body as { type?: string }).type?.split('/').at(-1) ?? '';

describe('what one gateway is told takes effect on another within five seconds', () => {
  it('a new key of the gateway is published', async () => {
    const published = async (): Promise<number> => {
      const address = `http://127.0.0.1:${String(other.port)}`;
      const { body } = await exchange(address, '/.well-known/jwks.json', 'GET', {}, Buffer.alloc(0));
      return (body as { keys: unknown[] }).keys.length;
    };
    const before = await published();
    await world.gateway.app.get(GatewayKeys).rotate('disclosure');
    expect(await waitsUntil(async () => (await published()) === before + 1)).toBeLessThanOrEqual(FIVE_SECONDS);
  });

  it('a revoked signing key signs no call', async () => {
    const agency = 'northmoor-police' as AgencyId;
    const client = await known(agency, 'np-4471');
    const keys = await world.gateway.app
      .get(Database)
      .outside((tx) => world.gateway.app.get(AgencyDirectory).keysOf(tx, agency));
    const kid = keys.find(({ use }) => use === 'signing')?.kid ?? '';
    await changed(agency, (register, tx) => register.revokeKey(tx, agency, kid, now(), 'lost'));
    const refused = async (): Promise<boolean> =>
      slugOf((await client.get('/v1/agencies')).body) === 'signature-invalid';
    expect(await waitsUntil(refused)).toBeLessThanOrEqual(FIVE_SECONDS);
  });

  it('a suspended agency is not let in, and one that is reinstated is', async () => {
    const agency = 'northmoor-nhs-trust' as AgencyId;
    const client = await known(agency, 'nnt-mgr-1');
    const statusIs = (status: number) => async (): Promise<boolean> =>
      (await client.get('/v1/agencies')).status === status;
    await changed(agency, async (register, tx) => {
      await register.suspend(tx, agency, 'at-once', 'by way of trial');
    });
    expect(await waitsUntil(statusIs(401))).toBeLessThanOrEqual(FIVE_SECONDS);
    await changed(agency, (register, tx) => register.reinstate(tx, agency));
    expect(await waitsUntil(statusIs(200))).toBeLessThanOrEqual(FIVE_SECONDS);
  });

  it('a revoked client key obtains no token, and those it obtained are good for nothing', async () => {
    const agency = 'northmoor-council' as AgencyId;
    const client = await known(agency, 'nmc-mgr-1');
    const keys = await world.gateway.app
      .get(Database)
      .outside((tx) => world.gateway.app.get(AgencyDirectory).keysOf(tx, agency));
    const kid = keys.find(({ use }) => use === 'client')?.kid ?? '';
    await changed(agency, (register, tx) => register.revokeKey(tx, agency, kid, now(), 'lost'));
    const refused = async (): Promise<boolean> =>
      (await client.get('/v1/agencies')).status === 401 && (await client.requestToken({})).status !== 200;
    expect(await waitsUntil(refused)).toBeLessThanOrEqual(FIVE_SECONDS);
  });
});
