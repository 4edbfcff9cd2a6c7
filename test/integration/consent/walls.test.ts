import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyId, OfficerId, PersonId } from '../../../src/core/vocabulary/ids.js';
import type { Scope } from '../../../src/platform/database/database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { council, force, openCaseWorld, testNhsNumber, trust, type CaseWorld } from '../../support/case-world.js';

// The database's wall alone: statements as if every rule of ours had failed.
const facts = {
  consent: `, scope, recipients, purpose, obtained_on) VALUES ($1, $2, $3, 'o', '\\x00', now(), '{a}', '{b}', 'p', now())`,
  objection: `, ground) VALUES ($1, $2, $3, 'o', '\\x00', now(), 'ground')`,
  protection: `, kind, exceptions) VALUES ($1, $2, $3, 'o', '\\x00', now(), 'kind', '{}')`,
  hold: `) VALUES ($1, $2, $3, 'o', '\\x00', now())`,
};
type Fact = keyof typeof facts;
const endings = {
  consent: 'consent_withdrawal',
  objection: 'objection_withdrawal',
  protection: 'protection_lift',
  hold: 'hold_release',
};
const kinds = Object.keys(facts) as Fact[];

let world: CaseWorld;
let child: PersonId;
let other: PersonId;
const ids = new Map<string, string>();
beforeAll(async () => {
  world = await openCaseWorld();
  child = await registered(testNhsNumber(30_001));
  other = await registered(testNhsNumber(30_002));
  for (const kind of kinds) {
    for (const agency of [council, force]) {
      const id = crypto.randomUUID();
      ids.set(`${kind}/${agency}`, id);
      await world.database.within({ parties: [agency] }, (tx) => insert(tx, kind, { id, person: child, agency }));
    }
  }
});
afterAll(() => world.close());

function registered(number: string): Promise<PersonId> {
  return world.database.within({ parties: [council] }, (tx) =>
    world.subjects.register(
      tx,
      { agency: council, officer: 'nc-lead' as OfficerId },
      {
        identifiers: [{ system: 'nhs-number', value: number }],
        details: {},
        standingDuties: [],
      },
    ),
  );
}

interface Row {
  readonly id: string;
  readonly person: PersonId;
  readonly agency: AgencyId;
}
const insert = (tx: Tx, kind: Fact, { id, person, agency }: Row): Promise<object[]> => {
  const columns = 'id, person, agency, officer, sealed, recorded_at';
  return tx.sql(`INSERT INTO gateway.${kind} (${columns}${facts[kind]}`, [id, person, agency]);
};
const finish = (tx: Tx, kind: Fact, { id, person, agency }: Row): Promise<object[]> =>
  tx.sql(
    `INSERT INTO gateway.${endings[kind]} (${kind}, person, agency, officer, ended_at, sealed, recorded_at)
     VALUES ($1, $2, $3, 'o', now(), '\\x00', now())`,
    [id, person, agency],
  );
const owners = (scope: Scope, table: string): Promise<readonly string[]> =>
  world.database.within(scope, async (tx) =>
    (await tx.sql<{ agency: string }>(`SELECT agency FROM gateway.${table} ORDER BY 1`)).map(({ agency }) => agency),
  );

describe.each(kinds)('a %s', (kind) => {
  const row = (agency: AgencyId, person = child): Row => ({ id: crypto.randomUUID(), person, agency });

  it('is read by its owner, and by an exchange about the person whoever owns it', async () => {
    expect(await owners({ parties: [council] }, kind)).toEqual([council]);
    expect(await owners({ parties: [trust] }, kind)).toEqual([]);
    expect(await owners({ parties: [trust, 'hill-gp' as AgencyId], subject: child }, kind)).toEqual([council, force]);
    expect(await owners({ parties: [trust, 'hill-gp' as AgencyId], subject: other }, kind)).toEqual([]);
  });

  it.each<{ because: string; scope: Scope; agency: AgencyId }>([
    { because: 'in another agency’s name', scope: { parties: [force] }, agency: council },
    { because: 'beside another party', scope: { parties: [council, force] }, agency: council },
  ])('is not written $because', async ({ scope, agency }) => {
    const tried = world.database.within(scope, (tx) => insert(tx, kind, row(agency)));
    await expect(tried).rejects.toMatchObject({ code: '42501' });
  });

  it('is not written in an exchange about the person', async () => {
    const tried = world.database.within({ parties: [council], subject: child }, (tx) => insert(tx, kind, row(council)));
    await expect(tried).rejects.toMatchObject({ code: '42501' });
  });

  it('is ended by its own agency and nobody else, about the same person', async () => {
    const id = ids.get(`${kind}/${council}`) ?? '';
    const ending = (agency: AgencyId, about: PersonId): Promise<object[]> =>
      world.database.within({ parties: [agency] }, (tx) => finish(tx, kind, { id, person: about, agency }));
    await expect(ending(force, child)).rejects.toMatchObject({ code: '23503' });
    await expect(ending(council, other)).rejects.toMatchObject({ code: '23503' });
    await ending(council, child);
    expect(await owners({ parties: [trust], subject: child }, endings[kind])).toEqual([council]);
    expect(await owners({ parties: [trust] }, endings[kind])).toEqual([]);
  });

  it('and its ending are only ever added to', async () => {
    for (const table of [kind, endings[kind]]) {
      const tried = (text: string) => world.database.within({ parties: [council] }, (tx) => tx.sql(text));
      await expect(tried(`UPDATE gateway.${table} SET officer = 'x'`)).rejects.toMatchObject({ code: '42501' });
      await expect(tried(`DELETE FROM gateway.${table}`)).rejects.toMatchObject({ code: '42501' });
      await expect(world.server.asOwner(`TRUNCATE gateway.${table} CASCADE`)).rejects.toMatchObject({
        message: expect.stringContaining('only ever added to'),
      });
    }
  });
});
