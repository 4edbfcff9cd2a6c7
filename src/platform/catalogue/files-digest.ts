import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * base64url SHA-256 over every YAML file of the named folders: for each, in ascending order of its path relative to
 * `directory`, the path, a NUL, the length in decimal, a NUL, and the bytes.
 *
 * The length keeps bytes from passing from one file to the next under the same digest.
 */
export function filesDigest(directory: string, folders: readonly string[]): string {
  const files = folders
    .flatMap((folder) => namesIn(directory, folder).map((name) => `${folder}/${name}`))
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    hash.update(`${file}\0${bytes.length.toString()}\0`).update(bytes);
  }
  return hash.digest('base64url');
}

/** The names in a folder under `directory`, in no order; none where there is no such folder. */
export function namesIn(directory: string, folder: string): readonly string[] {
  const path = join(directory, folder);
  return existsSync(path) ? readdirSync(path) : [];
}
