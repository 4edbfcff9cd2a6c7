import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import { instantFromJson } from '../../../src/platform/database/column-types.js';
import type { Scope } from '../../../src/platform/database/database.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

const police: Scope = { parties: ['met-police' as AgencyId] };
const BEGUN = 'SELECT statement_timestamp()::text AS begun';
const NUMBERS = 'SELECT number FROM generate_series($1::int, $2::int) AS number ORDER BY number DESC';

let world: TestDatabase;
let database: PostgresDatabase;
beforeAll(async () => {
  world = await freshDatabase();
  await world.asOwner(`
    CREATE TABLE gateway.noted (what text PRIMARY KEY);
    GRANT SELECT, INSERT ON gateway.noted TO sg_gateway;
  `);
  database = await world.open('gateway');
});
afterAll(() => world.close());

const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.within(police, work);
const note = (tx: Tx, what: string): Promise<object[]> => tx.sql('INSERT INTO gateway.noted VALUES ($1)', [what]);
const noted = (tx: Tx, what: string): Promise<object[]> =>
  tx.read('SELECT what FROM gateway.noted WHERE what = $1', [what]);

describe('what is read in one turn', () => {
  it('is one statement, each question with its own parameters, rows in their order', async () => {
    const [first, numbers, none, second, later] = await within(async (tx) => {
      const together = await Promise.all([
        tx.read<{ begun: string }>(BEGUN),
        tx.read<{ number: number }>(NUMBERS, [1, 3]),
        tx.read(NUMBERS, [3, 1]),
        tx.read<{ begun: string }>(BEGUN),
      ]);
      return [...together, await tx.read<{ begun: string }>(BEGUN)] as const;
    });
    expect(numbers).toEqual([{ number: 3 }, { number: 2 }, { number: 1 }]);
    expect(none).toEqual([]);
    expect(first).toEqual(second);
    expect(later).not.toEqual(first);
  });

  it('keeps its place among other statements', async () => {
    const found = await within(async (tx) => {
      const before = noted(tx, 'placed');
      const writing = note(tx, 'placed');
      const after = noted(tx, 'placed');
      await writing;
      return { before: await before, after: await after };
    });
    expect(found).toEqual({ before: [], after: [{ what: 'placed' }] });
  });

  it('fails as one, and the transaction with it', async () => {
    const outcomes = await within(async (tx) => {
      await note(tx, 'failed');
      const settled = await Promise.allSettled([tx.read(BEGUN), tx.read('SELECT 1 / $1::int AS broken', [0])]);
      return settled.map(({ status }) => status);
    }).catch((failure: unknown) => failure);
    expect(outcomes).toBeInstanceOf(Error);
    expect(await within((tx) => noted(tx, 'failed'))).toEqual([]);
  });

  it('is asked though the work does not wait for it, and refused once the transaction has ended', async () => {
    let ended: Tx | undefined;
    let unawaited: Promise<object[]> | undefined;
    await within((tx) => {
      ended = tx;
      unawaited = tx.read(NUMBERS, [1, 1]);
      return Promise.resolve();
    });
    expect(await unawaited).toEqual([{ number: 1 }]);
    await expect(ended?.read(BEGUN)).rejects.toThrow('this transaction has ended');
  });

  it.each(['2026-11-25T10:00:00Z', '2026-11-25T10:00:00.120Z', '2026-11-25T10:00:00.123456Z'])(
    'has the instant %s to the millisecond',
    async (text) => {
      const [row] = await within((tx) => tx.read<{ at: string }>('SELECT $1::timestamptz AS at', [text]));
      expect(instantFromJson(row?.at ?? '')).toBe(new Date(text).toISOString());
    },
  );

  it('has no instant outside the years 1 to 9999', async () => {
    const [row] = await within((tx) => tx.read<{ at: string }>("SELECT 'infinity'::timestamptz AS at"));
    expect(() => instantFromJson(row?.at ?? '')).toThrow(RangeError);
  });
});
