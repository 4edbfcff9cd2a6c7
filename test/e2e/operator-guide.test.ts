import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres/start-embedded-postgres.js';
import { freePort } from '../support/free-port.js';

import.meta.jest.setTimeout(300_000);

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'dist', 'src', 'cli', 'gateway.js');
const SERVER_MAJOR = 18;

interface Block {
  /** The section it stands in, and its place there. */
  readonly name: string;
  readonly commands: string;
}

/** Every `sh` block of the guide, as printed. */
function printedBlocks(): readonly Block[] {
  const guide = readFileSync(join(root, 'docs', 'guides', 'operator.md'), 'utf8');
  return guide.split(/^## /m).flatMap((section) => {
    const [title = ''] = section.split('\n', 1);
    const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
    return blocks.map(([, commands = ''], at) => ({ name: `${title} (${String(at + 1)})`, commands }));
  });
}

/** What a block needs that this machine has not, or only too old; undefined where it has all. */
function missingFor(commands: string): { readonly because: string; readonly isToBeHad: boolean } | undefined {
  for (const tool of ['psql', 'curl', 'pg_dump', 'pg_restore']) {
    if (!new RegExp(`\\b${tool}\\b`).test(commands)) continue;
    const version = versionOf(tool);
    if (version === undefined) return { because: `${tool} is not installed`, isToBeHad: true };
    // An older psql serves; pg_dump refuses a newer server, and a distribution may have no newer one to install.
    if (tool.startsWith('pg_') && version < SERVER_MAJOR)
      return { because: `${tool} ${String(version)} refuses a server of ${String(SERVER_MAJOR)}`, isToBeHad: false };
  }
  return undefined;
}

function versionOf(tool: string): number | undefined {
  const { stdout, status } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  const [, major] = / (\d+)[.\s]/.exec(status === 0 ? stdout : '') ?? [];
  return major === undefined ? undefined : Number(major);
}

let directory: string;
let environment: Record<string, string>;
let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('the program is not built; run `npm run build` first');
  directory = await mkdtemp(join(tmpdir(), 'operator-guide-'));
  // Passable, for the account that the database server runs under.
  await chmod(directory, 0o711);
  server = await startEmbeddedPostgres({
    directory: join(directory, 'server'),
    database: 'unused',
    settings: { fsync: 'off' },
  });
  const shim = join(directory, 'gateway');
  await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const port = await freePort(2);
  const password = (await readFile(join(server.dataDirectory, 'superuser.secret'), 'utf8')).trim();
  await asBare(addressed('postgres', password, 'postgres'));
  environment = {
    PATH: `${directory}:${process.env['PATH'] ?? ''}`,
    HOME: directory,
    ADMIN_DATABASE_URL: addressed('postgres', password, 'postgres'),
    BACKUP_DATABASE_URL: addressed('sg_backup', 'change-me-backup', 'safeguarding'),
    MIGRATION_DATABASE_URL: addressed('sg_owner', 'change-me-owner', 'safeguarding'),
    DATABASE_URL: addressed('sg_serve', 'one', 'safeguarding'),
    SEQUENCER_DATABASE_URL: addressed('sg_sequence', 'two', 'safeguarding'),
    JOBS_DATABASE_URL: addressed('sg_work', 'three', 'safeguarding'),
    PUBLIC_URL: `http://localhost:${String(port)}`,
    CONSOLE_URL: 'https://console.example',
    PORT: String(port),
    MASTER_KEY_FILE: join(directory, 'master.key'),
    DUTY_CONTACT: 'duty desk, 01632 960000',
    OPERATOR_AGENCY: 'northmoor-council',
    LOG_LEVEL: 'warn',
    DRAIN_SECONDS: '0',
  };
});
afterAll(async () => {
  for (const file of globSync(join(directory, '*.pid'))) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
  await server.stop();
  await removeEmbeddedPostgres(join(directory, 'server'));
  await rm(directory, { recursive: true, force: true });
});

/** Takes away the roles that our own launcher made: the reader's server has none of them. */
async function asBare(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('DROP DATABASE unused');
  const { rows } = await admin.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'sg\\_%'`,
  );
  for (const { name } of rows) await admin.query(`DROP ROLE ${pg.escapeIdentifier(name)}`);
  await admin.end();
}

function addressed(user: string, password: string, database: string): string {
  const address = new URL(server.migrationUrl);
  address.username = user;
  address.password = password;
  address.pathname = `/${database}`;
  return address.href;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What the gateways of the guide have logged. */
function logs(): string {
  return globSync(join(directory, '*.log'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function run(commands: string): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const shell = spawn('sh', ['-eu', '-c', commands], { cwd: directory, env: environment, stdio: 'pipe' });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    shell.once('error', reject);
    shell.once('close', (code) => {
      resolve({ code, said });
    });
  });
}

// One story: each block stands on those before.
describe('the operator’s guide', () => {
  const blocks = printedBlocks();
  const said = new Map<string, string>();

  it('prints commands for each section in which something is done', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(14);
  });

  it.each(blocks)('$name runs as printed', async ({ name, commands }) => {
    const missing = missingFor(commands);
    if (missing !== undefined) {
      if (missing.isToBeHad && process.env['REQUIRE_INDEPENDENT_CHECKS'] === '1') throw new Error(missing.because);
      process.stderr.write(`operator's guide, ${name}: skipped, ${missing.because}\n`);
      return;
    }
    const ended = await run(commands);
    if (ended.code !== 0) throw new Error(`ended with ${String(ended.code)}: ${ended.said}\n${logs()}`);
    said.set(name, ended.said);
  });

  it('has a dead gateway’s lease held by another', () => {
    const [, dead = ''] = [...said].find(([name]) => name.startsWith('8.')) ?? [];
    expect(dead).toContain('(1 row)');
    expect(dead).toContain('"status":"ready"');
  });

  it('finds the log whole', () => {
    const [, watched = ''] = [...said].find(([name]) => name.startsWith('7.')) ?? [];
    expect(watched).toContain('the log is whole');
  });

  it('has a login for backups that reads every table whole, which row-level security keeps from the owner', async () => {
    const counted = async (url: string): Promise<bigint> => {
      const reader = new pg.Client({ connectionString: url });
      await reader.connect();
      try {
        // As pg_dump does: refused, rather than given a part, where policies would hide rows.
        await reader.query('BEGIN; SET LOCAL row_security = off');
        const { rows } = await reader.query<{ name: string }>(
          `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('gateway', 'public')`,
        );
        expect(rows.length).toBeGreaterThan(20);
        let all = 0n;
        for (const { name } of rows) {
          await reader.query(`LOCK TABLE ${name} IN ACCESS SHARE MODE`);
          const found = await reader.query<{ n: string }>(`SELECT count(*) AS n FROM ${name}`);
          all += BigInt(found.rows[0]?.n ?? 0);
        }
        return all;
      } finally {
        await reader.end();
      }
    };
    expect(await counted(environment['BACKUP_DATABASE_URL'] ?? '')).toBeGreaterThan(20n);
    await expect(counted(environment['MIGRATION_DATABASE_URL'] ?? '')).rejects.toThrow(/row-level security/);
  });

  it('leaves nothing that serves', async () => {
    const pids = globSync(join(directory, '*.pid')).map((file) => Number(readFileSync(file, 'utf8')));
    expect(pids).toHaveLength(2);
    while (pids.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 100));
  });
});
