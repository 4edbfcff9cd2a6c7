import { Agreements } from '../../../src/policies/agreements.js';
import { EnrolledAgenciesOfTheDirectory } from '../../../src/bindings/enrolled-agencies.binding.js';
import { AgreementsController } from '../../../src/policies/http/agreements.controller.js';
import { CodeLists } from '../../../src/policies/http/code-lists.js';
import { PoliciesController } from '../../../src/policies/http/policies.controller.js';
import { newAgreement } from '../../../src/policies/http/requests.js';
import { PublishedPolicy } from '../../../src/policies/published-policy.js';
import { ApprovalKeysOfTheDirectory } from '../../../src/bindings/approval-keys.binding.js';
import type { Purpose } from '../../../src/core/vocabulary/codes.js';
import type { AgencyId, OfficerId } from '../../../src/core/vocabulary/ids.js';
import type { Instant } from '../../../src/core/vocabulary/time.js';
import type { Answer } from '../../../src/platform/calls/answer.js';
import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { callBy, council, directoryWorld, now, trust, type DirectoryWorld } from '../../support/directory-world.js';

const outsider = 'northmoor-school' as AgencyId;
const purpose = 'child-s47-enquiry' as Purpose;
const path = '/v1/agreements';
const terms = {
  parties: [council, trust] as string[],
  purposes: [purpose] as string[],
  dataItems: ['core-identity', 'present-concern'],
  bases: [{ power: 'ca89-s47', article6: '6-1-e' }],
  startOn: '2026-01-01',
  reviewBy: '2027-01-01',
};

let test: TestDatabase;
let world: DirectoryWorld;
let agreements: Agreements;
let controller: AgreementsController;
let lists: CodeLists;

beforeAll(async () => {
  test = await freshDatabase();
  world = await directoryWorld(await test.open('gateway'));
  agreements = new Agreements();
  lists = new CodeLists(loadCatalogue('config'));
  const enrolled = new EnrolledAgenciesOfTheDirectory(world.directory);
  controller = new AgreementsController(world.calls, agreements, enrolled, lists, world.ids);
});
afterAll(() => test.close());

const propose = (chosen: Partial<typeof terms> & { endOn?: string } = {}, by = 'nm-admin-1'): Promise<Answer> =>
  controller.propose(callBy(council, by, path), newAgreement.parse({ ...terms, ...chosen }));
const sign = (id: string, agency: AgencyId, by: string): Promise<Answer> =>
  controller.sign(callBy(agency, by, `${path}/${id}/approval`), id, { officer: by as OfficerId });
const idOf = ({ body }: Answer): string => (body as { id: string }).id;
const inExchange = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  world.database.within({ parties: [council, trust] }, work);
const between = (at = now): Promise<readonly { id: string }[]> =>
  inExchange((tx) => agreements.between(tx, trust, council, purpose, at));

describe('an agreement', () => {
  it('narrows nothing until an officer of each party has signed', async () => {
    const proposed = await propose();
    expect(proposed).toMatchObject({ status: 202, body: { status: 'awaiting-second' } });
    const id = idOf(proposed);
    expect(await between()).toEqual([]);
    await expect(sign(id, council, 'nm-admin-2')).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    expect(await between()).toEqual([]);
    expect(await sign(id, trust, 'nnt-admin-1')).toMatchObject({ status: 200, body: { id, status: 'in-force' } });
    expect(await between()).toEqual([
      { id, purposes: [purpose], dataItems: terms.dataItems, from: '2026-01-01', to: '2027-01-01' },
    ]);
  });

  it.each([
    { because: 'its review has passed', chosen: {}, at: '2027-01-02T00:00:00.000Z', to: '2027-01-01' },
    { because: 'it has ended', chosen: { endOn: '2026-06-30' }, at: '2026-11-25T11:00:00.000Z', to: '2026-06-30' },
  ])('is still told of, as run out, when $because: a person then decides', async ({ chosen, at, to }) => {
    const id = idOf(await propose(chosen));
    await sign(id, trust, 'nnt-admin-1');
    expect(await between(at as Instant)).toContainEqual(expect.objectContaining({ id, to }));
  });

  it('is not told of before its first day, for another purpose or between others', async () => {
    const id = idOf(await propose({ startOn: '2026-12-01' }));
    expect(await sign(id, trust, 'nnt-admin-1')).toMatchObject({ body: { status: 'not-begun' } });
    expect((await between()).map((one) => one.id)).not.toContain(id);
    const other = await inExchange((tx) => agreements.between(tx, trust, council, 'mappa' as Purpose, now));
    expect(other).toEqual([]);
    expect(await inExchange((tx) => agreements.between(tx, trust, outsider, purpose, now))).toEqual([]);
  });

  it('is seen and signed by its parties alone', async () => {
    const id = idOf(await propose());
    const seen = (agency: AgencyId): Promise<readonly unknown[]> =>
      world.database.within({ parties: [agency] }, (tx) => agreements.list(tx));
    expect(await seen(trust)).toContainEqual(expect.objectContaining({ id }));
    expect(await seen(outsider)).toEqual([]);
    const asOutsider = (tx: Tx): Promise<unknown> =>
      agreements.sign(tx, id, { agency: outsider, officer: 'x-1' as OfficerId }, now);
    await expect(world.database.within({ parties: [outsider] }, asOutsider)).rejects.toMatchObject({ code: '42501' });
    const forTheTrust = (tx: Tx): Promise<unknown> =>
      agreements.sign(tx, id, { agency: trust, officer: 'nnt-admin-1' as OfficerId }, now);
    await expect(world.database.within({ parties: [council] }, forTheTrust)).rejects.toMatchObject({ code: '42501' });
    await expect(inExchange(forTheTrust)).rejects.toMatchObject({ code: '42501' });
    await expect(sign('018f0000-0000-7000-8000-000000000009', trust, 'nnt-admin-1')).rejects.toMatchObject({
      slug: 'not-found',
    });
  });

  it.each([
    'UPDATE gateway.agreement SET data_items = data_items',
    'DELETE FROM gateway.agreement_signature',
    'TRUNCATE gateway.agreement_signature',
  ])('is kept as it was signed: %s', async (statement) => {
    await propose();
    await expect(world.database.within({ parties: [council] }, (tx) => tx.sql(statement))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('moves the policy anchor on when it is signed', async () => {
    const anchors = [{ kind: 'policy', id: 'published' }] as const;
    const version = (): Promise<bigint> =>
      world.database.outside(async (tx) => [...(await tx.versionsOf(anchors)).values()][0] ?? -1n);
    const id = idOf(await propose());
    const before = await version();
    await sign(id, trust, 'nnt-admin-1');
    expect(await version()).toBe(before + 1n);
  });

  it.each([
    { because: 'a party is not enrolled', chosen: { parties: [council, outsider] }, pointer: '/parties/1' },
    { because: 'the proposer is no party', chosen: { parties: [trust, outsider] }, pointer: '/parties' },
    { because: 'a purpose is in no catalogue', chosen: { purposes: ['benefit-fraud'] }, pointer: '/purposes/0' },
    { because: 'an item is in no catalogue', chosen: { dataItems: ['shoe-size'] }, pointer: '/dataItems/0' },
    {
      because: 'a basis is in no catalogue',
      chosen: { bases: [{ power: 'ca89-s47', article6: '6-1-z' }] },
      pointer: '/bases/0/article6',
    },
  ])('is malformed when $because', async ({ chosen, pointer }) => {
    await expect(async () => propose(chosen)).rejects.toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer }] },
    });
  });

  it.each([
    { because: 'its review comes before its start', chosen: { reviewBy: '2025-12-31' } },
    { because: 'it ends before its start', chosen: { endOn: '2025-12-31' } },
    { because: 'a party is named twice', chosen: { parties: [council, council] } },
    { because: 'it says more than it may', chosen: { remark: 'x' } },
  ])('is no request when $because', ({ chosen }) => {
    expect(newAgreement.safeParse({ ...terms, ...chosen }).success).toBe(false);
  });

  it('is signed by an administrator, and by whom the signature names', async () => {
    const id = idOf(await propose());
    await expect(sign(id, trust, 'nnt-1')).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    const call = callBy(trust, 'nnt-admin-1', `${path}/${id}/approval`);
    await expect(async () => controller.sign(call, id, { officer: 'nnt-admin-2' as OfficerId })).rejects.toMatchObject({
      slug: 'malformed',
    });
  });
});

describe('what anyone enrolled may read', () => {
  const read = (list: string): Promise<Answer> => {
    const policies = new PoliciesController(
      world.calls,
      new PublishedPolicy(new ApprovalKeysOfTheDirectory(world.directory)),
      lists,
    );
    const call = callBy(trust, 'nnt-1', `/v1/catalogue/${list}`, { method: 'GET', duty: 'read-directory' });
    return list === 'policies' ? policies.current(call) : policies.list(call, list);
  };

  it('the code lists, each entry with its code', async () => {
    for (const list of [
      'categories',
      'purposes',
      'powers',
      'processes',
      'roles',
      'team-kinds',
      'notice-waivers',
      'urgencies',
    ]) {
      const { body } = await read(list);
      expect((body as { entries: unknown[] }).entries.length).toBeGreaterThan(0);
    }
    const { entries } = (await read('categories')).body as { entries: { code: string; reference: string }[] };
    expect(entries.find(({ code }) => code === 'injury-findings')).toMatchObject({ reference: 'D16' });
  });

  it('no reason that is not shown to requesters', async () => {
    const codes = ((await read('reasons')).body as { entries: { code: string }[] }).entries.map(({ code }) => code);
    const hidden = [...lists.catalogue.reasons.values()].filter(
      ({ shown }) => shown !== 'shown' && shown !== 'in-review',
    );
    expect(hidden.length).toBeGreaterThan(0);
    for (const { code } of hidden) expect(codes).not.toContain(code);
  });

  it.each(['bars', 'constructor', '__proto__'])('no list called `%s`', async (list) => {
    await expect(read(list)).rejects.toMatchObject({ slug: 'not-found' });
  });

  it('no version of policy while none is published', async () => {
    await expect(read('policies')).rejects.toMatchObject({ slug: 'not-found' });
  });
});
