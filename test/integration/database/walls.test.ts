import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AgencyId, PersonId } from '../../../src/core/vocabulary/ids.js';
import type { Scope } from '../../../src/platform/database/database.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

// The database's wall alone: no statement here names an agency in its condition, as if every rule of ours had failed.
const police = 'met-police' as AgencyId;
const health = 'barts-health' as AgencyId;
const council = 'hackney-council' as AgencyId;
const child = '01890a5d-ac96-774b-bcce-b302099a8057' as PersonId;
const other = '01890a5d-ac96-774b-bcce-b302099a8058' as PersonId;
const refusedByPolicy = { code: '42501', message: expect.stringContaining('row-level security') };
const refusedByGrant = { code: '42501', message: expect.stringContaining('permission denied') };

let world: TestDatabase;
let database: PostgresDatabase;
beforeAll(async () => {
  world = await freshDatabase();
  await world.asOwner(`
    CREATE TABLE gateway.own_fact (agency text NOT NULL, note text NOT NULL);
    CREATE TABLE gateway.fact_about (owner text NOT NULL, person uuid NOT NULL, note text NOT NULL);
    ALTER TABLE gateway.own_fact ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE gateway.fact_about ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY read ON gateway.own_fact FOR SELECT TO sg_gateway USING (gateway.party(agency));
    CREATE POLICY written ON gateway.own_fact FOR INSERT TO sg_gateway WITH CHECK (gateway.sole_party(agency));
    CREATE POLICY corrected ON gateway.own_fact FOR UPDATE TO sg_gateway
      USING (gateway.sole_party(agency)) WITH CHECK (gateway.sole_party(agency));
    CREATE POLICY read ON gateway.fact_about FOR SELECT TO sg_gateway
      USING (gateway.party(owner) OR gateway.subject_is(person));
    CREATE POLICY written ON gateway.fact_about FOR INSERT TO sg_gateway WITH CHECK (gateway.sole_party(owner));
    GRANT SELECT, INSERT, UPDATE ON gateway.own_fact TO sg_gateway;
    GRANT SELECT, INSERT ON gateway.fact_about TO sg_gateway;
    CREATE INDEX ON gateway.own_fact (agency);
  `);
  database = await world.open('gateway', { poolSize: 1 });
  for (const agency of [police, health, council]) {
    await database.within({ parties: [agency] }, async (tx) => {
      await tx.sql('INSERT INTO gateway.own_fact VALUES ($1, $2)', [agency, 'own']);
      for (const person of [child, other])
        await tx.sql('INSERT INTO gateway.fact_about VALUES ($1, $2, $3)', [agency, person, 'about']);
    });
  }
});
afterAll(() => world.close());

// Each test leaves the one connection to the next: what one scope opened must be shut again.
beforeEach(async () => {
  expect(await database.outside((tx) => tx.sql('SELECT FROM gateway.own_fact'))).toEqual([]);
});

const owners = async (scope: Scope): Promise<readonly string[]> =>
  (
    await database.within(scope, (tx) => tx.sql<{ agency: string }>('SELECT agency FROM gateway.own_fact ORDER BY 1'))
  ).map(({ agency }) => agency);

const facts = async (scope: Scope): Promise<readonly string[]> =>
  (
    await database.within(scope, (tx) =>
      tx.sql<{ fact: string }>(
        `SELECT owner || CASE person WHEN $1 THEN ' of the child' ELSE ' of another' END AS fact
         FROM gateway.fact_about ORDER BY 1`,
        [child],
      ),
    )
  ).map(({ fact }) => fact);

describe('reading past the wall', () => {
  it('shows an agency its own rows', async () => {
    expect(await owners({ parties: [police] })).toEqual([police]);
    expect(await facts({ parties: [police] })).toEqual([`${police} of another`, `${police} of the child`]);
  });

  it('shows an exchange the rows of its two parties, and of no third', async () => {
    expect(await owners({ parties: [police, health] })).toEqual([health, police]);
  });

  it('shows an exchange every fact about its subject, whoever owns it, and none about another', async () => {
    expect(await facts({ parties: [police], subject: child })).toEqual(
      [`${health} of the child`, `${council} of the child`, `${police} of another`, `${police} of the child`].sort(),
    );
    expect(await owners({ parties: [police], subject: child })).toEqual([police]);
  });

  it('shows nothing to a transaction of no agency', async () => {
    const seen = await database.outside(async (tx) => [
      await tx.sql('SELECT FROM gateway.own_fact'),
      await tx.sql('SELECT FROM gateway.fact_about'),
    ]);
    expect(seen).toEqual([[], []]);
  });

  it.each(['met', 'MET-POLICE', 'met-police ', '%', '*', "met-police' OR 'a'='a"])(
    'shows nothing to an agency called %j',
    async (name) => {
      expect(await owners({ parties: [name as AgencyId] })).toEqual([]);
    },
  );

  it('follows the scope as it is narrowed', async () => {
    const seen = await database.within({ parties: [police, health] }, async (tx) => {
      const both = await tx.sql('SELECT agency FROM gateway.own_fact ORDER BY 1');
      await tx.narrow({ parties: [health] });
      return [both, await tx.sql('SELECT agency FROM gateway.own_fact ORDER BY 1')];
    });
    expect(seen).toEqual([[{ agency: health }, { agency: police }], [{ agency: health }]]);
  });

  it('is shut again after a transaction that failed', async () => {
    const failing = database.within({ parties: [police], subject: child }, (tx) => tx.sql('SELECT 1 / 0'));
    await expect(failing).rejects.toMatchObject({ code: '22012' });
  });

  it('holds the owner of the tables too', async () => {
    expect(await world.asOwner('SELECT FROM gateway.own_fact')).toEqual([]);
    expect(await world.asOwner('SELECT FROM gateway.fact_about')).toEqual([]);
  });

  it.each(['sequencer', 'jobs'] as const)('is not for the %s', async (part) => {
    const reader = await world.open(part, { poolSize: 1 });
    await expect(
      reader.within({ parties: [police], subject: child }, (tx) => tx.sql('SELECT FROM gateway.fact_about')),
    ).rejects.toMatchObject(refusedByGrant);
  });

  it('can use an index on the agency', async () => {
    await database.within({ parties: [police] }, async (tx) => {
      await tx.sql('SET LOCAL enable_seqscan = off');
      const plan = await tx.sql<{ 'QUERY PLAN': string }>('EXPLAIN SELECT note FROM gateway.own_fact');
      expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Index Cond: \(agency = ANY/);
    });
  });
});

describe('writing past the wall', () => {
  const insertFor = (scope: Scope, agency: AgencyId): Promise<unknown> =>
    database.within(scope, (tx) => tx.sql('INSERT INTO gateway.own_fact VALUES ($1, $2)', [agency, 'written']));
  const insertAbout = (scope: Scope, owner: AgencyId): Promise<unknown> =>
    database.within(scope, (tx) =>
      tx.sql('INSERT INTO gateway.fact_about VALUES ($1, $2, $3)', [owner, child, 'written']),
    );

  it.each<{ because: string; scope: Scope; agency: AgencyId }>([
    { because: 'the row is another agency’s', scope: { parties: [police] }, agency: health },
    { because: 'two agencies are parties', scope: { parties: [police, health] }, agency: police },
    { because: 'the row is the second party’s', scope: { parties: [police, health] }, agency: health },
    { because: 'a subject is open', scope: { parties: [police], subject: child }, agency: police },
  ])('is refused when $because', async ({ scope, agency }) => {
    await expect(insertFor(scope, agency)).rejects.toMatchObject(refusedByPolicy);
    await expect(insertAbout(scope, agency)).rejects.toMatchObject(refusedByPolicy);
  });

  it('is refused to a transaction of no agency', async () => {
    await expect(
      database.outside((tx) => tx.sql('INSERT INTO gateway.own_fact VALUES ($1, $2)', [police, 'written'])),
    ).rejects.toMatchObject(refusedByPolicy);
    await expect(
      database.outside((tx) => tx.sql('INSERT INTO gateway.own_fact VALUES ($1, $2)', ['', 'written'])),
    ).rejects.toMatchObject(refusedByPolicy);
  });

  it('corrects only one’s own rows', async () => {
    const corrected = await database.within({ parties: [police] }, (tx) =>
      tx.sql(`UPDATE gateway.own_fact SET note = 'corrected' RETURNING agency`),
    );
    expect(corrected).toEqual([{ agency: police }]);
  });

  it('corrects nothing while a subject or a second party is open', async () => {
    for (const scope of [{ parties: [police], subject: child }, { parties: [police, health] }] as Scope[]) {
      expect(
        await database.within(scope, (tx) => tx.sql(`UPDATE gateway.own_fact SET note = 'x' RETURNING agency`)),
      ).toEqual([]);
    }
  });

  it('does not give a row away', async () => {
    await expect(
      database.within({ parties: [police] }, (tx) => tx.sql('UPDATE gateway.own_fact SET agency = $1', [health])),
    ).rejects.toMatchObject(refusedByPolicy);
  });

  it.each(['DELETE FROM gateway.own_fact', 'TRUNCATE gateway.own_fact', 'DELETE FROM gateway.fact_about'])(
    'has no right to %s',
    async (text) => {
      await expect(database.within({ parties: [police] }, (tx) => tx.sql(text))).rejects.toMatchObject(refusedByGrant);
    },
  );

  it.each([
    'ALTER TABLE gateway.own_fact DISABLE ROW LEVEL SECURITY',
    'CREATE POLICY open ON gateway.own_fact USING (true)',
    'DROP POLICY read ON gateway.own_fact',
    'CREATE TABLE gateway.copy AS SELECT 1',
    'CREATE TABLE public.copy AS SELECT 1',
    'CREATE TEMPORARY TABLE copy AS SELECT 1',
    'CREATE FUNCTION gateway.party(agency text, more text) RETURNS boolean LANGUAGE sql RETURN true',
    'SET ROLE gateway_owner',
    'SET ROLE sg_jobs',
    `SET SESSION AUTHORIZATION gateway_owner`,
    'SELECT FROM public.gateway_migration',
  ])('cannot take the wall down: %s', async (text) => {
    await expect(database.within({ parties: [police] }, (tx) => tx.sql(text))).rejects.toMatchObject({ code: '42501' });
  });
});
