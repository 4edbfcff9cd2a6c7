import { createHash } from 'node:crypto';
import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { EmbeddedPostgresUnavailable } from './embedded-postgres-unavailable.js';
import { unless } from './file-failures.js';
import { giveTo, type ServerAccount } from './server-account.js';

/**
 * Where the server of a data directory is reached: the same for all that share it.
 *
 * In /tmp, because the path of a socket is 107 bytes at most, and there whatever TMPDIR says, because they must meet.
 */
export function socketDirectoryOf(dataDirectory: string): string {
  return `/tmp/sg-pg-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)}`;
}

/** Makes the directory, the account's alone. One of that name that someone else made is refused. */
export async function makeSocketDirectory(directory: string, account: ServerAccount | undefined): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
    await giveTo(account, directory);
  } catch (failure) {
    unless('EEXIST')(failure);
  }
  const found = await lstat(directory);
  const owner = account?.uid ?? process.getuid?.();
  if (!found.isDirectory() || (found.mode & 0o077) !== 0 || found.uid !== owner) {
    throw new EmbeddedPostgresUnavailable(`\`${directory}\` is there already and is not ours alone; remove it`);
  }
}

/** Removes the directory, unless another server has begun to use it. */
export async function removeSocketDirectory(directory: string): Promise<void> {
  await rmdir(directory).catch(unless('ENOENT', 'ENOTEMPTY'));
}
