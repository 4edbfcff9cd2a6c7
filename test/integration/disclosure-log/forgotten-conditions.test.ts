import { randomUUID } from 'node:crypto';
import type { AgencyId, DisclosureId, SubjectRef } from '../../../src/core/vocabulary/ids.js';
import { council, logWorld, police, slice, type LogWorld } from '../../support/log-world.js';

// Whom something was received about goes with the record that it was received (trust I20).

const PERSON = '0190aaaa-0000-7000-8000-0000000000aa';
const OTHER_REF = '0190aaaa-0000-7000-8000-000000000019' as SubjectRef;

let world: LogWorld;
beforeEach(async () => {
  world = await logWorld();
  await world.world.asSuperuser(
    `INSERT INTO gateway.person (id, registered_by, registered_at) VALUES ('${PERSON}', 'northmoor-council', now())`,
  );
});
afterEach(() => world.close());

/** The police were given something by the council, on a condition that they keep with it unless they have it already. */
async function received(subject?: SubjectRef, isNew = true): Promise<DisclosureId> {
  const { disclosureId } = await world.append(
    subject === undefined ? {} : { requester: slice({ agency: police, counterpart: council, subject }) },
  );
  if (isNew)
    await world.database.within({ parties: [police, council] }, (tx) =>
      tx.sql(
        `INSERT INTO gateway.condition_received
           (id, disclosure_id, person, recipient, owner, categories, conditions, is_specific, recorded_at)
         VALUES ($1, $2, $3, $4, $5, '{present-concern}', '{nopat}', true, now())`,
        [randomUUID(), disclosureId, PERSON, police, council],
      ),
    );
  return disclosureId;
}

const forget = (agency: AgencyId, disclosureId: DisclosureId): Promise<readonly string[]> =>
  world.database.within({ parties: [agency] }, (tx) => world.log.forget(tx, agency, disclosureId));

const kept = (): Promise<readonly { disclosure_id: string; person: string }[]> =>
  world.database.within({ parties: [police] }, (tx) =>
    tx.sql<{ disclosure_id: string; person: string }>('SELECT disclosure_id, person FROM gateway.condition_received'),
  );

describe('a condition on what was received', () => {
  it('forgets its person with the recipient’s record of the disclosure, in the same commit', async () => {
    const id = await received();
    expect(await kept()).toEqual([{ disclosure_id: id, person: PERSON }]);
    await forget(police, id);
    expect(await kept()).toEqual([]);
  });

  it('stays while its recipient has the record, though its owner forgot its own', async () => {
    const id = await received();
    await forget(council, id);
    expect(await kept()).toHaveLength(1);
  });

  it('goes on with a later disclosure of the same, which was not kept twice, until that is forgotten too', async () => {
    const first = await received();
    const later = await received(undefined, false);
    await forget(police, first);
    expect(await kept()).toEqual([{ disclosure_id: later, person: PERSON }]);
    await forget(police, later);
    expect(await kept()).toEqual([]);
  });

  it('goes on with no disclosure about somebody else', async () => {
    const first = await received();
    await received(OTHER_REF, false);
    await forget(police, first);
    expect(await kept()).toEqual([]);
  });

  it('goes in no other way', async () => {
    await received();
    const removing = (parties: readonly [AgencyId, ...AgencyId[]]) =>
      world.database.within({ parties }, (tx) => tx.sql('DELETE FROM gateway.condition_received RETURNING id'));
    await expect(removing([police])).rejects.toMatchObject({ code: '42501' });
    expect(await removing([council])).toEqual([]);
    expect(await removing([police, council])).toEqual([]);
    expect(await kept()).toHaveLength(1);
  });
});
