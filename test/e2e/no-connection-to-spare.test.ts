import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { anchorLocks } from '../support/anchor-locks.js';
import { aFlag, push } from '../support/flags.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

/** As many as the gateway has connections for its callers. */
const CALLERS = 10;

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

it('a gateway whose every connection is in use reads its keys again, and does not wait for itself', async () => {
  const nurse = world.client('northmoor-nhs-trust', 'nnt-211');
  expect((await push(nurse, aFlag())).status).toBe(201);
  const beside = await world.database.open('gateway');
  const nothingChanged = new Error('rolled back');
  let answers: Promise<{ readonly status: number }>[] = [];
  const meanwhile = beside.outside(async (tx) => {
    await tx.change({ kind: 'policy', id: 'published' });
    answers = Array.from({ length: CALLERS }, () => push(nurse, aFlag()));
    const waiting = async (): Promise<number> =>
      (await anchorLocks(beside)).filter(({ state }) => state === 'awaited').length;
    const until = Date.now() + 30_000;
    while ((await waiting()) < CALLERS && Date.now() < until) await pause(20);
    expect(await waiting()).toBe(CALLERS);
    // Every caller holds a connection now, and signs only after this.
    await world.database.asOwner(`SELECT pg_notify('gateway_changed', 'key one')`);
    await pause(2_000);
    throw nothingChanged;
  });
  await expect(meanwhile).rejects.toBe(nothingChanged);

  const answered = await Promise.race([Promise.all(answers), pause(40_000, [], { ref: false })]);
  expect(answered.map(({ status }) => status)).toEqual(answers.map(() => 201));
});
