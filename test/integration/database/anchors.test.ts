import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import type { Anchor } from '../../../src/platform/database/anchors.js';
import type { Scope } from '../../../src/platform/database/database.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

const police: Scope = { parties: ['met-police' as AgencyId] };
const health: Scope = { parties: ['barts-health' as AgencyId] };
const child: Anchor = { kind: 'subject', id: '01890a5d-ac96-774b-bcce-b302099a8057' };
const policy: Anchor = { kind: 'policy', id: 'in-force' };
const agency: Anchor = { kind: 'agency', id: 'met-police' };

let world: TestDatabase;
let database: PostgresDatabase;
beforeAll(async () => {
  world = await freshDatabase();
  // Stands for consent, objection, hold: a fact that a decision rests on.
  await world.asOwner(`
    CREATE TABLE gateway.withdrawal (name text PRIMARY KEY);
    GRANT SELECT, INSERT ON gateway.withdrawal TO sg_gateway;
  `);
  database = await world.open('gateway', { poolSize: 40 });
});
afterAll(() => world.close());

const withdraw = (tx: Tx, name: string): Promise<object[]> =>
  tx.sql('INSERT INTO gateway.withdrawal VALUES ($1)', [name]);
const isWithdrawn = async (tx: Tx, name: string): Promise<boolean> =>
  (await tx.sql('SELECT FROM gateway.withdrawal WHERE name = $1', [name])).length > 0;

async function untilWaiting(sessions: number): Promise<void> {
  for (;;) {
    const [row] = await world.asOwner<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
    );
    if (row?.waiting === sessions) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('an anchor', () => {
  it('never changed is at version 0, and moves on by one at each change', async () => {
    const anchors = [agency, policy];
    const versions = (): Promise<unknown> =>
      database.outside(async (tx) => [...(await tx.versionsOf(anchors)).values()]);
    expect(await versions()).toEqual([0n, 0n]);
    await database.within(police, (tx) => tx.change(agency));
    await database.within(police, (tx) => tx.change(agency));
    expect(await versions()).toEqual([2n, 0n]);
  });

  it.each([
    { because: 'its version would skip', text: `UPDATE gateway.anchor SET version = version + 2` },
    { because: 'its version would go back', text: `UPDATE gateway.anchor SET version = version - 1` },
    { because: 'it would become another', text: `UPDATE gateway.anchor SET id = 'other'` },
    { because: 'it would be forgotten', text: `DELETE FROM gateway.anchor` },
  ])('is not to be changed otherwise: $because', async ({ text }) => {
    await database.within(police, (tx) => tx.change({ kind: 'agency', id: 'moved' }));
    await expect(database.within(police, (tx) => tx.sql(text))).rejects.toMatchObject({
      code: expect.stringMatching(/^(23514|42501)$/),
    });
  });
});

describe('a decision and a change of what it rests on', () => {
  it('a change that was first is seen by what is read after the lock', async () => {
    const changing = gate();
    const change = database.within(health, async (tx) => {
      await tx.change(child);
      await withdraw(tx, 'first');
      await changing.opened;
    });
    await untilHeld();
    const decision = database.within(police, async (tx) => {
      const before = await isWithdrawn(tx, 'first');
      await tx.lockShared([policy, agency, child]);
      return [before, await isWithdrawn(tx, 'first'), (await tx.versionsOf([child])).get(`subject:${child.id}`)];
    });
    await untilWaiting(1);
    changing.open();
    await change;
    expect(await decision).toEqual([false, true, 1n]);
  });

  it('a decision that was first is committed before the change is made', async () => {
    const deciding = gate();
    const order: string[] = [];
    const decision = database.within(police, async (tx) => {
      await tx.lockShared([child]);
      const seen = await isWithdrawn(tx, 'second');
      await deciding.opened;
      return seen;
    });
    await untilHeld();
    const change = database.within(health, async (tx) => {
      await tx.change(child);
      order.push('changed');
      await withdraw(tx, 'second');
    });
    await untilWaiting(1);
    order.push('decided');
    deciding.open();
    expect(await decision).toBe(false);
    await change;
    expect(order).toEqual(['decided', 'changed']);
  });

  it('decisions on one anchor do not wait for each other', async () => {
    const together = gate();
    let held = 0;
    const decide = (): Promise<void> =>
      database.within(police, async (tx) => {
        await tx.lockShared([child]);
        held += 1;
        if (held === 8) together.open();
        await together.opened;
      });
    await Promise.all(Array.from({ length: 8 }, decide));
    expect(held).toBe(8);
  });

  it('a change is not starved by 32 that decide without pause', async () => {
    // Whoever is starved waits for ever: what ends a wait here is the change's turn and nothing else.
    const patient = await world.open('gateway', { poolSize: 40, lockTimeoutMilliseconds: 50_000 });
    let isOver = false;
    let decisions = 0;
    const decide = async (): Promise<void> => {
      while (!isOver) {
        await patient.within(police, async (tx) => {
          await tx.lockShared([child]);
          await tx.sql('SELECT pg_sleep(0.005)');
          decisions += 1;
        });
      }
    };
    const deciders = Array.from({ length: 32 }, decide);
    const madeMeanwhile: number[] = [];
    try {
      for (let change = 0; change < 5; change += 1) {
        const before = decisions;
        while (decisions < before + 64) await new Promise((resolve) => setTimeout(resolve, 1));
        await patient.within(health, async (tx) => {
          await tx.sql('SELECT 1');
          const asked = decisions;
          await tx.change(child);
          madeMeanwhile.push(decisions - asked);
        });
      }
    } finally {
      isOver = true;
    }
    await Promise.all(deciders);
    // Counted, not timed: those that held it when the change began to wait, and few more.
    expect(Math.max(...madeMeanwhile)).toBeLessThan(32 * 4);
  });

  it('two changes in opposite orders both happen in the end', async () => {
    const [one, two] = [gate(), gate()];
    const crossing = (first: Anchor, second: Anchor, mine: typeof one, theirs: typeof one): Promise<void> =>
      database.within(health, async (tx) => {
        await tx.change(first);
        mine.open();
        await theirs.opened;
        await tx.change(second);
      });
    const anchors: [Anchor, Anchor] = [
      { kind: 'agency', id: 'crossing-a' },
      { kind: 'agency', id: 'crossing-b' },
    ];
    await Promise.all([crossing(anchors[0], anchors[1], one, two), crossing(anchors[1], anchors[0], two, one)]);
    const versions = await database.outside((tx) => tx.versionsOf(anchors));
    expect([...versions.values()]).toEqual([2n, 2n]);
  });

  async function untilHeld(): Promise<void> {
    for (;;) {
      const [row] = await world.asOwner<{ held: number }>(
        `SELECT count(*)::integer AS held FROM pg_locks WHERE locktype = 'advisory' AND granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      if ((row?.held ?? 0) > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});
