import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Where Debian's `golang-golang-x-mod-dev` puts its sources. */
const GO_SOURCES = '/usr/share/gocode';
const GO = 'go';
const run = promisify(execFile);

/** Whether Go and x/mod are installed here. */
export function canBuild(): boolean {
  const go = spawnSync(GO, ['version']);
  return go.status === 0 && existsSync(join(GO_SOURCES, 'src/golang.org/x/mod/sumdb/tlog'));
}

/** Builds the verifier from this directory's source into another; gives the program's path. */
export async function buildVerifier(into: string): Promise<string> {
  const program = join(into, 'go-verifier');
  const env = {
    PATH: process.env['PATH'],
    HOME: into,
    GO111MODULE: 'off',
    GOPATH: GO_SOURCES,
    GOCACHE: join(into, 'cache'),
    GOFLAGS: '',
  };
  await run(GO, ['build', '-o', program, join(import.meta.dirname, 'main.go')], { env });
  return program;
}

/** Writes files under a directory, by path. */
export async function writeFiles(
  directory: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** What the verifier says: `ok`, or what is wrong. */
export function verdict(program: string, args: readonly string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout.trim();
}
