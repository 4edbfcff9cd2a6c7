import type pg from 'pg';
import type { TestLogin } from '../../support/database.js';
import { council, logWorld, police, type LogWorld } from '../../support/log-world.js';

let world: LogWorld;
const clients = new Map<TestLogin, pg.Client>();
beforeAll(async () => {
  world = await logWorld();
  const sequencer = world.sequencer();
  for (let at = 0; at < 3; at++) {
    const { disclosureId, parties } = await world.append();
    await world.database.within({ parties: [police, council] }, (tx) =>
      world.log.recordOutcome(tx, { disclosureId, agencies: parties, outcome: 'sent', bytes: 9 }),
    );
  }
  await world.sequenced(3);
  await sequencer.stop();
  await world.append();
  for (const login of ['gateway', 'sequencer', 'jobs', 'owner'] as const)
    clients.set(login, await world.world.client(login));
  // As wide as the gateway's own transactions ever see.
  await clients.get('gateway')?.query(`SELECT set_config('app.parties', $1, false)`, [`${police},${council}`]);
});
afterAll(() => world.close());

async function attempt(login: TestLogin, sql: string): Promise<{ rows: number } | { refused: string }> {
  try {
    const result = await clients.get(login)?.query(sql);
    return { rows: result?.rowCount ?? 0 };
  } catch (failure) {
    return { refused: (failure as Error).message };
  }
}

const kept = ['slice', 'outcome', 'log_entry', 'checkpoint'];
const all = [...kept, 'tile', 'log_state', 'pending'];

describe.each(['gateway', 'sequencer', 'jobs', 'owner'] as const)('as %s', (login) => {
  it.each(all)('no row of `%s` can be deleted or the table emptied', async (table) => {
    // The owner is held by row-level security and sees no row to delete; the trigger is for whoever gets past it.
    const deleted = await attempt(login, `DELETE FROM gateway.${table}`);
    expect(deleted).toEqual(login === 'owner' ? { rows: 0 } : { refused: expect.any(String) as unknown });
    expect(await attempt(login, `TRUNCATE gateway.${table} CASCADE`)).toEqual({
      refused: expect.any(String) as unknown,
    });
  });

  it.each([
    ['slice', `outcome = 'refused'`],
    ['slice', `sealed = ''`],
    ['slice', `agency = 'other-agency'`],
    ['outcome', `outcome = 'sent'`],
    ['log_entry', `entry = entry`],
    ['checkpoint', `note = ''`],
    ['pending', `entry = entry`],
  ])('no row of `%s` can be set %s', async (table, set) => {
    const updated = await attempt(login, `UPDATE gateway.${table} SET ${set}`);
    expect(updated).toEqual(login === 'owner' ? { rows: 0 } : { refused: expect.any(String) as unknown });
  });
});

describe('past row-level security', () => {
  beforeAll(async () => {
    await world.world.asOwner(
      all.map((table) => `ALTER TABLE gateway.${table} NO FORCE ROW LEVEL SECURITY;`).join('\n'),
    );
  });

  it.each(all)('the owner still deletes no row of `%s`', async (table) => {
    expect(await attempt('owner', `DELETE FROM gateway.${table}`)).toEqual({
      refused: expect.stringMatching(/only ever added to|leaves the queue only for the log/) as unknown,
    });
  });

  it.each([
    ['slice', `outcome = 'refused'`],
    ['slice', `subject_ref = '\\x00'`],
    ['slice', `salt = sha256('guess')`],
    ['outcome', `outcome = 'unknown'`],
    ['log_entry', `sequenced_at = now()`],
    ['checkpoint', `made_at = now()`],
    ['pending', `queued_at = now()`],
    ['tile', `hashes = sha256('x') || sha256('y') || sha256('z')`],
    ['tile', `width = 1, hashes = substring(hashes FOR 32)`],
    ['log_state', `size = 1`],
    ['log_state', `origin = 'elsewhere'`],
  ])('nor sets %s %s', async (table, set) => {
    expect(await attempt('owner', `UPDATE gateway.${table} SET ${set}`)).toEqual({
      refused: expect.any(String) as unknown,
    });
  });
});

describe('what each part may see', () => {
  it.each<[TestLogin, string]>([
    ['sequencer', 'SELECT FROM gateway.slice'],
    ['sequencer', 'SELECT FROM gateway.outcome'],
    ['sequencer', 'SELECT disclosure_id FROM gateway.pending'],
    // Ids, times and outcomes it may: it looks for what a gateway that died left unsettled.
    ['jobs', 'SELECT purpose, counterpart, sealed FROM gateway.slice'],
    ['jobs', 'SELECT subject_ref, officer_ref FROM gateway.slice'],
    ['jobs', 'SELECT outcome FROM gateway.outcome'],
    ['jobs', 'SELECT FROM gateway.log_entry'],
    ['gateway', `INSERT INTO gateway.log_entry (index, entry, leaf_hash) VALUES (99, '', '')`],
    ['gateway', `INSERT INTO gateway.checkpoint (size, root, note) VALUES (99, sha256('x'), 'x')`],
    [
      'gateway',
      `INSERT INTO gateway.pending (disclosure_id, entry, leaf_hash, queued_at)
       VALUES (gen_random_uuid(), decode(repeat('ab', 64), 'hex'), sha256('x'), now())`,
    ],
    ['gateway', 'SELECT disclosure_id FROM gateway.pending'],
    ['gateway', 'UPDATE gateway.log_state SET size = 99'],
  ])('%s may not: %s', async (login, sql) => {
    expect(await attempt(login, sql)).toEqual({ refused: expect.stringMatching(/permission denied/) as unknown });
  });

  it('a leaf that is not the hash of its entry cannot be queued', async () => {
    const sql = `INSERT INTO gateway.pending (disclosure_id, entry, leaf_hash)
      VALUES (gen_random_uuid(), decode(repeat('ab', 64), 'hex'), sha256('x'))`;
    expect(await attempt('gateway', sql)).toEqual({ refused: expect.stringMatching(/check constraint/) as unknown });
  });

  it('an agency sees its own slices alone, writes none for another, and forgets only by itself', async () => {
    const seen = await world.database.within({ parties: [police] }, (tx) =>
      tx.sql<{ agency: string }>('SELECT DISTINCT agency FROM gateway.slice'),
    );
    expect(seen).toEqual([{ agency: police }]);
    expect(await world.database.outside((tx) => tx.sql('SELECT FROM gateway.slice'))).toEqual([]);
    const { log } = world;
    const prepared = log.prepare({
      ...{
        disclosureId: '0190aaaa-0000-7000-8000-00000000aaaa' as never,
        exchangeId: '0190aaaa-0000-7000-8000-00000000aaab' as never,
        about: null,
      },
      requester: { ...anySlice, agency: police },
      custodian: { ...anySlice, agency: council },
    });
    await expect(world.database.within({ parties: [police] }, (tx) => log.append(tx, prepared))).rejects.toMatchObject({
      code: '42501',
    });
    const [logged] = await world.database.within({ parties: [police] }, (tx) =>
      tx.sql<{ disclosure_id: string }>('SELECT disclosure_id FROM gateway.slice LIMIT 1'),
    );
    const id = logged?.disclosure_id as never;
    expect(await world.database.within({ parties: [police, council] }, (tx) => log.forget(tx, police, id))).toEqual([]);
    expect(await world.database.within({ parties: [police] }, (tx) => log.forget(tx, police, id))).toHaveLength(1);
  });
});

const anySlice = {
  counterpart: null,
  kind: 'disclose',
  purpose: 'child-s47-enquiry' as never,
  outcome: 'released',
  categories: [],
  basis: {},
  emergency: false,
  decidedAt: '2026-01-01T00:00:00.000Z' as never,
  subject: null,
  officer: null,
  details: {},
} as const;
