import { execFile, type ExecFileOptions } from 'node:child_process';
import { chown, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresUnavailable } from './embedded-postgres-unavailable.js';

const execute = promisify(execFile);

/** The account a server process runs under; undefined means our own. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root gives it to `postgres`, or to `nobody` where that does not exist. No
 * account is made.
 */
export async function serverAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresUnavailable('we are root, and neither `postgres` nor `nobody` is an account');
}

/** What a process of the server is started with: its account, a plain locale, and nothing that names another cluster. */
export function processOptions(account: ServerAccount | undefined): ExecFileOptions & { readonly cwd: string } {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  return { ...account, cwd: '/', env };
}

/** Runs a program to its end under the account. Throws with `stderr` when it fails. */
export async function runAs(
  account: ServerAccount | undefined,
  program: string,
  args: readonly string[],
): Promise<void> {
  await execute(program, [...args], processOptions(account));
}

/** Whether the account can enter a directory; root's own 0700 directories it cannot. */
export async function canEnter(account: ServerAccount | undefined, directory: string): Promise<boolean> {
  return runAs(account, '/bin/sh', ['-c', 'cd -- "$0"', directory]).then(
    () => true,
    () => false,
  );
}

/** Gives a file or directory to the account. */
export async function giveTo(account: ServerAccount | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}
