import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { anAsk } from '../support/asks.js';
import { CONFIGURATION, gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

import.meta.jest.setTimeout(300_000);

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'dist', 'src', 'cli', 'gateway.js');

let world: GatewayWorld;
let directory: string;
let environment: Record<string, string>;

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('the program is not built; run `npm run build` first');
  const masterKey = randomBytes(32);
  world = await gatewayWorld(undefined, { masterKey });
  const asked = await world.client('northmoor-police', 'np-4471').post('/v1/exchanges/requests', anAsk());
  expect(asked.status).toBe(200);
  directory = await mkdtemp(join(tmpdir(), 'policy-author-'));
  await symlink(CONFIGURATION, join(directory, 'published'));
  await writeFile(join(directory, 'gateway'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(join(directory, 'master.key'), masterKey, { mode: 0o600 });
  for (const [file, officer] of [
    ['council.jwk', 'nmc-mgr-1'],
    ['trust.jwk', 'nnt-mgr-1'],
  ] as const)
    await writeFile(join(directory, file), JSON.stringify(world.keys.approvals[officer]), { mode: 0o600 });
  const { gateway, sequencer, jobs, owner } = world.database.urls;
  environment = {
    PATH: `${directory}:${process.env['PATH'] ?? ''}`,
    HOME: directory,
    DATABASE_URL: gateway,
    SEQUENCER_DATABASE_URL: sequencer,
    JOBS_DATABASE_URL: jobs,
    MIGRATION_DATABASE_URL: owner,
    PUBLIC_URL: world.publicUrl,
    CONSOLE_URL: 'https://console.example',
    MASTER_KEY_FILE: join(directory, 'master.key'),
    DUTY_CONTACT: 'duty desk, 01632 960000',
    OPERATOR_AGENCY: 'northmoor-council',
  };
});
afterAll(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

/** Every `sh` block of the guide, as printed, under the section it stands in. */
const blocks = readFileSync(join(root, 'docs', 'guides', 'policy-author.md'), 'utf8')
  .split(/^## /m)
  .flatMap((section) => {
    const [title = ''] = section.split('\n', 1);
    return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands = ''], at) => ({
      name: `${title} (${String(at + 1)})`,
      commands,
    }));
  });

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
describe('the policy author’s guide', () => {
  const said = new Map<string, string>();

  it.each(blocks)('$name runs as printed', async ({ name, commands }) => {
    const ended = await run(commands);
    if (ended.code !== 0) throw new Error(`ended with ${String(ended.code)}: ${ended.said}`);
    said.set(name, ended.said);
  });

  it('shows the change, what the tables say against it, and what it would have altered', () => {
    expect(said.get('1. Propose (2)')).toMatch(/< +- injury-findings[\s\S]*> +- injury-findings/);
    expect(said.get('2. Test and check (1)')).toMatch(/policies\/child-s47-enquiry\.tests\.yaml:\d+ .*injury-findings/);
    expect(said.get('2. Test and check (2)')).toMatch(/, 0 differ\n[\s\S]*, 0 to put right,/);
    expect(said.get('3. Try it on what was asked (1)')).toMatch(
      /northmoor-nhs-trust +northmoor-police +child-s47-enquiry +injury-findings +released +in review +1/,
    );
    expect(JSON.parse(readFileSync(join(directory, 'flips.json'), 'utf8'))).toMatchObject({
      flips: [{ purpose: 'child-s47-enquiry' }],
    });
  });

  it('ends with a version that two people approved, in the log', async () => {
    expect(said.get('4. Approve and publish (1)')).toMatch(/published version 2, digest /);
    const database = await world.database.open('gateway');
    const published = await database.within({ parties: ['northmoor-council' as AgencyId] }, (tx) =>
      tx.sql<{ kind: string }>(`SELECT kind FROM gateway.slice WHERE kind = 'administer' ORDER BY decided_at`),
    );
    expect(published.length).toBeGreaterThanOrEqual(2);
  });

  it('is not published on one approval, nor on one of other files', async () => {
    const alone = await run('gateway policy publish published --approval one.approval');
    const others = await run('gateway policy publish published --approval one.approval --approval two.approval');
    expect(alone.said).toContain('two approvals are needed');
    expect(others.said).toContain('of other files than these');
  });
});
