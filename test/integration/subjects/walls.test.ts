import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId, OfficerId, PersonId } from '../../../src/core/vocabulary/ids.js';
import type { Scope } from '../../../src/platform/database/database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { council, force, openCaseWorld, testNhsNumber, trust, type CaseWorld } from '../../support/case-world.js';

// The database's wall alone: no statement here names a person in its condition, as if every rule of ours had failed.
const tables = ['person', 'person_identifier', 'person_detail', 'subject_ref', 'standing_duty', 'data_quality_task'];

let world: CaseWorld;
let person: PersonId;
let index: string;
beforeAll(async () => {
  world = await openCaseWorld();
  const register = (agency: AgencyId, number: string, familyName: string): Promise<PersonId> =>
    world.database.within({ parties: [agency] }, async (tx) => {
      const registered = await world.subjects.register(
        tx,
        { agency, officer: 'an-officer' as OfficerId },
        {
          identifiers: [{ system: 'nhs-number', value: number }],
          details: { familyName },
          standingDuties: [{ kind: 'school', agency: 'oak-academy' as AgencyId }],
        },
      );
      await world.subjects.refFor(tx, agency, registered);
      index = await settingOf(tx, 'app.identifier');
      return registered;
    });
  await register(council, testNhsNumber(8_001), 'Eden');
  person = await register(council, testNhsNumber(8_000), 'Northmoor');
  await register(force, testNhsNumber(8_000), 'Southmoor');
});
afterAll(() => world.close());

async function settingOf(tx: Tx, setting: string): Promise<string> {
  const [row] = await tx.sql<{ value: string }>('SELECT current_setting($1, true) AS value', [setting]);
  return row?.value ?? '';
}
const visible = (scope: Scope | undefined, identifier = ''): Promise<Record<string, number>> => {
  const count = async (tx: Tx): Promise<Record<string, number>> => {
    await tx.sql(`SELECT set_config('app.identifier', $1, true)`, [identifier]);
    const counts: Record<string, number> = {};
    for (const table of tables) counts[table] = (await tx.sql(`SELECT FROM gateway.${table}`)).length;
    return counts;
  };
  return scope === undefined ? world.database.outside(count) : world.database.within(scope, count);
};
const nothing = Object.fromEntries(tables.map((table) => [table, 0]));

describe('people are reached by naming them', () => {
  it('nobody is visible to an agency that names no one, beyond its own words and names', async () => {
    expect(await visible(undefined)).toEqual(nothing);
    expect(await visible({ parties: [trust] })).toEqual(nothing);
    expect(await visible({ parties: [council] })).toEqual({
      ...nothing,
      person_detail: 2,
      subject_ref: 2,
      standing_duty: 2,
      data_quality_task: 1,
    });
  });

  it('who can name an identifier sees exactly the rows of that person', async () => {
    expect(await visible({ parties: [trust] }, index)).toEqual({
      person: 1,
      person_identifier: 1,
      person_detail: 1,
      subject_ref: 0,
      standing_duty: 1,
      data_quality_task: 1,
    });
  });

  it('an exchange about a person reads their rows, and not by which identifiers they are found', async () => {
    expect(await visible({ parties: [trust, force], subject: person })).toMatchObject({
      person: 1,
      person_identifier: 0,
      person_detail: 1,
      subject_ref: 2 - 1,
      standing_duty: 1,
    });
  });

  it('keeps no name, date or number that could be read', async () => {
    const rows = await world.server.asOwner<{ text: string }>(
      `SELECT string_agg(row::text, ' ') AS text FROM (
         SELECT to_jsonb(d) AS row FROM gateway.person_detail d UNION ALL
         SELECT to_jsonb(i) FROM gateway.person_identifier i) AS all_rows`,
    );
    const text = JSON.stringify(rows);
    for (const plain of ['Northmoor"', 'Eden', testNhsNumber(8_000)]) {
      expect(text).not.toContain(plain);
      expect(text).not.toContain(Buffer.from(plain).toString('hex'));
    }
  });
});

describe('writes', () => {
  const by = { agency: council, officer: 'an-officer' as OfficerId };
  const registration = {
    identifiers: [{ system: 'nhs-number', value: testNhsNumber(8_002) }],
    details: {},
    standingDuties: [],
  } as const;

  it.each<{ scope: Scope; because: string }>([
    { scope: { parties: [force] }, because: 'in another agency’s name' },
    { scope: { parties: [council, force] }, because: 'beside another party' },
  ])('are refused $because', async ({ scope }) => {
    const registered = world.database.within(scope, (tx) => world.subjects.register(tx, by, registration));
    await expect(registered).rejects.toMatchObject({ code: '42501' });
  });

  it('are refused beside an open subject, except the name of a person for a party', async () => {
    const scope: Scope = { parties: [trust, force], subject: person };
    await expect(
      world.database.within(scope, (tx) => world.subjects.register(tx, { ...by, agency: trust }, registration)),
    ).rejects.toMatchObject({ code: '42501' });
    const ref = await world.database.within(scope, (tx) => world.subjects.refFor(tx, trust, person));
    expect(await world.database.within({ parties: [trust] }, (tx) => world.subjects.refFor(tx, trust, person))).toBe(
      ref,
    );
    await expect(
      world.database.within(scope, (tx) => world.subjects.refFor(tx, 'hill-gp' as AgencyId, person)),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it.each(['person', 'person_identifier', 'subject_ref', 'data_quality_task', 'data_quality_resolution'])(
    '`%s` is only ever added to',
    async (table) => {
      const tried = (text: string) => world.database.within({ parties: [council] }, (tx) => tx.sql(text));
      await expect(tried(`DELETE FROM gateway.${table}`)).rejects.toMatchObject({ code: '42501' });
      await expect(tried(`UPDATE gateway.${table} SET person = person`)).rejects.toMatchObject({
        code: expect.stringMatching(/42501|42703/),
      });
      await expect(world.server.asOwner(`TRUNCATE gateway.${table} CASCADE`)).rejects.toMatchObject({
        message: expect.stringContaining('only ever added to'),
      });
    },
  );

  it('of another agency’s words change nothing', async () => {
    const changed = await world.database.within({ parties: [force] }, (tx) =>
      tx.sql(`UPDATE gateway.person_detail SET officer = 'intruder' RETURNING person`),
    );
    expect(changed).toEqual([]);
  });
});
