import { setTimeout as pause } from 'node:timers/promises';
import { AgencyDirectory } from '../../src/agencies/agency-directory.js';
import { AgencyRegister } from '../../src/agencies/agency-register.js';
import type { AgencyId, OfficerId } from '../../src/core/vocabulary/ids.js';
import { instantOf, secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import type { Tx } from '../../src/platform/database/tx.js';
import type { AgencyClient } from '../support/agency-client.js';
import { anAsk } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

// A gateway may be wrong by almost a minute and still take calls. What was ended meanwhile must not pass there.

/** As little as a test need wait for; one that is slower loses its point and nothing else. */
const BEHIND_SECONDS = 8;

let world: GatewayWorld;
let police: AgencyClient;
beforeAll(async () => {
  world = await gatewayWorld();
  const behind = await world.another();
  // The keys it signs with were made a moment ago, which to it must be in the past.
  await pause(BEHIND_SECONDS * 1_000);
  Object.assign(behind.app.get(Clock), {
    now: (): Instant => secondsAfter(instantOf(Date.now()), -BEHIND_SECONDS),
  });
  police = world.clientOf(behind, 'northmoor-police', 'np-4471');
}, 120_000);
afterAll(() => world.close());

const asked = async (): Promise<number> => (await police.post('/v1/exchanges/requests', anAsk())).status;
const here = (): Instant => instantOf(Date.now());

function changed(agency: string, change: (register: AgencyRegister, tx: Tx) => Promise<unknown>): Promise<unknown> {
  const { app } = world.gateway;
  return app.get(Database).within({ parties: [agency as AgencyId] }, (tx) => change(app.get(AgencyRegister), tx));
}

it('an ask passes at a gateway whose clock is behind: what is below fails for what was ended', async () => {
  expect(await asked()).toBe(200);
});

it.each([
  ['the custodian', 'northmoor-nhs-trust', 403],
  ['the requester', 'northmoor-police', 401],
])('none does once %s is suspended', async (_who, agency, status) => {
  await changed(agency, (register, tx) => register.suspend(tx, agency as AgencyId, 'at-once', 'by way of trial'));
  // What a gateway remembers it forgets within seconds of the change; the release reads anew, at once.
  const answers = [await asked(), await asked()];
  await changed(agency, (register, tx) => register.reinstate(tx, agency as AgencyId));
  for (const answer of answers) expect([status, 403]).toContain(answer);
});

it('none does once a key of the requester is revoked, or the officer’s role has ended', async () => {
  const agency = 'northmoor-police' as AgencyId;
  const { app } = world.gateway;
  const keys = await app.get(Database).outside((tx) => app.get(AgencyDirectory).keysOf(tx, agency));
  const kid = keys.find(({ use }) => use === 'signing')?.kid ?? '';
  expect(await asked()).toBe(200);
  await changed(agency, (register, tx) => register.endRole(tx, agency, 'np-4471' as OfficerId, here()));
  expect(await asked()).toBe(403);
  await changed(agency, (register, tx) => register.revokeKey(tx, agency, kid, here(), 'lost'));
  expect([401, 403]).toContain(await asked());
});
