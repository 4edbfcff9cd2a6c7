import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const node = join(root, 'node_modules', '.bin', 'node');
const gateway = join(root, 'dist', 'src', 'cli', 'gateway.js');
const START_MILLISECONDS = 120_000;

/** The client as the guide prints it. */
function printedClient(): string {
  const guide = readFileSync(join(root, 'docs', 'guides', 'integrator.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const [client, ...others] = blocks;
  if (client === undefined || others.length > 0) throw new Error('the guide prints one program, in one `js` block');
  return client;
}

/** The FHIR client as the guide prints it: the first part of the program, then its own. */
function printedFhirClient(): string {
  const guide = readFileSync(join(root, 'docs', 'guides', 'integrator.md'), 'utf8');
  const [, block] = /^```mjs\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  const client = printedClient();
  const kept = client.indexOf('async function post(');
  if (block === undefined || kept < 0) throw new Error('the guide prints a FHIR client, in one `mjs` block');
  return client.slice(0, kept) + block;
}

/** Resolves once the demonstration says that it listens; throws with what it said when it ends before that. */
async function listening(demonstration: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`the demonstration did not start in time: ${said}`));
    }, START_MILLISECONDS);
    const heard = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('The gateway listens on')) {
        clearTimeout(late);
        resolve();
      }
    };
    demonstration.stdout?.on('data', heard);
    demonstration.stderr?.on('data', heard);
    demonstration.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the demonstration ended with ${String(code)}: ${said}`));
    });
  });
}

describe('the client of the integrator’s guide', () => {
  let directory: string;
  let demonstration: ChildProcess | undefined;

  beforeAll(async () => {
    // Inside the project, so that the client finds `jose` as it would in the reader's own.
    mkdirSync(join(root, 'var'), { recursive: true });
    directory = mkdtempSync(join(root, 'var', 'guide-'));
    if (!existsSync(gateway)) {
      const built = spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root, encoding: 'utf8' });
      if (built.status !== 0) throw new Error(`the gateway does not build: ${built.stdout}`);
    }
    const ports = ['--port', '0', '--console-port', '0'];
    const data = ['--data', join(directory, 'data'), '--reset'];
    demonstration = spawn(node, [gateway, 'serve', '--no-story', ...ports, ...data], {
      cwd: root,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await listening(demonstration);
  }, START_MILLISECONDS + 60_000);

  afterAll(async () => {
    if (demonstration?.exitCode === null && demonstration.signalCode === null) {
      demonstration.kill('SIGKILL');
      await once(demonstration, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('is short enough to read', () => {
    expect(printedClient().split('\n').length).toBeLessThan(150);
  });

  it('run as printed is answered in part, item by item, and verifies its receipt', () => {
    const file = join(directory, 'client.mjs');
    writeFileSync(file, printedClient());
    const { status, stdout, stderr } = spawnSync(node, [file], {
      cwd: directory,
      env: { PATH: process.env['PATH'], WORLD: join(directory, 'data', 'world.json') },
      encoding: 'utf8',
      timeout: 150_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('200 partly-released');
    expect(lines).toContain('  injury-findings: released');
    expect(lines).toContain('  received injury-findings');
    expect(lines.find((line) => line.startsWith('  hiv-sti: withheld'))).toBeDefined();
    expect(lines).not.toContain('  received hiv-sti');
    expect(lines.find((line) => line.startsWith('receipt verified: disclosure '))).toBeDefined();
  });

  it('run with the part for FHIR raises a flag and finds it again', () => {
    const file = join(directory, 'fhir.mjs');
    writeFileSync(file, printedFhirClient());
    const { status, stdout, stderr } = spawnSync(node, [file], {
      cwd: directory,
      env: { PATH: process.env['PATH'], WORLD: join(directory, 'data', 'world.json') },
      encoding: 'utf8',
      timeout: 150_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('raised, active');
    expect(lines).toContain('  northmoor-council nmc-csc pending');
    expect(lines).toContain('found again');
  });

  it('leaves a gateway that stops in order when it is told to', async () => {
    if (demonstration === undefined) throw new Error('the demonstration is not running');
    const ended = once(demonstration, 'exit');
    demonstration.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
