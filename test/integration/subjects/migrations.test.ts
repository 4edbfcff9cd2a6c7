import { expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { HoldSubjects1764000004100 } from '../../../src/platform/database/migrations/1764000004100-hold-subjects.js';
import { OpenInvolvements1764000004200 } from '../../../src/platform/database/migrations/1764000004200-open-involvements.js';
import { RecordWishesAndProtections1764000004300 } from '../../../src/platform/database/migrations/1764000004300-record-wishes-and-protections.js';
import { KeepDeposits1764000008100 } from '../../../src/platform/database/migrations/1764000008100-keep-deposits.js';
import { OverrideObjections1764000014000 } from '../../../src/platform/database/migrations/1764000014000-override-objections.js';
import { RememberConditions1764000014100 } from '../../../src/platform/database/migrations/1764000014100-remember-conditions.js';
import { RaiseFlags1764000015100 } from '../../../src/platform/database/migrations/1764000015100-raise-flags.js';
import { FollowDisclosures1764000015200 } from '../../../src/platform/database/migrations/1764000015200-follow-disclosures.js';
import { freshDatabase } from '../../support/database.js';

it('people, involvements and wishes go as they came, and come again', async () => {
  const world = await freshDatabase();
  try {
    const runner = { query: (text: string) => world.asOwner(text) } as unknown as QueryRunner;
    const migrations = [
      new HoldSubjects1764000004100(),
      new OpenInvolvements1764000004200(),
      new RecordWishesAndProtections1764000004300(),
    ];
    const tables = async (): Promise<readonly string[]> =>
      (
        await world.asOwner<{ name: string }>(
          `SELECT relname AS name FROM pg_class WHERE relnamespace = 'gateway'::regnamespace AND relkind = 'r'
             AND relname ~ '^(person|subject|standing|data_quality|involvement|consent|objection|protection|hold)'
           ORDER BY 1`,
        )
      ).map(({ name }) => name);
    const before = await tables();
    expect(before.length).toBe(20);
    // What came later and names a person goes first, and comes last.
    const later = [
      new KeepDeposits1764000008100(),
      new OverrideObjections1764000014000(),
      new RememberConditions1764000014100(),
      new RaiseFlags1764000015100(),
      new FollowDisclosures1764000015200(),
    ];
    for (const migration of later.toReversed()) await migration.down(runner);
    for (const migration of migrations.toReversed()) await migration.down(runner);
    expect(await tables()).toEqual([]);
    for (const migration of [...migrations, ...later]) await migration.up(runner);
    expect(await tables()).toEqual(before);
  } finally {
    await world.close();
  }
});
