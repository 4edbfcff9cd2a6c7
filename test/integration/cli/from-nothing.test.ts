import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { AgencyClient, everyScope } from '../../support/agency-client.js';
import { emptyDatabase, type EmptyDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';

// What an operator does, with the program as it is built and nothing else.
const program = join(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'cli', 'gateway.js');
const OPERATOR = 'northmoor-council';
const TRUST = 'northmoor-nhs-trust';

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

let database: EmptyDatabase;
let directory: string;
let environment: Readonly<Record<string, string>>;
let serving: ChildProcess | undefined;
let publicUrl: string;

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('the program is not built; run `npm run build` first');
  database = await emptyDatabase();
  directory = await mkdtemp(join(tmpdir(), 'from-nothing-'));
  await writeFile(join(directory, 'master.key'), randomBytes(32), { mode: 0o600 });
  const port = await freePort();
  publicUrl = `http://localhost:${String(port)}`;
  environment = {
    PUBLIC_URL: publicUrl,
    CONSOLE_URL: 'https://console.example',
    PORT: String(port),
    DATABASE_URL: database.urls.gateway,
    SEQUENCER_DATABASE_URL: database.urls.sequencer,
    JOBS_DATABASE_URL: database.urls.jobs,
    MIGRATION_DATABASE_URL: database.urls.owner,
    MASTER_KEY_FILE: join(directory, 'master.key'),
    DUTY_CONTACT: 'duty desk, 01632 960000',
    OPERATOR_AGENCY: OPERATOR,
    LOG_LEVEL: 'warn',
    DRAIN_SECONDS: '0',
  };
});
afterAll(async () => {
  if (serving?.exitCode === null) serving.kill('SIGKILL');
  await database.close();
  await rm(directory, { recursive: true });
});

function start(...args: readonly string[]): ChildProcess {
  // None of the caller's own settings reach it.
  return spawn(process.execPath, [program, ...args], { cwd: directory, env: environment, stdio: 'pipe' });
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let said = '';
    let complained = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, said, complained });
    });
  });
}

const gateway = (...args: readonly string[]): Promise<Ended> => ended(start(...args));

/** The same, where nothing else would do than that it succeeds. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, said, complained } = await gateway(...args);
  if (code !== 0) throw new Error(`gateway ${args.join(' ')}: ${complained}`);
  return said;
}

async function makeKey(name: string): Promise<JWK> {
  return JSON.parse(await done('keys', 'make', `${name}.jwk`)) as JWK;
}

async function privateKey(name: string): Promise<JWK> {
  return JSON.parse(await readFile(join(directory, `${name}.jwk`), 'utf8')) as JWK;
}

interface Described {
  readonly kind: string;
  readonly name: string;
  readonly team: { readonly id: string; readonly kind: string; readonly name: string };
  readonly people: readonly [string, string];
}

/** Writes the file of an agency, with the public halves of keys made for it. */
async function describeAgency(id: string, { kind, name, team, people }: Described): Promise<string> {
  const administrators = [];
  for (const person of people)
    administrators.push({ id: person, name: `Test ${person}`, team: team.id, approvalKey: await makeKey(person) });
  const file = join(directory, `${id}.json`);
  const contact = { name: 'Duty desk', phone: '01632 960000', email: 'duty@agency.example' };
  const client = { id: `${id}-system`, scopes: everyScope, key: await makeKey(`${id}-client`) };
  const signingKey = await makeKey(`${id}-signing`);
  const agency = { id, name, kind, jurisdiction: 'england', dutyContact: contact, policyDocument: `${id}-apd` };
  await writeFile(file, JSON.stringify({ ...agency, teams: [team], client, signingKey, administrators }, null, 2));
  return file;
}

async function clientOf(agency: string, officer: string): Promise<AgencyClient> {
  const [clientKey, signingKey] = await Promise.all([privateKey(`${agency}-client`), privateKey(`${agency}-signing`)]);
  return new AgencyClient({ clientId: `${agency}-system`, clientKey, signingKey, publicUrl, officer });
}

async function isReady(child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('the gateway ended before it was ready');
    const reply = await fetch(`${publicUrl}/health/ready`).catch(() => undefined);
    if (reply?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const council: Described = {
  kind: 'council',
  name: 'Northmoor Council',
  team: { id: 'nmc-csc', kind: 'la-csc', name: "Children's social care" },
  people: ['nmc-adm-1', 'nmc-adm-2'],
};
const trust: Described = {
  kind: 'health',
  name: 'Northmoor NHS Trust',
  team: { id: 'nnt-acute', kind: 'nhs-acute', name: 'Acute wards' },
  people: ['nnt-adm-1', 'nnt-adm-2'],
};

/** Has people approve, each on a file of their own; gives the options that name the files. */
async function approvals(what: readonly string[], agency: string, people: readonly string[]): Promise<string[]> {
  const options: string[] = [];
  for (const person of people) {
    const file = join(directory, `${person}.approval`);
    await writeFile(file, await done(...what, '--as', `${agency}/${person}`, '--key', `${person}.jwk`));
    options.push('--approval', file);
  }
  return options;
}

// One story: each step stands on those before.
describe('an empty database', () => {
  it('is migrated by its owner, who admits the logins', async () => {
    expect((await done('migrate')).split('\n').length).toBeGreaterThan(10);
  });

  it('is served by nobody before the operator is enrolled', async () => {
    expect(await gateway('serve')).toMatchObject({ code: 1, complained: expect.stringContaining(OPERATOR) as string });
  });

  it('takes no other agency first', async () => {
    const file = await describeAgency(TRUST, trust);

    expect(await gateway('agency', 'add', file)).toMatchObject({
      code: 1,
      complained: expect.stringContaining('must be enrolled first') as string,
    });
  });

  it('takes the operator on the word of whoever runs the command, once', async () => {
    const file = await describeAgency(OPERATOR, council);
    expect(((await stat(join(directory, 'nmc-adm-1.jwk'))).mode & 0o777).toString(8)).toBe('600');

    expect(await done('agency', 'add', file)).toMatch(/^enrolled `northmoor-council`, digest [\w-]{43}\n$/);
    expect(await gateway('agency', 'add', file)).toMatchObject({
      code: 1,
      said: '',
      complained: expect.stringContaining('is enrolled already') as string,
    });
  });

  it('is served by nobody before policy is published', async () => {
    expect(await gateway('serve')).toMatchObject({
      code: 1,
      complained: expect.stringContaining('no policy is published') as string,
    });
  });

  it('has its policy published by two people of the operator', async () => {
    const approved = await approvals(['policy', 'approve'], OPERATOR, council.people);

    expect(await done('policy', 'publish', ...approved)).toMatch(/^published version 1, digest /);
  });

  it('takes another agency on the approval of two of the operator’s administrators, not of one', async () => {
    const file = join(directory, `${TRUST}.json`);
    const approved = await approvals(['agency', 'approve', file], OPERATOR, council.people);
    const [option = '', first = '', , second = ''] = approved;
    const refused = async (because: string, ...options: readonly string[]): Promise<void> => {
      expect(await gateway('agency', 'add', file, ...options)).toMatchObject({
        code: 1,
        complained: expect.stringContaining(because) as string,
      });
    };
    await refused('two administrators');
    await refused('two administrators', option, first);
    await refused('by one person', option, first, option, first);
    await refused(
      'of another enrolment',
      ...(await approvals(['agency', 'approve', join(directory, `${OPERATOR}.json`)], OPERATOR, ['nmc-adm-1'])),
      option,
      second,
    );
    await approvals(['agency', 'approve', file], OPERATOR, ['nmc-adm-1']);
    const own = await approvals(['agency', 'approve', file], TRUST, trust.people);
    await refused('no such approval key', ...own);

    expect(await done('agency', 'add', file, ...approved)).toMatch(/^enrolled `northmoor-nhs-trust`/);
  });

  it('is served, and answers the signed calls of both', async () => {
    serving = start('serve');
    serving.stdout?.resume();
    serving.stderr?.pipe(process.stderr);
    await isReady(serving);

    const asOperator = await clientOf(OPERATOR, 'nmc-adm-1');
    const listed = await asOperator.get('/v1/agencies');
    expect(listed.status).toBe(200);
    expect((listed.body as { agencies: { id: string }[] }).agencies.map(({ id }) => id)).toEqual([OPERATOR, TRUST]);

    const asTrust = await clientOf(TRUST, 'nnt-adm-1');
    const officers = await asTrust.get(`/v1/agencies/${TRUST}/officers`);
    expect(officers.body).toMatchObject({ officers: [{ officer: 'nnt-adm-1' }, { officer: 'nnt-adm-2' }] });
  });

  it('lets two administrators enrol everybody else, and the operator’s suspend', async () => {
    const [first, second] = await Promise.all(trust.people.map((person) => clientOf(TRUST, person)));
    const newcomer = {
      id: 'nnt-ig-1',
      name: 'Test Newcomer',
      team: 'nnt-acute',
      role: 'ig-officer',
      trainingUntil: '2040-01-01T00:00:00Z',
    };
    const proposed = await first?.post(`/v1/agencies/${TRUST}/officers`, newcomer);
    expect(proposed?.status).toBe(202);
    const { id } = proposed?.body as { id: string };
    const approved = await second?.post(`/v1/agencies/${TRUST}/officers/${id}/approval`, { officer: 'nnt-adm-2' });
    expect(approved?.status).toBe(201);

    const asOperator = await clientOf(OPERATOR, 'nmc-adm-1');
    const suspension = { reason: 'key lost' };
    expect((await first?.post(`/v1/agencies/${OPERATOR}/suspension`, suspension))?.status).toBe(403);
    expect((await asOperator.post(`/v1/agencies/${TRUST}/suspension`, suspension)).status).toBe(202);
  });

  it('has a record of each enrolment and of the publication in a whole log', async () => {
    const ig = await clientOf(TRUST, 'nnt-ig-1');
    const own = await ig.get('/v1/disclosures', { headers: { 'x-log-purpose': 'lawfulness' } });
    expect(own.status).toBe(200);
    expect(own.body).toMatchObject({ disclosures: [{ kind: 'administer', counterpart: OPERATOR }] });
    const size = async (): Promise<number> =>
      Number((await (await fetch(`${publicUrl}/log/checkpoint`)).text()).split('\n')[1]);
    // Two enrolments, a publication, and the reading of just now.
    while ((await size()) < 4) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await size()).toBe(4);
    expect(await done('log', 'fsck')).toBe('the log is whole\n');
  });

  it('is left in order when the gateway is told to stop', async () => {
    if (serving === undefined) throw new Error('nothing serves');
    const over = ended(serving);
    serving.kill('SIGTERM');
    expect((await over).code).toBe(0);
  });
});

describe('the file of an agency', () => {
  it('is refused with every fault and its line', async () => {
    const file = join(directory, 'faulty.yaml');
    await writeFile(
      file,
      `id: Northmoor
name: ''
kind: council
jurisdiction: england
dutyContact: { name: Duty desk, phone: 01632 960000 }
teams: [{ id: nmc-x, kind: nhs-acute, name: Ward }]
client: { id: nmc-system, scopes: [everything], key: ${JSON.stringify(await privateKey('nmc-adm-1'))} }
signingKey: { kty: RSA }
administrators:
  - { id: nmc-adm-1, name: Test One, team: nmc-y }
  - { id: nmc-adm-1, name: Test Two, team: nmc-y }
extra: true
`,
    );
    const { code, complained } = await gateway('agency', 'add', file);
    expect(code).toBe(1);
    for (const fault of [
      ':1: `id`',
      ':2: `name`',
      ':5: `dutyContact.email`',
      ':6: `teams`: every team must be of a kind',
      ':7: `client.scopes.0`',
      ':7: `client.key`: holds a private member',
      ':8: `signingKey`',
      ':10: `administrators`: every administrator must belong',
      ':10: `administrators`: must be two different people',
      ':12: unknown property `extra`',
    ])
      expect(complained).toContain(fault);
    const { d } = await privateKey('nmc-adm-1');
    expect(complained).not.toContain(String(d));
  });

  it('is explained by the command', async () => {
    expect(await done('agency', 'add', '--help')).toMatch(/administrators \[\{ id, name, team, approvalKey \}\]/);
  });
});

describe('a key', () => {
  it('is never written over', async () => {
    const before = await privateKey('nmc-adm-1');
    expect((await gateway('keys', 'make', 'nmc-adm-1.jwk')).code).toBe(1);
    expect(await privateKey('nmc-adm-1')).toEqual(before);
  });
});
