import type { AgencyId, DisclosureId } from '../../../src/core/vocabulary/ids.js';
import type { Instant } from '../../../src/core/vocabulary/time.js';
import { decisionFacts, type KeptFacts } from '../../../src/disclosure-log/decision-facts.js';
import { forgetExpired } from '../../../src/platform/calls/forget-expired.js';
import { NotSealedHere } from '../../../src/platform/keys/master-key.js';
import { council, logWorld, police, type LogWorld } from '../../support/log-world.js';

let world: LogWorld;
beforeEach(async () => {
  world = await logWorld();
});
afterEach(() => world.close());

const LONG_AGO = '2020-01-01T00:00:00.000Z' as Instant;
const WORDS = 'the words of the ask, which are about a person';
const appended = async (): Promise<DisclosureId> =>
  (await world.append({ facts: Buffer.from(JSON.stringify({ necessity: WORDS })) })).disclosureId;

async function keptFor(agency: AgencyId, since = LONG_AGO): Promise<readonly KeptFacts[]> {
  const pages: KeptFacts[] = [];
  for await (const page of decisionFacts(world, agency, since)) pages.push(...page);
  return pages;
}

/** Past every wall and trigger: what nobody that serves may do. */
const forced = (text: string) => world.world.asSuperuser(text);
const stored = () =>
  world.database.within({ parties: [council] }, (tx) =>
    tx.sql<{ readonly sealed: Buffer }>('SELECT sealed FROM gateway.decision_facts'),
  );

/** Moves what is stored into the past: its trigger stands in nobody’s way for the length of one statement. */
async function aged(disclosure: DisclosureId, by: string): Promise<void> {
  await forced('ALTER TABLE gateway.decision_facts DISABLE TRIGGER is_not_edited');
  await forced(
    `UPDATE gateway.decision_facts SET decided_at = decided_at - interval '${by}' WHERE disclosure_id = '${disclosure}'`,
  );
  await forced('ALTER TABLE gateway.decision_facts ENABLE TRIGGER is_not_edited');
}

describe('the facts of a decision', () => {
  it('are kept beside the record of the custodian, sealed, and opened by it', async () => {
    const disclosureId = await appended();

    expect(await keptFor(council)).toMatchObject([{ disclosureId, facts: { necessity: WORDS } }]);
    const [row] = await stored();
    expect(row?.sealed.includes(WORDS.slice(0, 9))).toBe(false);
  });

  it('are not the requester’s, nor read where both are parties', async () => {
    await appended();

    expect(await keptFor(police)).toEqual([]);
    const seen = await world.database.within({ parties: [police, council] }, (tx) =>
      tx.sql('SELECT 1 FROM gateway.decision_facts'),
    );
    expect(seen).toEqual([]);
  });

  it('are there for a disclosure that had any, and for no other', async () => {
    await world.append();
    expect(await stored()).toEqual([]);
  });

  it('are read from a time on', async () => {
    await appended();
    expect(await keptFor(council, '2999-01-01T00:00:00.000Z' as Instant)).toEqual([]);
  });

  it('open in no other place than their own', async () => {
    const disclosure = await appended();
    await aged(disclosure, '1 day');
    await expect(keptFor(council)).rejects.toThrow(NotSealedHere);
  });

  it('are gone with the record when it is forgotten, key and all', async () => {
    const disclosureId = await appended();
    await world.database.within({ parties: [council] }, (tx) => world.log.forget(tx, council, disclosureId));
    expect(await stored()).toEqual([]);
  });

  it('are forgotten after 24 months by jobs that see nothing of them, and not a day before', async () => {
    const [old, recent] = [await appended(), await appended()];
    await aged(old, '24 months 1 minute');
    await aged(recent, '23 months 29 days');
    const jobs = await world.world.open('jobs');

    await expect(jobs.outside((tx) => tx.sql('SELECT sealed FROM gateway.decision_facts'))).rejects.toMatchObject({
      code: '42501',
    });
    await jobs.outside(forgetExpired);

    expect(await stored()).toHaveLength(1);
  });

  it('are never edited', async () => {
    await appended();
    await expect(forced(`UPDATE gateway.decision_facts SET sealed = '\\x00'`)).rejects.toMatchObject({ code: '42501' });
  });
});
