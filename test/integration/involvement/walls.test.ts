import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId, PersonId } from '../../../src/core/vocabulary/ids.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { council, force, openCaseWorld, testNhsNumber, trust, type CaseWorld } from '../../support/case-world.js';

// The database's wall alone: statements as if every rule of ours had failed.
const refusedByPolicy = { code: '42501' };
const refusedByCheck = { code: '23514' };
const claim = '0197a000-0000-7000-8000-000000000001';
const own = '0197a000-0000-7000-8000-000000000002';

let world: CaseWorld;
let person: PersonId;
beforeAll(async () => {
  world = await openCaseWorld();
  person = await world.database.within({ parties: [council] }, (tx) =>
    world.subjects.register(
      tx,
      { agency: council, officer: 'nc-lead' as never },
      {
        identifiers: [{ system: 'nhs-number', value: testNhsNumber(9_000) }],
        details: {},
        standingDuties: [],
      },
    ),
  );
  await as(force, (tx) => insert(tx, { id: claim, agency: force, openedBy: force, leads: false }));
  await as(council, (tx) => insert(tx, { id: own, agency: council, openedBy: council, leads: true }));
});
afterAll(() => world.close());

const as = <T>(agency: AgencyId, work: (tx: Tx) => Promise<T>): Promise<T> =>
  world.database.within({ parties: [agency] }, work);

async function insert(
  tx: Tx,
  { id, agency, openedBy, leads }: { id: string; agency: AgencyId; openedBy: AgencyId; leads: boolean },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.involvement (id, person, case_reference, process, agency, team, role, from_at, opened_by,
       opening_officer, opener_leads, opener_is_force, opened_at)
     VALUES ($1, $2, 'nm-1', 'child-s47-enquiry', $3, 'team', 'role', now(), $4, 'first', $5, false, now())`,
    [id, person, agency, openedBy, leads],
  );
}
const vouch = (tx: Tx, id: string, agency: AgencyId, officer: string): Promise<object[]> =>
  tx.sql(
    `INSERT INTO gateway.involvement_confirmation (involvement, person, agency, officer, confirmed_at)
     VALUES ($1, $2, $3, $4, now())`,
    [id, person, agency, officer],
  );
const seen = async (tx: Tx): Promise<readonly string[]> =>
  (await tx.sql<{ id: string }>('SELECT id FROM gateway.involvement ORDER BY id')).map(({ id }) => id);

describe('involvements', () => {
  it('are seen by whoever opened them or gains by them, and by an exchange about the person', async () => {
    expect(await as(council, seen)).toEqual([own]);
    expect(await as(trust, seen)).toEqual([]);
    expect(await world.database.within({ parties: [trust, force], subject: person }, seen)).toEqual([claim, own]);
    expect(await world.database.outside(seen)).toEqual([]);
  });

  it('are seen one by one by whoever can name one', async () => {
    const named = await as(trust, async (tx) => {
      await tx.sql(`SELECT set_config('app.involvement', $1, true)`, [claim]);
      return seen(tx);
    });
    expect(named).toEqual([claim]);
    expect(await as(trust, seen)).toEqual([]);
  });

  it('are opened in nobody else’s name, and not beside an open subject', async () => {
    const row = { id: '0197a000-0000-7000-8000-000000000003', agency: force, openedBy: council, leads: true };
    await expect(as(force, (tx) => insert(tx, row))).rejects.toMatchObject(refusedByPolicy);
    await expect(
      world.database.within({ parties: [council], subject: person }, (tx) => insert(tx, row)),
    ).rejects.toMatchObject(refusedByPolicy);
  });

  it('are opened for another only by one that leads', async () => {
    const row = { id: '0197a000-0000-7000-8000-000000000004', agency: trust, openedBy: force, leads: false };
    await expect(as(force, (tx) => insert(tx, row))).rejects.toMatchObject(refusedByCheck);
  });

  it.each(['involvement', 'involvement_confirmation', 'involvement_end'])(
    '`%s` is only ever added to',
    async (table) => {
      await expect(as(council, (tx) => tx.sql(`UPDATE gateway.${table} SET agency = agency`))).rejects.toMatchObject(
        refusedByPolicy,
      );
      await expect(as(council, (tx) => tx.sql(`DELETE FROM gateway.${table}`))).rejects.toMatchObject(refusedByPolicy);
      await expect(world.server.asOwner(`TRUNCATE gateway.${table} CASCADE`)).rejects.toMatchObject({
        message: expect.stringContaining('only ever added to'),
      });
    },
  );
});

describe('confirmations', () => {
  it.each([
    { who: 'the claimant itself', id: claim, agency: force, officer: 'second' },
    { who: 'the first officer of the lead', id: own, agency: council, officer: 'first' },
    { who: 'whoever cannot see it', id: claim, agency: trust, officer: 'any' },
  ])('do not come from $who', async ({ id, agency, officer }) => {
    await expect(as(agency, (tx) => vouch(tx, id, agency, officer))).rejects.toMatchObject(refusedByPolicy);
  });

  it('come from a custodian that names the claim, and from a second officer of the lead', async () => {
    await as(trust, async (tx) => {
      await tx.sql(`SELECT set_config('app.involvement', $1, true)`, [claim]);
      await vouch(tx, claim, trust, 'any');
    });
    await as(council, (tx) => vouch(tx, own, council, 'second'));
    const all = await world.database.within({ parties: [force, trust], subject: person }, (tx) =>
      tx.sql('SELECT FROM gateway.involvement_confirmation'),
    );
    expect(all).toHaveLength(2);
  });
});
