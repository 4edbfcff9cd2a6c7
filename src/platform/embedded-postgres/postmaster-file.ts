import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unless } from './file-failures.js';

/** What a running server says of itself in its data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly isReady: boolean;
  /** The file as read, so that it can be told from a later one. */
  readonly text: string;
}

/** Reads `postmaster.pid`; undefined when no server is said to run. */
export async function readPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const text = (await readFile(fileIn(dataDirectory), 'utf8').catch(unless('ENOENT'))) ?? '';
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready', text } : undefined;
}

/** Whether a process of that id runs, ours or anyone's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process is certainly not a server of this directory: after a restart of the machine or the container its
 * id may be anyone's. Where that cannot be seen, it is taken for one.
 */
export async function isForeign(pid: number, dataDirectory: string): Promise<boolean> {
  const command = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return command !== '' && !command.split('\0').includes(dataDirectory);
}

/** Removes the file of a server that is gone, unless another has written its own meanwhile. */
export async function removeStale(dataDirectory: string, stale: Postmaster): Promise<void> {
  const now = await readPostmaster(dataDirectory);
  if (now?.text === stale.text) await rm(fileIn(dataDirectory), { force: true });
}

function fileIn(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}
