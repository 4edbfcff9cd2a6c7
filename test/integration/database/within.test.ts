import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import { CommitUnknown } from '../../../src/platform/database/commit-unknown.js';
import type { Scope } from '../../../src/platform/database/database.js';
import { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { wireTo, type Wire } from '../../support/wire.js';

const police: Scope = { parties: ['met-police' as AgencyId] };
const unavailable = { slug: 'database-unavailable' };

let world: TestDatabase;
let database: PostgresDatabase;
beforeAll(async () => {
  world = await freshDatabase();
  await world.asOwner(`
    CREATE TABLE gateway.tally (name text PRIMARY KEY, count integer NOT NULL);
    GRANT SELECT, INSERT, UPDATE ON gateway.tally TO sg_gateway;
  `);
  database = await world.open('gateway');
});
afterAll(() => world.close());

const add = (tx: Tx, name: string): Promise<object[]> =>
  tx.sql('INSERT INTO gateway.tally VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET count = tally.count + 1', [name]);

async function countOf(name: string): Promise<number> {
  const [row] = await world.asOwner<{ count: number }>('SELECT count FROM gateway.tally WHERE name = $1', [name]);
  return row?.count ?? 0;
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('a transaction', () => {
  it('gives what its work gives, and keeps what it wrote', async () => {
    expect(await database.within(police, async (tx) => (await add(tx, 'kept')).length)).toBe(0);
    expect(await countOf('kept')).toBe(1);
  });

  it('keeps nothing when its work throws, and throws the same', async () => {
    const refusal = new Error('refused');
    const work = async (tx: Tx): Promise<never> => {
      await add(tx, 'thrown');
      throw refusal;
    };
    await expect(database.within(police, work)).rejects.toBe(refusal);
    expect(await countOf('thrown')).toBe(0);
  });

  it('does not pass for committed when its work swallowed the error of a statement', async () => {
    const work = async (tx: Tx): Promise<string> => {
      await add(tx, 'swallowed');
      await tx.sql('SELECT 1 / 0').catch(() => undefined);
      return 'done';
    };
    await expect(database.within(police, work)).rejects.toMatchObject({
      message: expect.stringContaining('nothing was committed'),
      cause: { code: '22012' },
    });
    expect(await countOf('swallowed')).toBe(0);
  });

  it('lets its work read the state of a refused statement', async () => {
    const twice = (tx: Tx): Promise<object[]> => tx.sql(`INSERT INTO gateway.tally VALUES ('one', 1), ('one', 1)`);
    await expect(database.within(police, twice)).rejects.toMatchObject({ code: '23505' });
  });

  it('is of no use once it has ended', async () => {
    const kept = await database.within(police, (tx) => Promise.resolve(tx));
    await expect(kept.sql('SELECT 1')).rejects.toThrow('this transaction has ended');
  });

  it('includes a statement that nobody awaited', async () => {
    await database.within(police, (tx) => {
      void add(tx, 'unawaited');
      return Promise.resolve();
    });
    expect(await countOf('unawaited')).toBe(1);
  });

  it('fails with the error of a statement that was sent and not waited for, and keeps nothing', async () => {
    const work = async (tx: Tx): Promise<string> => {
      await add(tx, 'sent');
      tx.send(`INSERT INTO gateway.tally VALUES ('sent', 1)`);
      return 'done';
    };
    await expect(database.within(police, work)).rejects.toMatchObject({ code: '23505' });
    expect(await countOf('sent')).toBe(0);
  });

  it('fails with what its sender makes of that error', async () => {
    const made = new Error('made of it');
    const work = (tx: Tx): Promise<void> => {
      tx.send('SELECT 1 / 0', [], () => made);
      return Promise.resolve();
    };
    await expect(database.within(police, work)).rejects.toBe(made);
  });

  it('runs statements given together one after another', async () => {
    const rows = await database.within(police, (tx) =>
      Promise.all([1, 2, 3].map((n) => tx.sql<{ n: number }>('SELECT $1::integer AS n', [n]))),
    );
    expect(rows.flat().map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  it('carries out nothing behind a statement that failed, and says so', async () => {
    const outcomes = await database
      .within(police, async (tx) => {
        const settled = await Promise.allSettled([add(tx, 'before'), tx.sql('SELECT 1 / 0'), add(tx, 'behind')]);
        throw new Error('seen', { cause: settled.map((one) => (one.status === 'rejected' ? String(one.reason) : '')) });
      })
      .catch((failure: unknown) => (failure as Error).cause);
    expect(outcomes).toEqual(['', expect.stringContaining('division by zero'), expect.stringContaining('sent before')]);
    expect([await countOf('before'), await countOf('behind')]).toEqual([0, 0]);
  });

  it('goes on from a savepoint behind a statement that failed, though nobody waited for either', async () => {
    await database.within(police, async (tx) => {
      tx.send('SAVEPOINT tried');
      tx.send('SELECT 1 / 0');
      await tx.sql('ROLLBACK TO SAVEPOINT tried');
      await add(tx, 'gone on');
    });
    expect(await countOf('gone on')).toBe(1);
  });

  it('prepares anew what failed when it was first tried', async () => {
    const alone = await world.open('gateway', { poolSize: 1 });
    const divide = (by: number): Promise<object[]> =>
      alone.outside((tx) => tx.sql('SELECT 12 / $1::integer AS shared', [by]));
    await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
    await expect(divide(4)).resolves.toEqual([{ shared: 3 }]);
    await expect(alone.outside((tx) => tx.sql('SELECT nothing'))).rejects.toMatchObject({ code: '42703' });
    await expect(divide(3)).resolves.toEqual([{ shared: 4 }]);
  });

  it('sends parameters of every kind and size', async () => {
    const long = 'é'.repeat(100_000);
    const bytes = Buffer.from([0, 255, 34, 92]);
    const values = ['ünï "quoted" \\', null, ['a', null, 'b "c" \\ ,{}'], [bytes], bytes, { of: ['it'] }, true, long];
    const [row] = await database.outside((tx) =>
      tx.sql(
        `SELECT $1::text AS text, $2::text AS none, $3::text[] AS texts, ($4::bytea[])[1] AS inner_bytes, $5::bytea AS bytes,
           $6::jsonb AS json, $7::boolean AS yes, length($8::text) AS length`,
        values,
      ),
    );
    expect(row).toEqual({
      text: values[0],
      none: null,
      texts: values[2],
      inner_bytes: bytes,
      bytes,
      json: values[5],
      yes: true,
      length: 100_000,
    });
  });

  it('fails with a parameter that cannot be sent, and the connection serves on', async () => {
    const alone = await world.open('gateway', { poolSize: 1 });
    const symbol = alone.outside((tx) => tx.sql('SELECT $1::text', [Symbol('none')]));
    await expect(symbol).rejects.toThrow(TypeError);
    await expect(alone.outside((tx) => tx.sql('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
  });

  it('takes one statement, not several', async () => {
    await expect(database.outside((tx) => tx.sql('SELECT 1; SELECT 2'))).rejects.toMatchObject({ code: '42601' });
  });

  it('gives times as instants, dates as dates, and whole numbers of any size exactly', async () => {
    const [row] = await database.outside((tx) =>
      tx.sql(`SELECT timestamptz '2026-07-01 12:00:00.5+01' AS at, date '2011-03-27' AS born,
                9223372036854775807 AS many, NULL::date AS never`),
    );
    expect(row).toEqual({
      at: '2026-07-01T11:00:00.500Z',
      born: '2011-03-27',
      many: '9223372036854775807',
      never: null,
    });
  });
});

describe('a transaction that lost to another', () => {
  it('runs again after a deadlock, and both succeed', async () => {
    await database.within(police, async (tx) => [await add(tx, 'left'), await add(tx, 'right')]);
    const [leftHeld, rightHeld] = [gate(), gate()];
    let runs = 0;
    const crossing = (first: string, second: string, held: typeof leftHeld, other: typeof leftHeld) =>
      database.within(police, async (tx) => {
        runs += 1;
        await add(tx, first);
        held.open();
        await other.opened;
        await add(tx, second);
      });
    await Promise.all([crossing('left', 'right', leftHeld, rightHeld), crossing('right', 'left', rightHeld, leftHeld)]);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect([await countOf('left'), await countOf('right')]).toEqual([3, 3]);
  });

  it('runs again even when its work swallowed the failure', async () => {
    let runs = 0;
    await database.within(police, async (tx) => {
      runs += 1;
      if (runs === 1) await raise(tx, '40001').catch(() => undefined);
      await add(tx, 'swallowed conflict').catch(() => undefined);
    });
    expect([runs, await countOf('swallowed conflict')]).toEqual([2, 1]);
  });

  it('gives up as unavailable after three more runs', async () => {
    let runs = 0;
    const losing = (tx: Tx): Promise<unknown> => {
      runs += 1;
      return raise(tx, '40P01');
    };
    await expect(database.within(police, losing)).rejects.toMatchObject(unavailable);
    expect(runs).toBe(4);
  });

  it('runs again on a new connection when a migration changed a table under its plan', async () => {
    const alone = await world.open('gateway', { poolSize: 1 });
    const look = (): Promise<object[]> => alone.outside((tx) => tx.sql('SELECT * FROM gateway.tally LIMIT 0'));
    await look();
    await world.asOwner('ALTER TABLE gateway.tally ADD COLUMN note text');
    await expect(look()).resolves.toEqual([]);
  });
});

// The server's own way to fail with a state of one's choice.
const raise = (tx: Tx, state: '40001' | '40P01'): Promise<object[]> =>
  tx.sql(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '${state}'; END $$`);

describe('on the wire', () => {
  let wire: Wire;
  let watched: PostgresDatabase;
  beforeAll(async () => {
    wire = await wireTo(world.urls.gateway);
    watched = await PostgresDatabase.connect(connectionTo(wire.url, { poolSize: 1 }));
  });
  afterAll(async () => {
    wire.commits = 'pass';
    wire.release();
    await watched.close();
    await wire.close();
  });

  it('a transaction opens with its first statement, and ends with its last, in one write each', async () => {
    const work = async (tx: Tx): Promise<void> => {
      await add(tx, 'wired');
      tx.send(`UPDATE gateway.tally SET count = 0 WHERE name = 'wired'`);
    };
    await watched.within(police, work);
    wire.sent.length = 0;
    await watched.within(police, work);
    // Bound to plans prepared before: nothing is parsed again, or described.
    expect(wire.sent.map((message) => message.replace(/ \(.*| SET.*/, ''))).toEqual([
      ...['B BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE', 'E'],
      ...[`B SELECT set_config('app.parties', $1, true), set_config('app.subject', $2, true)`, 'E'],
      ...['B INSERT INTO gateway.tally VALUES', 'E', 'S'],
      ...['B UPDATE gateway.tally', 'E', 'B COMMIT', 'E', 'S'],
    ]);
  });

  it('nothing is given before the server has acknowledged COMMIT', async () => {
    wire.commits = 'hold';
    let isGiven = false;
    const work = watched.within(police, (tx) => add(tx, 'held')).then(() => (isGiven = true));
    await wire.held();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([isGiven, await countOf('held')]).toEqual([false, 0]);
    wire.commits = 'pass';
    wire.release();
    await work;
    expect(await countOf('held')).toBe(1);
  });

  it.each([
    { fate: 'cut-before', kept: 0 },
    { fate: 'cut-after', kept: 1 },
  ] as const)('COMMIT is unknown, not repeated, when the connection is $fate its answer', async ({ fate, kept }) => {
    wire.commits = fate;
    await expect(watched.within(police, (tx) => add(tx, fate))).rejects.toBeInstanceOf(CommitUnknown);
    wire.commits = 'pass';
    await watched.within(police, (tx) => add(tx, `after ${fate}`));
    expect([await countOf(fate), await countOf(`after ${fate}`)]).toEqual([kept, 1]);
  });
});

describe('a server that falls silent', () => {
  it('is given up, its connection with it, and what it was told last is unknown', async () => {
    const wire = await wireTo(world.urls.gateway);
    const hasty = await PostgresDatabase.connect(
      connectionTo(wire.url, { poolSize: 1, statementTimeoutMilliseconds: 3_000 }),
    );
    wire.commits = 'hold';
    await expect(hasty.within(police, (tx) => add(tx, 'silent'))).rejects.toBeInstanceOf(CommitUnknown);
    wire.commits = 'pass';
    await hasty.within(police, (tx) => add(tx, 'heard again'));
    expect(await countOf('heard again')).toBe(1);
    await hasty.close();
    await wire.close();
  });

  it('is not asked to roll back, which would be waited for as long again, but left with its connection', async () => {
    const wire = await wireTo(world.urls.gateway);
    const hasty = await PostgresDatabase.connect(
      connectionTo(wire.url, { poolSize: 1, statementTimeoutMilliseconds: 500 }),
    );
    try {
      const session = async (tx: Tx): Promise<unknown> => (await tx.sql('SELECT pg_backend_pid() AS pid'))[0];
      const before = await hasty.within(police, session);
      const said = wire.sent.length;
      await expect(
        hasty.within(police, async (tx) => {
          wire.mute();
          try {
            return await session(tx);
          } finally {
            // Whoever asked now would be answered.
            wire.speak();
          }
        }),
      ).rejects.toMatchObject(unavailable);
      expect(await hasty.within(police, session)).not.toEqual(before);
      expect(wire.sent.slice(said)).not.toContain('Q ROLLBACK');
    } finally {
      await hasty.close();
      await wire.close();
    }
  });
});

describe('a server that cannot serve', () => {
  /** The same short wait is allowed for a new connection: one that took longer is not what is tried. */
  async function openedInTheEnd(chosen: Parameters<TestDatabase['open']>[1]): Promise<PostgresDatabase> {
    for (;;) {
      const opened = await world.open('gateway', chosen).catch(() => undefined);
      if (opened !== undefined) return opened;
    }
  }

  /** Waits until the server has ended every session of that name, and its word of it is here. */
  async function untilEnded(applicationName: string): Promise<void> {
    const left = 'SELECT FROM pg_stat_activity WHERE application_name = $1';
    while ((await world.asOwner(left, [applicationName])).length > 0) await pause(10);
    await pause(50);
  }

  it('is unavailable when it takes too long over a statement', async () => {
    const hasty = await world.open('gateway', { statementTimeoutMilliseconds: 50 });
    await expect(hasty.outside((tx) => tx.sql('SELECT pg_sleep(5)'))).rejects.toMatchObject(unavailable);
  });

  it('is unavailable when a lock is not had in time', async () => {
    const hasty = await world.open('gateway', { lockTimeoutMilliseconds: 50 });
    const policy = { kind: 'policy', id: 'contended' } as const;
    await database.outside(async (tx) => {
      await tx.change(policy);
      await expect(hasty.outside((other) => other.change(policy))).rejects.toMatchObject(unavailable);
    });
  });

  it('is unavailable when every connection is taken for too long', async () => {
    const small = await openedInTheEnd({ poolSize: 1, connectTimeoutMilliseconds: 100 });
    await small.outside(async () => {
      await expect(small.outside((tx) => tx.sql('SELECT 1'))).rejects.toMatchObject(unavailable);
    });
  });

  it('is unavailable when it ends the session, and served again by a new one', async () => {
    const work = async (tx: Tx): Promise<void> => {
      const [session] = await tx.sql<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await add(tx, 'ended');
      await (await world.client('gateway')).query('SELECT pg_terminate_backend($1)', [session?.pid]);
      await add(tx, 'ended');
    };
    await expect(database.within(police, work)).rejects.toMatchObject(unavailable);
    await database.within(police, (tx) => add(tx, 'ended'));
    expect(await countOf('ended')).toBe(1);
  });

  it('is unavailable when it ends a transaction left idle', async () => {
    const idle = await world.open('gateway', {
      idleInTransactionTimeoutMilliseconds: 50,
      applicationName: 'idle transaction',
    });
    const work = async (tx: Tx): Promise<void> => {
      await add(tx, 'idle');
      await untilEnded('idle transaction');
      await add(tx, 'idle');
    };
    await expect(idle.within(police, work)).rejects.toMatchObject(unavailable);
    expect(await countOf('idle')).toBe(0);
  });

  it('survives the end of its idle sessions', async () => {
    const idle = await world.open('gateway', { poolSize: 1, applicationName: 'idle session' });
    await idle.outside((tx) => tx.sql('SELECT 1'));
    const ending = await world.client('gateway');
    await ending.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idle session'`,
    );
    await untilEnded('idle session');
    await expect(idle.outside((tx) => tx.sql('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
  });
});
