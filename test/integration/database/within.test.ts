import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

let world: TestDatabase;
let database: PostgresDatabase;
beforeAll(async () => {
  world = await freshDatabase();
  database = await world.open('gateway');
});
afterAll(() => world.close());

describe('a transaction', () => {
  it('knows its parties', async () => {
    const [row] = await database.within({ parties: ['met-police' as AgencyId] }, (tx) =>
      tx.sql(`SELECT gateway.party('met-police') AS party`),
    );
    expect(row).toEqual({ party: true });
  });
});
