import { execFile } from 'node:child_process';
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MEGABYTE = 1_048_576;

/** A file system of its own, small enough to fill. */
export interface SmallDisk {
  readonly path: string;
  /** Writes until nothing more fits. */
  fill(): Promise<void>;
  /** Takes away what was written. */
  empty(): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts one in memory; undefined where that is not allowed. Its `fsync` costs nothing and proves nothing. */
export async function smallDisk(path: string, megabytes: number): Promise<SmallDisk | undefined> {
  await mkdir(path, { recursive: true });
  const mounted = await execute('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${String(megabytes)}m,mode=0755`,
    'tmpfs',
    path,
  ]).then(
    () => true,
    () => false,
  );
  if (!mounted) return undefined;
  const ballast = join(path, 'ballast');
  return {
    path,
    fill: async () => {
      for (let part = 0; ; part += 1) {
        const { bavail, bsize } = await statfs(path);
        const left = bavail * bsize;
        if (left === 0) return;
        const file = `${ballast}.${String(part)}`;
        await writeFile(file, Buffer.alloc(Math.min(left, 16 * MEGABYTE))).catch(() => undefined);
        if ((await stat(file)).size === 0) return;
      }
    },
    empty: async () => {
      for (let part = 0; ; part += 1) {
        const file = `${ballast}.${String(part)}`;
        if (
          !(await stat(file).then(
            () => true,
            () => false,
          ))
        )
          return;
        await rm(file);
      }
    },
    unmount: async () => {
      // What was just stopped may still hold a file of it.
      await execute('umount', [path]).catch(() => execute('umount', ['-l', path]));
    },
  };
}
