import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The configuration the gateway ships with. */
export const CONFIGURATION = join(import.meta.dirname, '../../config');

/** One change to a file of configuration: a text that is there, and what stands there instead. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/**
 * Runs `use` over a copy of the shipped catalogue and policies with the edits made, and removes the copy.
 *
 * @throws Error when a text to be replaced is not there exactly once, so that no edit can miss
 */
export function withEdits<T>(edits: readonly Edit[], use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'configuration-'));
  try {
    for (const folder of ['catalogue', 'policies'])
      cpSync(join(CONFIGURATION, folder), join(directory, folder), { recursive: true });
    for (const { file, find, put } of edits) {
      const path = join(directory, file);
      const parts = readFileSync(path, 'utf8').split(find);
      if (parts.length !== 2) throw new Error(`\`${find}\` is ${(parts.length - 1).toString()} times in ${file}`);
      writeFileSync(path, parts.join(put));
    }
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The line of a shipped file on which a text first stands. */
export function lineOf(file: string, text: string): number {
  const before = readFileSync(join(CONFIGURATION, file), 'utf8').split(text)[0] ?? '';
  return before.split('\n').length;
}
