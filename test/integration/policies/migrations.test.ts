import type { QueryRunner } from 'typeorm';
import { CreateDirectory1764000003000 } from '../../../src/platform/database/migrations/1764000003000-create-directory.js';
import { CreateAgreements1764000003100 } from '../../../src/platform/database/migrations/1764000003100-create-agreements.js';
import { CreatePolicyVersions1764000003200 } from '../../../src/platform/database/migrations/1764000003200-create-policy-versions.js';
import { KeepDeposits1764000008100 } from '../../../src/platform/database/migrations/1764000008100-keep-deposits.js';
import { KeepInboxMessages1764000010200 } from '../../../src/platform/database/migrations/1764000010200-keep-inbox-messages.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { council, directoryWorld, now } from '../../support/directory-world.js';

let test: TestDatabase;
let asOwner: QueryRunner;
beforeEach(async () => {
  test = await freshDatabase();
  asOwner = { query: (text: string) => test.asOwner(text) } as unknown as QueryRunner;
});
afterEach(() => test.close());

it('takes directory, agreements and policy down and up again', async () => {
  const migrations = [
    new CreateDirectory1764000003000(),
    new CreateAgreements1764000003100(),
    new CreatePolicyVersions1764000003200(),
  ];
  const tables = (): Promise<object[]> =>
    test.asOwner(`SELECT tablename FROM pg_tables WHERE schemaname = 'gateway' ORDER BY tablename`);
  // What came later and names a team goes first, and comes last.
  const later = [new KeepDeposits1764000008100(), new KeepInboxMessages1764000010200()];
  const before = await tables();
  for (const migration of later.toReversed()) await migration.down(asOwner);
  const without = await tables();
  for (const migration of migrations.toReversed()) await migration.down(asOwner);
  expect(await tables()).toHaveLength(without.length - 10);
  for (const migration of [...migrations, ...later]) await migration.up(asOwner);
  expect(await tables()).toEqual(before);
});

it('does not take down policy that was published, though the owner cannot see it', async () => {
  const { database } = await directoryWorld(await test.open('gateway'));
  await database.within({ parties: [council] }, (tx) =>
    tx.sql(`INSERT INTO gateway.policy_version VALUES (1, repeat('A', 43), $1, $2, '["a", "b"]')`, [council, now]),
  );
  expect(await test.asOwner('SELECT version FROM gateway.policy_version')).toEqual([]);
  await expect(new CreatePolicyVersions1764000003200().down(asOwner)).rejects.toThrow(/never dropped/);
  expect(await database.outside((tx) => tx.sql('SELECT version FROM gateway.policy_version'))).toHaveLength(1);
});
