import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { EmbeddedPostgresUnavailable } from './embedded-postgres-unavailable.js';
import { unless } from './file-failures.js';
import { runAs, type ServerAccount } from './server-account.js';

/** PostgreSQL programs that run here. */
export interface NativeBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The server's major version, `18`: a data directory belongs to one. */
  readonly major: string;
}

/**
 * The programs of the installed platform package, or of a private copy where the account cannot run those: they lie in
 * a directory closed to it, or the package's install script, which links its libraries, was not allowed to run.
 *
 * @param copies where a copy may be put, readable by the account
 */
export async function nativeBinaries(account: ServerAccount | undefined, copies: string): Promise<NativeBinaries> {
  const packaged = platformPackage();
  const { version } = JSON.parse(await readFile(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const installed = binariesIn(join(packaged, 'native'), version);
  if (await canRun(account, installed)) return installed;
  const copied = binariesIn(
    await privateCopy(join(packaged, 'native'), join(copies, `postgresql-${version}`)),
    version,
  );
  if (await canRun(account, copied)) return copied;
  throw new EmbeddedPostgresUnavailable(`\`${copied.postgres}\` does not start on this system (it needs glibc)`);
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package is a dependency of `embedded-postgres`, and need not lie beside it.
    const from = createRequire(import.meta.url).resolve('embedded-postgres');
    return resolve(dirname(createRequire(from).resolve(name)), '..');
  } catch (cause) {
    throw new EmbeddedPostgresUnavailable(`the optional package \`${name}\` is not installed`, cause);
  }
}

function binariesIn(native: string, version: string): NativeBinaries {
  const major = version.split('.')[0] ?? version;
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), major };
}

async function canRun(account: ServerAccount | undefined, { postgres, initdb }: NativeBinaries): Promise<boolean> {
  return Promise.all([runAs(account, postgres, ['--version']), runAs(account, initdb, ['--version'])]).then(
    () => true,
    () => false,
  );
}

// Made aside and renamed, so that a copy is whole or absent; of two made at once the second is dropped.
async function privateCopy(native: string, destination: string): Promise<string> {
  const aside = `${destination}.${String(process.pid)}`;
  await mkdir(dirname(destination), { recursive: true, mode: 0o755 });
  try {
    await cp(native, aside, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(native, aside);
    await runAs(undefined, '/bin/chmod', ['-R', 'a+rX', aside]);
    await rename(aside, destination).catch(unless('EEXIST', 'ENOTEMPTY'));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return destination;
}

async function linkLibraries(native: string, copy: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    await symlink(basename(source), join(copy, relative('native', target))).catch(unless('EEXIST', 'ENOTEMPTY'));
  }
}
