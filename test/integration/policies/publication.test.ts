import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApprovalKeysOfTheDirectory } from '../../../src/bindings/approval-keys.binding.js';
import { approveFiles } from '../../../src/cli/policy/approve-files.js';
import { describePublication, publishFiles } from '../../../src/cli/policy/publish-files.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import type { RoleCode } from '../../../src/core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../../src/core/vocabulary/ids.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { secondsAfter, type Instant } from '../../../src/core/vocabulary/time.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { approvePolicy } from '../../../src/policies/policy-approval.js';
import { PolicyPublication } from '../../../src/policies/policy-publication.js';
import { PublicationLog } from '../../../src/policies/publication-log.js';
import { PolicyNotServable, PublishedPolicy, type PolicyVersion } from '../../../src/policies/published-policy.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import {
  beginning,
  council,
  directoryWorld,
  keyPair,
  now as firstDay,
  trust,
  type DirectoryWorld,
} from '../../support/directory-world.js';

// Patient: each command loads the whole catalogue, on a machine that may be busy with other suites.
class NotedLog extends PublicationLog {
  readonly entries: number[] = [];
  failure: Error | undefined;
  held: (() => Promise<void>) | undefined;
  override async append(_tx: Tx, { version }: PolicyVersion): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await this.held?.();
    this.entries.push(version);
  }
}

interface Person {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
  readonly kid: string;
  readonly privateJwk: JsonObject;
}

let test: TestDatabase;
let world: DirectoryWorld;
let log: NotedLog;
let policy: PublishedPolicy;
let publication: PolicyPublication;
let people = 0;
// Of the test at hand: what is published stays published, so each test has files, people and a day of its own.
let now = firstDay;
let files: string;
let otherFiles: string;
let anna: Person;
let ben: Person;
let cleo: Person;

beforeAll(async () => {
  test = await freshDatabase();
  world = await directoryWorld(await test.open('gateway'));
  log = new NotedLog();
  const keys = new ApprovalKeysOfTheDirectory(world.directory);
  policy = new PublishedPolicy(keys);
  publication = new PolicyPublication({ database: world.database, keys, policy, log });
});
beforeEach(async () => {
  now = secondsAfter(now, 86_400);
  files = sha256Base64url(`files ${now}`);
  otherFiles = sha256Base64url(`other files ${now}`);
  anna = await person(council);
  ben = await person(trust);
  cleo = await person(council);
});
afterAll(() => test.close());

const approve = (by: Person, at = now, digest = files): string => approvePolicy(digest, by, at);
const publish = (approvals: string[], at = now, digest = files): ReturnType<PolicyPublication['publish']> =>
  publication.publish(digest, approvals, at);
const current = (): Promise<PolicyVersion | undefined> => world.database.outside((tx) => policy.current(tx));
const version = async (): Promise<number> => (await current())?.version ?? 0;
const serving = (digest: string): Promise<PolicyVersion> =>
  world.database.outside((tx) => policy.assertServing(tx, digest));

it('serves nothing before anything is published', async () => {
  await expect(serving(files)).rejects.toThrow(PolicyNotServable);
});

it('publishes on two people’s approval, of one agency or two, in the log and once', async () => {
  const before = await version();
  expect(await publish([approve(anna), approve(ben)])).toMatchObject({
    ok: true,
    published: { version: before + 1, digest: files, publishedAt: now },
  });
  const later = secondsAfter(now, 60);
  const second = await publish([approve(anna, later, otherFiles), approve(cleo, later, otherFiles)], later, otherFiles);
  expect(second).toMatchObject({ ok: true, published: { version: before + 2 } });
  expect(log.entries.slice(-2)).toEqual([before + 1, before + 2]);
  expect(await serving(otherFiles)).toMatchObject({ version: before + 2 });
});

it.each<{ fault: string; because: string; approvals: () => string[] | Promise<string[]> }>([
  { fault: 'too-few', because: 'there is none', approvals: () => [] },
  { fault: 'too-few', because: 'there is one', approvals: () => [approve(anna)] },
  { fault: 'same-person', because: 'one person approves twice', approvals: () => [approve(anna), approve(anna)] },
  {
    fault: 'same-person',
    because: 'one person approves with two keys of theirs',
    approvals: async () => [approve(anna), approve({ ...anna, ...(await newKey(council, anna.officer)) })],
  },
  { fault: 'malformed', because: 'one is no approval', approvals: () => [approve(anna), 'a.b.c'] },
  {
    fault: 'other-files',
    because: 'one is of other files',
    approvals: () => [approve(anna), approve(ben, now, otherFiles)],
  },
  {
    fault: 'not-yet-made',
    because: 'one is dated ahead',
    approvals: () => [approve(anna), approve(ben, secondsAfter(now, 120))],
  },
  {
    fault: 'key-not-good',
    because: 'one names another person’s key',
    approvals: () => [approve(anna), approve({ ...ben, agency: council, officer: anna.officer, kid: cleo.kid })],
  },
  {
    fault: 'key-not-good',
    because: 'a key is not registered',
    approvals: () => [approve(anna), approve({ ...ben, kid: 'ben-9' })],
  },
  {
    fault: 'key-not-good',
    because: 'a key was revoked after it signed and before publication',
    approvals: async () => {
      const approvals = [approve(anna, secondsAfter(now, -60)), approve(ben, secondsAfter(now, -60))];
      await revoke(ben, secondsAfter(now, -1));
      return approvals;
    },
  },
  {
    fault: 'signature',
    because: 'one is signed with another key than it names',
    approvals: () => [approve(anna), approve({ ...ben, privateJwk: keyPair().privateJwk })],
  },
  {
    fault: 'approver-without-role',
    because: 'an approver’s role has ended',
    approvals: async () => {
      await world.database.within({ parties: [trust] }, (tx) => world.register.endRole(tx, trust, ben.officer, now));
      return [approve(anna), approve(ben)];
    },
  },
  {
    fault: 'approver-without-role',
    because: 'an approver’s agency is suspended',
    approvals: async () => {
      await world.database.within({ parties: [trust] }, (tx) => world.register.suspend(tx, trust, now, 'compromise'));
      return [approve(anna), approve(ben)];
    },
  },
])('refuses as $fault when $because, and nothing is published', async ({ fault, approvals }) => {
  const before = await version();
  const given = await approvals();
  const logged = log.entries.length;
  expect(await publish(given)).toEqual({ ok: false, fault });
  expect(await version()).toBe(before);
  expect(log.entries).toHaveLength(logged);
  await world.database.within({ parties: [trust] }, (tx) => world.register.reinstate(tx, trust)).catch(() => undefined);
});

it('never rolls policy back on approvals given before the version now published', async () => {
  const old = [approve(anna), approve(ben)];
  await publish(old);
  const later = secondsAfter(now, 60);
  await publish([approve(anna, later, otherFiles), approve(ben, later, otherFiles)], later, otherFiles);
  expect(await publish(old, secondsAfter(now, 120))).toEqual({ ok: false, fault: 'approval-outdated' });
  const again = secondsAfter(now, 180);
  expect(await publish([approve(anna, again), approve(ben, again)], again)).toMatchObject({
    ok: true,
  });
});

it('publishes nothing twice, and nothing that is not in the log', async () => {
  log.failure = new Error('the log is down');
  await expect(publish([approve(anna), approve(ben)])).rejects.toThrow('the log is down');
  expect((await current())?.digest).not.toBe(files);
  log.failure = undefined;
  await publish([approve(anna), approve(ben)]);
  const later = secondsAfter(now, 60);
  expect(await publish([approve(anna, later), approve(ben, later)], later)).toEqual({
    ok: false,
    fault: 'already-published',
  });
});

describe('while a publication is under way', () => {
  let release: () => void;
  let first: Promise<unknown>;
  beforeEach(async () => {
    const appending = new Promise<void>((begun) => {
      log.held = () => {
        begun();
        log.held = undefined;
        return new Promise((resolve) => {
          release = resolve;
        });
      };
    });
    first = publish([approve(anna), approve(ben)]);
    await appending;
  });

  it('another waits for it, and gets the version after', async () => {
    const before = await version();
    const second = publish([approve(anna, now, otherFiles), approve(ben, now, otherFiles)], now, otherFiles);
    expect(await isPending(second)).toBe(true);
    release();
    expect(await Promise.all([first, second])).toMatchObject([
      { published: { version: before + 1 } },
      { published: { version: before + 2 } },
    ]);
  });

  it('an approver’s key cannot be revoked beside it', async () => {
    const revoked = revoke(ben, now);
    expect(await isPending(revoked)).toBe(true);
    release();
    await Promise.all([first, revoked]);
  });
});

describe('serving', () => {
  it('is refused for files that are not the published ones', async () => {
    await publish([approve(anna), approve(ben)]);
    await expect(serving(otherFiles)).rejects.toThrow(/digest/);
  });

  it('is refused for a row that two people’s approvals do not carry, whoever wrote it', async () => {
    const next = (await version()) + 1;
    const forged = approve({ ...ben, privateJwk: keyPair().privateJwk });
    await world.database.within({ parties: [council] }, (tx) =>
      tx.sql('INSERT INTO gateway.policy_version VALUES ($5, $1, $2, $3, $4)', [
        files,
        council,
        now,
        JSON.stringify([approve(anna), forged]),
        next,
      ]),
    );
    await expect(serving(files)).rejects.toThrow(/`signature`/);
  });

  it('is refused once a key is revoked from before the publication, and not when from after', async () => {
    await publish([approve(anna), approve(ben)]);
    await revoke(anna, secondsAfter(now, 60));
    expect(await serving(files)).toMatchObject({ digest: files });
    await revoke(ben, secondsAfter(now, -60));
    await expect(serving(files)).rejects.toThrow(/`key-not-good`/);
  });
});

describe('the second wall', () => {
  it('lets nobody add a version in another’s name, or in an exchange’s', async () => {
    const insert = (tx: Tx): Promise<unknown> =>
      tx.sql('INSERT INTO gateway.policy_version VALUES (99, $1, $2, $3, $4)', [files, trust, now, '["a","b"]']);
    await expect(world.database.within({ parties: [council] }, insert)).rejects.toMatchObject({ code: '42501' });
    await expect(world.database.within({ parties: [council, trust] }, insert)).rejects.toMatchObject({ code: '42501' });
    await expect(world.database.outside(insert)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    'UPDATE gateway.policy_version SET digest = digest',
    'DELETE FROM gateway.policy_version',
    'TRUNCATE gateway.policy_version',
  ])('keeps what was published: %s', async (statement) => {
    await publish([approve(anna), approve(ben)]);
    await expect(world.database.within({ parties: [council] }, (tx) => tx.sql(statement))).rejects.toMatchObject({
      code: '42501',
    });
    // The owner, with row-level security out of the way, is stopped by the table itself.
    const asOwner = `ALTER TABLE gateway.policy_version NO FORCE ROW LEVEL SECURITY; ${statement}`;
    await expect(test.asOwner(asOwner)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the commands', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policy-'));
    for (const part of ['catalogue', 'policies']) cpSync(join('config', part), join(folder, part), { recursive: true });
    for (const who of [anna, ben]) writeFileSync(keyFile(who), JSON.stringify({ ...who.privateJwk, kid: who.kid }));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const keyFile = ({ kid }: Person): string => join(folder, `${kid}.jwk`);
  const approved = (who: Person): string => approveFiles(folder, `${who.agency}/${who.officer}`, keyFile(who), now);

  it('approve and publish a folder, and refuse it once a byte has changed', async () => {
    const approvals = [approved(anna), `${approved(ben)}\n`];
    const altered = join(folder, 'catalogue', 'roles.yaml');
    const bytes = readFileSync(altered);
    writeFileSync(altered, Buffer.concat([bytes, Buffer.from('# one line more\n')]));
    const refused = await publishFiles(publication, folder, approvals, now);
    expect(describePublication(refused)).toMatch(/^not published: an approval is of other files/);

    writeFileSync(altered, bytes);
    const published = await publishFiles(publication, folder, approvals, now);
    expect(describePublication(published)).toMatch(/^published version \d+, digest [\w-]{43}$/);
  });

  it('say what would satisfy, and nothing of the key', () => {
    writeFileSync(join(folder, 'bad.jwk'), JSON.stringify({ kty: 'EC', crv: 'P-256', d: 'c2VjcmV0', kid: 'k' }));
    const attempt = (as: string, key: string) => () => approveFiles(folder, as, join(folder, key), now);
    expect(attempt('nm-admin-1', 'anna-1.jwk')).toThrow(/`<agency>\/<officer>`/);
    expect(attempt('a1/b1', 'bad.jwk')).toThrow(/^(?!.*c2VjcmV0).*`--key`/);
  });
});

/** A new administrator with an approval key of their own. */
async function person(agency: AgencyId): Promise<Person> {
  people += 1;
  const officer = `approver-${String(people)}` as OfficerId;
  await world.database.within({ parties: [agency] }, (tx) =>
    world.register.grantRole(tx, agency, {
      officer,
      name: `Invented ${officer}`,
      team: (agency === council ? 'nm-csc' : 'nnt-acute') as TeamId,
      role: 'administrator' as RoleCode,
      from: beginning,
    }),
  );
  return { agency, officer, ...(await newKey(agency, officer)) };
}

async function newKey(agency: AgencyId, officer: OfficerId): Promise<Pick<Person, 'kid' | 'privateJwk'>> {
  people += 1;
  const kid = `approval-${String(people)}`;
  const { publicJwk, privateJwk } = keyPair();
  await world.database.within({ parties: [agency] }, (tx) =>
    world.register.addKey(tx, agency, { kid, use: 'approval', officer, public: publicJwk, notBefore: beginning }),
  );
  return { kid, privateJwk };
}

function revoke({ agency, kid }: Person, from: Instant): Promise<void> {
  return world.database.within({ parties: [agency] }, (tx) => world.register.revokeKey(tx, agency, kid, from, 'lost'));
}

/** Whether something is still waiting after a moment that is long for a database on the same machine. */
function isPending(outcome: Promise<unknown>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => {
    setTimeout(() => {
      resolve(true);
    }, 300);
  });
  return Promise.race([
    outcome.then(
      () => false,
      () => false,
    ),
    later,
  ]);
}
