import type { RoleCode } from '../../../src/core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../../src/core/vocabulary/ids.js';
import { instantOf, secondsAfter, type Instant } from '../../../src/core/vocabulary/time.js';
import { ApprovedOrigins } from '../../../src/agencies/approved-origins.js';
import { SuspensionController } from '../../../src/agencies/http/suspension.controller.js';
import { TwoPersonChange } from '../../../src/agencies/http/two-person-change.js';
import { Operator } from '../../../src/agencies/operator.js';
import { SigningKeysOfTheDirectory } from '../../../src/bindings/signing-keys.binding.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import {
  beginning,
  callBy,
  council,
  directoryWorld,
  keyPair,
  now,
  trust,
  type DirectoryWorld,
} from '../../support/directory-world.js';

let test: TestDatabase;
let world: DirectoryWorld;

beforeAll(async () => {
  test = await freshDatabase();
  world = await directoryWorld(await test.open('gateway'));
});
afterAll(() => test.close());

const as = <T>(agency: AgencyId, work: (tx: Tx) => Promise<T>): Promise<T> =>
  world.database.within({ parties: [agency] }, work);
const officer = (id: string): OfficerId => id as OfficerId;

describe('what the directory shows', () => {
  it('agencies, teams and keys to everyone', async () => {
    const { publicJwk } = keyPair();
    await as(trust, (tx) =>
      world.register.addKey(tx, trust, { kid: 'sig-1', use: 'signing', public: publicJwk, notBefore: beginning }),
    );
    await world.database.outside(async (tx) => {
      expect(await world.directory.agency(tx, trust)).toMatchObject({ kind: 'health', jurisdiction: 'england' });
      expect(await world.directory.team(tx, 'nnt-acute' as TeamId)).toMatchObject({ agency: trust, kind: 'nhs-acute' });
      expect(await world.directory.signingKey(tx, trust, 'sig-1', now)).toMatchObject({ public: publicJwk });
      expect(await world.directory.dutyContact(tx, trust)).toMatchObject({ name: 'Duty desk' });
    });
  });

  it('officers to their own agency and to its counterpart in an exchange, and to nobody else', async () => {
    const find = (tx: Tx): Promise<unknown> => world.directory.officerAt(tx, council, officer('nm-1'), now);
    expect(await as(council, find)).toMatchObject({ role: 'social-worker', team: 'nm-csc' });
    expect(await world.database.within({ parties: [trust, council] }, find)).toMatchObject({ role: 'social-worker' });
    expect(await as(trust, find)).toBeUndefined();
    expect(await world.database.outside(find)).toBeUndefined();
  });

  it('nothing of an agency, team, client or officer that is not there', async () => {
    await as(council, async (tx) => {
      expect(await world.directory.agency(tx, 'nobody' as AgencyId)).toBeUndefined();
      expect(await world.directory.team(tx, 'no-team' as TeamId)).toBeUndefined();
      expect(await world.directory.clientOf(tx, 'no-client')).toBeUndefined();
      expect(await world.directory.officerAt(tx, council, officer('no-one'), now)).toBeUndefined();
      expect(world.directory.dutiesOf('no-role' as RoleCode)).toEqual([]);
    });
  });
});

describe('a role', () => {
  it('is seen ended by the next statement', async () => {
    await grant('nm-2', beginning);
    await as(council, async (tx) => {
      expect(await world.directory.officerAt(tx, council, officer('nm-2'), now)).toBeDefined();
      await as(council, (other) => world.register.endRole(other, council, officer('nm-2'), now));
      expect(await world.directory.officerAt(tx, council, officer('nm-2'), now)).toBeUndefined();
    });
  });

  it('stays on record once it has ended', async () => {
    await grant('nm-3', beginning);
    await as(council, (tx) => world.register.endRole(tx, council, officer('nm-3'), now));
    const held = await as(council, (tx) => world.directory.officersOf(tx, council));
    expect(held.find((role) => role.officer === 'nm-3')).toMatchObject({ role: 'social-worker', to: now });
  });

  it('is held one at a time, and followed by another once it has ended', async () => {
    await grant('nm-4', beginning);
    await expect(grant('nm-4', now)).rejects.toMatchObject({ slug: 'conflict' });
    await as(council, (tx) => world.register.endRole(tx, council, officer('nm-4'), now));
    await grant('nm-4', now);
    expect(await as(council, (tx) => world.directory.officerAt(tx, council, officer('nm-4'), now))).toBeDefined();
  });

  it('is never given another day to end than an earlier one', async () => {
    await grant('nm-5', beginning);
    await as(council, (tx) => world.register.endRole(tx, council, officer('nm-5'), now));
    await expect(
      as(council, (tx) => world.register.endRole(tx, council, officer('nm-5'), secondsAfter(now, 60))),
    ).rejects.toMatchObject({ slug: 'conflict' });
  });

  it.each([
    { because: 'it carries the duty', who: 'nm-1', duty: 'lead' as const, holds: true },
    { because: 'it does not', who: 'nm-1', duty: 'administer' as const, holds: false },
    { because: 'nobody holds it', who: 'no-one', duty: 'lead' as const, holds: false },
    { because: 'the officer is another agency’s', who: 'nnt-1', duty: 'push' as const, holds: false },
  ])('lets a call be made: $holds, because $because', async ({ who, duty, holds }) => {
    const call = callBy(council, who, '/v1/x', { duty });
    const made = world.calls.perform(call, () => Promise.resolve({ status: 200, body: {} }));
    if (holds) await expect(made).resolves.toMatchObject({ status: 200 });
    else await expect(made).rejects.toMatchObject({ slug: 'officer-not-permitted' });
  });

  it('without training in date leads no case, and still reads the directory', async () => {
    await grant('nm-6', beginning, '2026-11-01T00:00:00.000Z' as Instant);
    const attempt = (duty: 'lead' | 'read-directory'): Promise<unknown> =>
      world.calls.perform(callBy(council, 'nm-6', '/v1/x', { duty }), () => Promise.resolve({ status: 200, body: {} }));
    await expect(attempt('lead')).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    await expect(attempt('read-directory')).resolves.toMatchObject({ status: 200 });
  });
});

describe('a key', () => {
  it('is seen revoked at once, from a moment in the past', async () => {
    const kid = await addKey('sig-2');
    const revokedFrom = secondsAfter(now, -3600);
    await as(trust, (tx) => world.register.revokeKey(tx, trust, kid, revokedFrom, 'laptop lost'));
    await world.database.outside(async (tx) => {
      expect(await world.directory.signingKey(tx, trust, kid, now)).toBeUndefined();
      expect(await world.directory.signingKey(tx, trust, kid, revokedFrom)).toBeUndefined();
      expect(await world.directory.signingKey(tx, trust, kid, secondsAfter(revokedFrom, -1))).toBeDefined();
    });
  });

  it('is not given back by a later revocation', async () => {
    const kid = await addKey('sig-3');
    await as(trust, (tx) => world.register.revokeKey(tx, trust, kid, now, 'lost'));
    await expect(
      as(trust, (tx) => world.register.revokeKey(tx, trust, kid, secondsAfter(now, 60), 'found')),
    ).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('serves one use only', async () => {
    const kid = await addKey('sig-4');
    await world.database.outside(async (tx) => {
      expect(await world.directory.approvalKey(tx, trust, officer('nnt-1'), kid, now)).toBeUndefined();
      expect((await world.directory.clientKeys(tx, trust, now)).map((key) => key.kid)).not.toContain(kid);
    });
  });

  it('is one holder’s: the same key is not registered for another person or agency', async () => {
    const { publicJwk } = keyPair();
    const register = (agency: AgencyId, holder: string, kid: string): Promise<void> =>
      as(agency, (tx) =>
        world.register.addKey(tx, agency, {
          kid,
          use: 'approval',
          officer: officer(holder),
          public: publicJwk,
          notBefore: beginning,
        }),
      );
    await register(trust, 'nnt-admin-1', 'ap-1');
    await expect(register(trust, 'nnt-admin-2', 'ap-2')).rejects.toMatchObject({ slug: 'conflict' });
    await expect(register(council, 'nm-admin-1', 'ap-1')).rejects.toMatchObject({ slug: 'conflict' });
  });

  it.each([
    ['a private key', keyPair().privateJwk],
    ['a point off the curve', { ...keyPair().publicJwk, x: keyPair().publicJwk['x'] ?? '' }],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
  ])('is refused when it is %s', async (_, jwk) => {
    await expect(
      as(trust, (tx) =>
        world.register.addKey(tx, trust, { kid: 'bad-1', use: 'signing', public: jwk, notBefore: beginning }),
      ),
    ).rejects.toMatchObject({ slug: 'malformed' });
  });
});

describe('an endpoint', () => {
  const endpoint = (id: string, url: string) => ({
    id,
    team: 'nnt-acute' as TeamId,
    kind: 'source' as const,
    adapter: 'fhir-r4' as const,
    url,
    approvedAt: now,
  });
  const first = '018f0000-0000-7000-8000-000000000001';
  const second = '018f0000-0000-7000-8000-000000000002';

  it('is used once proved, in place of the one before, whose origin is then closed', async () => {
    const origins = new ApprovedOrigins(world.database, world.directory);
    const inUse = (): Promise<unknown> =>
      as(trust, (tx) => world.directory.endpointOf(tx, 'nnt-acute' as TeamId, 'source'));
    await as(trust, (tx) => world.register.approveEndpoint(tx, trust, endpoint(first, 'https://a.example/fhir')));
    expect(await inUse()).toBeUndefined();
    expect(await origins.allows('https://a.example')).toBe(true);
    await as(trust, (tx) => world.register.activateEndpoint(tx, trust, first, now));
    expect(await inUse()).toMatchObject({ url: 'https://a.example/fhir', provenAt: now });

    await as(trust, (tx) => world.register.approveEndpoint(tx, trust, endpoint(second, 'https://b.example/fhir')));
    await as(trust, (tx) => world.register.activateEndpoint(tx, trust, second, now));
    expect(await inUse()).toMatchObject({ url: 'https://b.example/fhir' });
    expect(await origins.allows('https://a.example')).toBe(false);
    expect(await origins.allows('https://b.example')).toBe(true);
    expect(await origins.allows('https://c.example')).toBe(false);
  });

  it('is unknown to those who are no party', async () => {
    const find = (tx: Tx): Promise<unknown> => world.directory.endpointsOf(tx, trust);
    expect(await as(council, find)).toEqual([]);
    expect(await world.database.within({ parties: [council, trust] }, find)).toHaveLength(2);
  });
});

describe('who asks', () => {
  const resolve = (agency: AgencyId, who: string, at = now): Promise<unknown> =>
    as(agency, (tx) => world.resolution.resolve(tx, agency, officer(who), at));

  it('is resolved from the directory as it is', async () => {
    expect(await resolve(council, 'nm-1')).toMatchObject({
      ok: true,
      requester: {
        team: { kind: 'la-csc' },
        officer: { role: 'social-worker' },
        duties: ['ask', 'push', 'lead', 'read-directory'],
      },
    });
  });

  it('is nobody without a role then, or without an agency', async () => {
    expect(await resolve(council, 'no-one')).toEqual({ ok: false, fault: 'officer-holds-no-role' });
    expect(await resolve(council, 'nm-1', secondsAfter(beginning, -1))).toMatchObject({
      fault: 'officer-holds-no-role',
    });
    expect(await resolve('nobody' as AgencyId, 'nm-1')).toEqual({ ok: false, fault: 'agency-not-enrolled' });
  });

  it('is nobody while the agency is suspended', async () => {
    await as(council, (tx) => world.register.suspend(tx, council, now, 'key compromise'));
    expect(await resolve(council, 'nm-1')).toEqual({ ok: false, fault: 'agency-suspended' });
    await as(council, (tx) => world.register.reinstate(tx, council));
    expect(await resolve(council, 'nm-1')).toMatchObject({ ok: true });
  });
});

describe('by whatever clock a gateway goes', () => {
  const MINUTE = 60;
  const here = (): Instant => instantOf(Date.now());
  const behind = (): Instant => secondsAfter(here(), -10 * MINUTE);
  const ahead = (): Instant => secondsAfter(here(), 10 * MINUTE);
  const clocks = [
    ['behind', behind],
    ['right', here],
    ['ahead', ahead],
  ] as const;
  const suspendedFor = (at: Instant): Promise<unknown> =>
    as(council, (tx) => world.resolution.resolve(tx, council, officer('nm-1'), at));
  const reinstated = (): Promise<void> => as(council, (tx) => world.register.reinstate(tx, council));

  it.each(clocks)('a suspension at once has begun where the clock is %s', async (_clock, at) => {
    await as(council, (tx) => world.register.suspend(tx, council, 'at-once', 'key compromise'));
    const resolution = await suspendedFor(at());
    await reinstated();
    expect(resolution).toEqual({ ok: false, fault: 'agency-suspended' });
  });

  it.each(clocks)(
    'one that two people of the operator make where the clock is %s has begun everywhere',
    async (_clock, at) => {
      const suspension = new SuspensionController(
        new TwoPersonChange(world.calls, world.twoPeople),
        world.directory,
        world.register,
        new Operator(trust),
      );
      const path = `/v1/agencies/${council}/suspension`;
      const by = (who: string, where: string) => callBy(trust, who, where, { at: at() });
      const proposed = await suspension.propose(by('nnt-admin-1', path), council, { reason: 'key compromise' });
      const { id } = proposed.body as { id: string };
      const second = officer('nnt-admin-2');
      await suspension.approve(by(second, `${path}/${id}/approval`), council, id, { officer: second });
      const resolutions = await Promise.all(clocks.map(([, seen]) => suspendedFor(seen())));
      await reinstated();
      for (const resolution of resolutions) expect(resolution).toEqual({ ok: false, fault: 'agency-suspended' });
    },
  );

  it('a suspension that is to begin later has begun for none whose clock is not past it', async () => {
    await as(council, (tx) => world.register.suspend(tx, council, secondsAfter(here(), 5 * MINUTE), 'merger'));
    const resolutions = await Promise.all(clocks.map(([, seen]) => suspendedFor(seen())));
    await reinstated();
    expect(resolutions).toMatchObject([{ ok: true }, { ok: true }, { ok: false, fault: 'agency-suspended' }]);
  });

  it.each(clocks)('a role that has ended is held no more where the clock is %s', async (clock, at) => {
    const who = `nm-clock-${clock}`;
    await grant(who, beginning);
    await as(council, (tx) => world.register.endRole(tx, council, officer(who), here()));
    const held = await as(council, (tx) =>
      Promise.all([
        world.directory.officerAt(tx, council, officer(who), at()),
        world.directory.teamOfOfficerAt(tx, council, officer(who), at()),
      ]),
    );
    expect(held).toEqual([undefined, undefined]);
  });

  it.each(clocks)('a revoked key is good for nothing where the clock is %s', async (clock, at) => {
    const kid = await addKey(`sig-clock-${clock}`);
    const client = await addKey(`client-clock-${clock}`, 'client');
    const keys = new SigningKeysOfTheDirectory(world.database, world.directory);
    expect(await keys.find(trust, kid, behind())).toBeDefined();
    for (const each of [kid, client])
      await as(trust, (tx) => world.register.revokeKey(tx, trust, each, here(), 'laptop lost'));
    expect(await keys.find(trust, kid, at())).toBeUndefined();
    const left = await world.database.outside((tx) => world.directory.clientKeys(tx, trust, at()));
    expect(left.map((key) => key.kid)).not.toContain(client);
  });

  it('a signature of before the revocation still verifies, by the moment it was made', async () => {
    const kid = await addKey('sig-then');
    await as(trust, (tx) => world.register.revokeKey(tx, trust, kid, here(), 'laptop lost'));
    const then = (tx: Tx) => world.directory.signingKey(tx, trust, kid, behind());
    expect(await world.database.outside(then)).toMatchObject({ kid });
  });
});

describe('the second wall', () => {
  it.each([
    [
      'an officer',
      `INSERT INTO gateway.officer (agency, id, name, team, role, role_from)
       VALUES ('${trust}', 'np-1', 'x', 'nnt-acute', 'administrator', now())`,
    ],
    [
      'a key',
      `INSERT INTO gateway.agency_key (agency, kid, use, public, thumbprint, not_before)
       VALUES ('${trust}', 'k', 'signing', '{"kty":"EC","crv":"P-256"}', repeat('x', 43), now())`,
    ],
    ['a team', `INSERT INTO gateway.team VALUES ('x-team', '${trust}', 'nhs-acute', 'x')`],
    ['a client', `INSERT INTO gateway.client VALUES ('x-client', '${trust}', '{exchange.request}')`],
    ['an origin', `INSERT INTO gateway.approved_origin VALUES ('${trust}', 'https://evil.example')`],
    [
      'an endpoint',
      `INSERT INTO gateway.endpoint (id, agency, team, kind, adapter, url, approved_at)
       VALUES (gen_random_uuid(), '${trust}', 'nnt-acute', 'source', 'fhir-r4', 'https://evil.example', now())`,
    ],
  ])('keeps one agency, and an exchange of two, from adding %s to another', async (_, statement) => {
    await expect(as(council, (tx) => tx.sql(statement))).rejects.toMatchObject({ code: '42501' });
    await expect(world.database.within({ parties: [council, trust] }, (tx) => tx.sql(statement))).rejects.toMatchObject(
      { code: '42501' },
    );
    await expect(world.database.outside((tx) => tx.sql(statement))).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    `UPDATE gateway.officer SET role_to = now() WHERE agency = '${trust}' RETURNING id`,
    `UPDATE gateway.agency_key SET revoked_from = now(), reason = 'x' WHERE agency = '${trust}' RETURNING kid`,
    `UPDATE gateway.agency SET suspended_from = now(), suspension_reason = 'x' WHERE id = '${trust}' RETURNING id`,
    `UPDATE gateway.endpoint SET active = false WHERE agency = '${trust}' RETURNING id`,
    `DELETE FROM gateway.approved_origin WHERE agency = '${trust}' RETURNING origin`,
  ])('lets another agency change nothing: %s', async (statement) => {
    expect(await as(council, (tx) => tx.sql(statement))).toEqual([]);
    expect(await world.database.within({ parties: [council, trust] }, (tx) => tx.sql(statement))).toEqual([]);
  });

  it.each([
    `UPDATE gateway.agency_key SET public = '{}'`,
    `UPDATE gateway.officer SET role = 'administrator'`,
    `UPDATE gateway.endpoint SET url = 'https://evil.example'`,
    `UPDATE gateway.client SET scopes = '{}'`,
    'DELETE FROM gateway.officer',
    'DELETE FROM gateway.agency_key',
    'TRUNCATE gateway.agency_key',
  ])('grants nobody, the agency itself included: %s', async (statement) => {
    await expect(as(trust, (tx) => tx.sql(statement))).rejects.toMatchObject({ code: '42501' });
  });
});

it('moves the agency’s anchor on with every change of authority', async () => {
  const anchor = { kind: 'agency', id: trust } as const;
  const version = (): Promise<bigint> =>
    as(trust, async (tx) => [...(await tx.versionsOf([anchor])).values()][0] ?? -1n);
  const before = await version();
  const kid = await addKey('sig-9');
  await as(trust, (tx) => world.register.revokeKey(tx, trust, kid, now, 'lost'));
  expect(await version()).toBe(before + 2n);
});

function grant(id: string, from: Instant, trainingUntil?: Instant): Promise<void> {
  return as(council, (tx) =>
    world.register.grantRole(tx, council, {
      officer: officer(id),
      name: `Invented ${id}`,
      team: 'nm-csc' as TeamId,
      role: 'social-worker' as RoleCode,
      from,
      ...(trainingUntil !== undefined && { trainingUntil }),
    }),
  );
}

async function addKey(kid: string, use: 'signing' | 'client' = 'signing'): Promise<string> {
  await as(trust, (tx) =>
    world.register.addKey(tx, trust, { kid, use, public: keyPair().publicJwk, notBefore: beginning }),
  );
  return kid;
}
