import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresUnavailable } from './embedded-postgres-unavailable.js';
import { unless } from './file-failures.js';
import type { NativeBinaries } from './native-binaries.js';
import { giveTo, runAs, type ServerAccount } from './server-account.js';
import { socketDirectoryOf } from './socket-directory.js';

/** A data directory that is whole, and all that is needed to serve it. */
export interface Cluster {
  readonly account: ServerAccount | undefined;
  readonly binaries: NativeBinaries;
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  /** Of the superuser `postgres`, who prepares the database and serves nothing. */
  readonly password: string;
  /** Server settings, `fsync: 'off'` in tests. */
  readonly settings: Readonly<Record<string, string>>;
}

const secretName = 'superuser.secret';

/** Opens the cluster of a data directory, making both when the directory is not there. */
export async function openCluster(parts: Omit<Cluster, 'password' | 'socketDirectory'>): Promise<Cluster> {
  const { binaries, dataDirectory } = parts;
  const made = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch(unless('ENOENT'));
  if (made === undefined) await makeCluster(parts);
  else if (made.trim() !== binaries.major) {
    throw new EmbeddedPostgresUnavailable(
      `\`${dataDirectory}\` was made by PostgreSQL ${made.trim()}, and version ${binaries.major} cannot read it`,
    );
  }
  const password = await readFile(join(dataDirectory, secretName), 'utf8');
  return { ...parts, password, socketDirectory: socketDirectoryOf(dataDirectory) };
}

// initdb runs aside and the result is renamed into place: killed at any moment, it leaves no half-made cluster, and of
// two made at once one wins. The password goes through a file, since a command line is read by everyone.
async function makeCluster({
  account,
  binaries,
  dataDirectory,
  settings,
}: Parameters<typeof openCluster>[0]): Promise<void> {
  const aside = `${dataDirectory}.making-${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${aside}.secret`;
  const password = randomBytes(24).toString('base64url');
  await mkdir(dirname(dataDirectory), { recursive: true });
  try {
    await mkdir(aside, { mode: 0o700 });
    await giveTo(account, aside);
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    await giveTo(account, passwordFile);
    await runAs(account, binaries.initdb, [
      ...['-D', aside, '-U', 'postgres', '-E', 'UTF8', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      // The same order of text on every machine, this one's locales or not.
      ...['--locale-provider=builtin', '--locale=C.UTF-8', '--data-checksums'],
      ...(settings['fsync'] === 'off' ? ['--no-sync'] : []),
    ]);
    await rename(passwordFile, join(aside, secretName));
    await rename(aside, dataDirectory).catch(unless('EEXIST', 'ENOTEMPTY'));
  } catch (failure) {
    throw new EmbeddedPostgresUnavailable(`\`${dataDirectory}\` cannot be made (${reasonOf(failure)})`, failure);
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

function reasonOf(failure: unknown): string {
  const stderr = failure instanceof Error && 'stderr' in failure ? String(failure.stderr).trim() : '';
  return stderr === '' ? String(failure) : stderr;
}
