import { randomUUID } from 'node:crypto';
import type { AgencyId, PersonId } from '../../src/core/vocabulary/ids.js';
import type { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import { DepositSweep } from '../../src/sources/deposit-sweep.js';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

// Records of an agency without a system, from its deposit to the answer that is given from it, and to its end.

const MIA = { identifiers: [{ system: 'nhs-number', value: '9990000220' }] };
const daysAhead = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const TODAY = daysAhead(0);

let world: GatewayWorld;
let refuge: AgencyClient;
let council: AgencyClient;
let database: PostgresDatabase;
beforeAll(async () => {
  world = await gatewayWorld((demo) => ({ ...demo, deposits: [] }));
  refuge = world.client('fern-refuge', 'fern-idva-1');
  council = world.client('northmoor-council', 'nmc-sw-1');
  database = await world.database.open('gateway');
});
afterAll(() => world.close());

function deposit(changes: object = {}, by = refuge): Promise<Reply> {
  return by.post('/v1/deposits', {
    subject: MIA,
    content: { 'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Mia' } },
    officer: 'fern-idva-1',
    asOf: TODAY,
    reviewBy: daysAhead(30),
    ...changes,
  });
}

function ask(categories: readonly string[] = ['core-identity']): Promise<Reply> {
  return council.post('/v1/exchanges/requests', {
    kind: 'safeguarding',
    custodian: 'fern-refuge',
    custodianTeam: 'fern-idva',
    subject: { role: 'parent-carer', nhsNumber: '9990000220' },
    purpose: 'child-s47-enquiry',
    caseReference: 'nm-2026-0419',
    officer: { id: 'nmc-sw-1', role: 'social-worker' },
    categories,
    period: { from: daysAhead(-365), to: TODAY },
    necessity: 'What the refuge knows of the mother bears on the safety of the child now.',
    function: { power: 'ca89-s47-enquiry', text: 's.47 enquiry led by Northmoor Council' },
    notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: daysAhead(14) },
    urgency: 'urgent',
  });
}

/** The status of the one category asked for. */
async function asked(category = 'core-identity'): Promise<{ status: string | undefined; record: unknown }> {
  const { body } = await ask([category]);
  const { items, record } = body as { items: { status: string }[]; record?: Record<string, unknown> };
  return { status: items[0]?.status, record: record?.[category] };
}

interface Row {
  readonly id: string;
  readonly person: PersonId;
  readonly sealed: Buffer | null;
  readonly ended_because: string | null;
}

const REFUGE = 'fern-refuge' as AgencyId;

const rows = (): Promise<readonly Row[]> =>
  database.within({ parties: [REFUGE] }, (tx) =>
    tx.sql<Row & object>('SELECT id, person, sealed, ended_because FROM gateway.deposit ORDER BY id'),
  );

describe('an agency without a system', () => {
  it('is unavailable until it has deposited something: nobody has said that there is nothing', async () => {
    expect(await asked()).toEqual({ status: 'unavailable', record: undefined });
  });

  it('deposits a record and is answered with what was kept, never with its content', async () => {
    const { status, body } = await deposit();
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String) as string,
      subject: expect.any(String) as string,
      team: 'fern-idva',
      categories: ['core-identity'],
      asOf: TODAY,
      reviewBy: daysAhead(30),
      officer: 'fern-idva-1',
      depositedAt: expect.any(String) as string,
    });
    expect(await asked()).toEqual({
      status: 'released',
      record: { familyName: 'Northmoor-Test', givenNames: 'Mia' },
    });
  });

  it('replaces all of it with the next, and the former content is destroyed', async () => {
    await deposit({ content: { 'staff-safety': {} } });
    expect(await asked()).toMatchObject({ status: 'unavailable' });
    expect(await asked('staff-safety')).toMatchObject({ status: 'not-held' });
    const kept = await rows();
    expect(kept.map(({ sealed, ended_because }) => [sealed === null, ended_because])).toEqual([
      [true, 'replaced'],
      [false, null],
    ]);
  });

  it('reads back which categories and days, the latest first, page by page', async () => {
    const first = await refuge.get('/v1/deposits?limit=1');
    expect(first.body).toMatchObject({ deposits: [{ categories: ['staff-safety'] }] });
    const { next } = first.body as { next: string };
    const second = await refuge.get(`/v1/deposits?limit=1&cursor=${next}`);
    expect(second.body).toMatchObject({
      deposits: [{ categories: ['core-identity'], endedBecause: 'replaced', endedAt: expect.any(String) as string }],
    });
    expect(second.body).not.toHaveProperty('next');
    expect(JSON.stringify([first.body, second.body])).not.toContain('Northmoor-Test');
  });

  it('says on which conditions a category goes out, and whoever is given it undertakes them', async () => {
    await deposit({ handling: { 'core-identity': ['do-not-tell-perpetrator', 'nopat'] } });
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toMatchObject({ conditions: { 'core-identity': ['do-not-tell-perpetrator', 'nopat'] } });
    const wrong = await deposit({ handling: { 'core-identity': ['tell-nobody'], household: ['nopat'] } });
    expect(wrong).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/handling/core-identity/0' }, { pointer: '/handling/household' }] },
    });
    await deposit();
    expect((await ask()).body).not.toHaveProperty('conditions');
  });

  it('ends one, and its content is destroyed with the commit', async () => {
    const { body } = await deposit();
    const { id } = body as { id: string };
    const path = `/v1/deposits/${id}/end`;
    const ended = await refuge.post(path, { officer: 'fern-idva-1', reason: 'she has left the refuge' });
    expect(ended.status).toBe(201);
    expect(await asked()).toMatchObject({ status: 'unavailable' });
    expect((await rows()).find((row) => row.id === id)).toMatchObject({ sealed: null, ended_because: 'ended' });
    expect((await refuge.get(`/v1/deposits/${id}`)).body).toMatchObject({ endedBecause: 'ended' });
    const again = await refuge.post(path, { officer: 'fern-idva-1', reason: 'again' });
    expect(again.status).toBe(409);
  });
});

describe('a deposit past its day', () => {
  it('is served no more, and its content is destroyed by the sweep, which touches no other', async () => {
    await deposit();
    const before = await rows();
    const current = before.find(({ sealed }) => sealed !== null);
    await world.database.asSuperuser(`
      ALTER TABLE gateway.deposit DISABLE TRIGGER only_ends;
      UPDATE gateway.deposit SET as_of = current_date - 10, review_by = current_date - 2 WHERE id = '${current?.id ?? ''}';
      ALTER TABLE gateway.deposit ENABLE TRIGGER only_ends;`);
    expect(await asked()).toMatchObject({ status: 'unavailable' });
    const sweep = world.gateway.app.get(DepositSweep, { strict: false });
    await sweep.sweep();
    await sweep.sweep();
    expect(await rows()).toEqual(
      before.map((row) => (row.id === current?.id ? { ...row, sealed: null, ended_because: 'expired' } : row)),
    );
    await deposit();
    await sweep.sweep();
    expect(await asked()).toMatchObject({ status: 'released' });
  });
});

describe('who may deposit about whom', () => {
  const notFound = async (reply: Promise<Reply>): Promise<string> => {
    const { status, body } = await reply;
    const { type, detail = '' } = body as { type: string; detail?: string };
    return `${String(status)} ${type.split('/').at(-1) ?? ''} ${detail}`;
  };

  it('is answered alike for someone known to others, someone nobody knows and one’s own claim', async () => {
    const people = ['9990000018', '9990000573'].map((value) => ({ identifiers: [{ system: 'nhs-number', value }] }));
    const answers = await Promise.all(people.map((subject) => notFound(deposit({ subject }))));
    // A claim of its own opens nothing: nobody certifies their own need to hold.
    const claimed = { identifiers: [{ system: 'nhs-number', value: '9990000085' }] };
    const claim = await refuge.post('/v1/involvements', {
      ...{ subject: claimed, caseReference: 'nm-2026-0418', process: 'child-strategy-discussion' },
      ...{ agency: 'fern-refuge', team: 'fern-idva', role: 'domestic-violence-adviser', from: TODAY },
    });
    expect(claim.body).toMatchObject({ status: 'claimed' });
    answers.push(await notFound(deposit({ subject: claimed })));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^404 not-found/);
  });

  it('makes nobody known', async () => {
    const owner = await world.database.client('owner');
    await owner.query('ALTER TABLE gateway.person NO FORCE ROW LEVEL SECURITY');
    const count = async (): Promise<unknown> => (await owner.query('SELECT count(*) FROM gateway.person')).rows;
    const before = await count();
    await deposit({ subject: { identifiers: [{ system: 'nhs-number', value: '9990000638' }] } });
    expect(await count()).toEqual(before);
    await owner.query('ALTER TABLE gateway.person FORCE ROW LEVEL SECURITY');
  });

  it('is not another agency, whose deposits one can neither see nor end', async () => {
    const [{ id } = { id: randomUUID() }] = await rows();
    const police = world.client('northmoor-police', 'np-4471');
    expect((await police.get(`/v1/deposits/${id}`)).status).toBe(404);
    const end = await police.post(`/v1/deposits/${id}/end`, { officer: 'np-4471', reason: 'not mine' });
    expect(end.status).toBe(404);
    expect((await police.get('/v1/deposits')).body).toEqual({ deposits: [] });
  });

  it.each([
    ['as of a day to come', { asOf: daysAhead(1) }, '/asOf'],
    ['to be looked at again before today', { asOf: daysAhead(-9), reviewBy: daysAhead(-1) }, '/reviewBy'],
    ['for longer than it may stand', { reviewBy: daysAhead(367) }, '/reviewBy'],
    ['for a team that is not involved', { team: 'np-ppu' }, '/team'],
    ['of nothing at all', { content: {} }, '/content'],
    ['in free text', { content: { 'present-concern': { account: 'She said.' } } }, '/content/present-concern/account'],
    [
      'by a number that is none',
      { subject: { identifiers: [{ system: 'nhs-number', value: '1' }] } },
      '/subject/identifiers/0',
    ],
  ])('is not whoever deposits %s', async (_what, changes, pointer) => {
    const { status, body } = await deposit(changes);
    expect(status).toBe(400);
    expect((body as { errors: { pointer: string }[] }).errors[0]?.pointer).toContain(pointer);
  });
});

describe('the database', () => {
  it('shows a deposit to its agency alone, in no exchange, and to nobody else', async () => {
    const other = 'northmoor-council' as AgencyId;
    const seen = async (tx: Tx): Promise<number> => (await tx.sql('SELECT FROM gateway.deposit')).length;
    const [{ person } = { person: '' as PersonId }] = await rows();
    expect(await database.within({ parties: [REFUGE] }, seen)).toBeGreaterThan(0);
    expect(await database.within({ parties: [other, REFUGE] }, seen)).toBe(0);
    expect(await database.within({ parties: [REFUGE], subject: person }, seen)).toBe(0);
    expect(await database.within({ parties: [other] }, seen)).toBe(0);
    expect(await database.outside(seen)).toBe(0);
  });

  it('holds no content in the clear', async () => {
    const sealed = (await rows()).flatMap((row) => (row.sealed === null ? [] : [row.sealed]));
    expect(sealed.length).toBeGreaterThan(0);
    for (const bytes of sealed) expect(bytes.includes('Northmoor')).toBe(false);
  });

  it('whose bytes were changed or moved gives nothing: unavailable, and told to operators', async () => {
    const [sealed] = (await rows()).flatMap((row) => (row.sealed === null ? [] : [row]));
    expect(await asked()).toMatchObject({ status: 'released' });
    const put = (bytes: Buffer): Promise<void> =>
      world.database.asSuperuser(`
        ALTER TABLE gateway.deposit DISABLE TRIGGER only_ends;
        UPDATE gateway.deposit SET sealed = '\\x${bytes.toString('hex')}' WHERE id = '${sealed?.id ?? ''}';
        ALTER TABLE gateway.deposit ENABLE TRIGGER only_ends;`);
    const before = sealed?.sealed ?? Buffer.alloc(0);
    const changed = Buffer.from(before);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await put(changed);
    const told = world.logged.length;
    expect(await asked()).toEqual({ status: 'unavailable', record: undefined });
    expect(world.logged.slice(told).join('')).toContain('a source could not be asked');
    await put(before);
    expect(await asked()).toMatchObject({ status: 'released' });
  });

  it.each([
    ['UPDATE gateway.deposit SET review_by = review_by + 1 WHERE ended_at IS NULL', /only ends/],
    ["UPDATE gateway.deposit SET ended_because = 'ended' WHERE ended_at IS NOT NULL", /only ends/],
    ['DELETE FROM gateway.deposit', /only ever added to/],
  ])('refuses even whom no wall holds: %s', async (statement, says) => {
    await expect(world.database.asSuperuser(statement)).rejects.toThrow(says);
  });
});
