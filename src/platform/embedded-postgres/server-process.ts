import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresUnavailable } from './embedded-postgres-unavailable.js';
import { isForeign, isRunning, readPostmaster, removeStale } from './postmaster-file.js';
import { processOptions } from './server-account.js';
import { makeSocketDirectory, removeSocketDirectory } from './socket-directory.js';

/** A server that runs: one we started, or another process's that we share. */
export interface RunningServer {
  readonly kind: 'started' | 'shared';
  readonly pid: number;
  /** Settles when the server is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** Stops a started server and waits for its end; leaves a shared one alone. */
  stop(): Promise<void>;
}

type ServerChild = ChildProcessByStdio<null, null, Readable>;

const startWithinMilliseconds = 60_000;
const stopWithinMilliseconds = 10_000;

/**
 * Serves the cluster, or finds who already does. A server found dying is waited for; the file of one that was killed
 * is cleared away.
 */
export async function serve(cluster: Cluster): Promise<RunningServer> {
  const deadline = Date.now() + startWithinMilliseconds;
  let last = 'another server holds its data directory';
  while (Date.now() < deadline) {
    const found = await readPostmaster(cluster.dataDirectory);
    if (found !== undefined && isRunning(found.pid)) {
      if (await isForeign(found.pid, cluster.dataDirectory)) await removeStale(cluster.dataDirectory, found);
      else if (found.isReady) return shared(found.pid);
      else await pause(100);
      continue;
    }
    const outcome = await start(cluster, deadline);
    if (typeof outcome !== 'string') return outcome;
    last = outcome;
    // The lock file or the shared memory of a server that was killed is still held by its last child; or one that
    // stopped took the directory of the socket away.
    if (!/lock file|shared memory/.test(outcome)) break;
    await pause(250);
  }
  throw new EmbeddedPostgresUnavailable(last.trim());
}

/** Starts a server; gives what it said when it ended instead of becoming ready. */
async function start(cluster: Cluster, deadline: number): Promise<RunningServer | string> {
  await makeSocketDirectory(cluster.socketDirectory, cluster.account);
  // Detached: an interrupt at the terminal must reach the gateway first, which drains before it stops the server.
  const child = spawn(cluster.binaries.postgres, serverArguments(cluster), {
    ...processOptions(cluster.account),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  child.on('error', (failure) => (said = failure.message));
  if (child.pid !== undefined) guard(child.pid, ended, cluster);
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const found = await readPostmaster(cluster.dataDirectory);
    if (found?.pid === child.pid && found.isReady) return started(child, child.pid, ended, cluster);
    if (Date.now() > deadline) child.kill('SIGQUIT');
    await pause(25);
  }
  await ended;
  return said;
}

function serverArguments({ dataDirectory, socketDirectory, settings }: Cluster): string[] {
  const all = {
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    // A refused row can be someone's health: neither it nor its statement belongs in a log.
    log_min_messages: 'fatal',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...settings,
  };
  return ['-D', dataDirectory, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function started(child: ServerChild, pid: number, gone: Promise<void>, cluster: Cluster): RunningServer {
  child.unref();
  letGo(child.stderr);
  return {
    kind: 'started',
    pid,
    gone,
    stop: async () => {
      child.ref();
      child.kill('SIGINT');
      const insist = setTimeout(() => child.kill('SIGQUIT'), stopWithinMilliseconds);
      await gone;
      clearTimeout(insist);
      await removeSocketDirectory(cluster.socketDirectory);
    },
  };
}

// The watchdog's end of the pipe closes at any death of ours, SIGKILL included; then it stops the server that would be
// orphaned. It is itself killed as soon as the server is gone, before the id can be another's.
function guard(pid: number, gone: Promise<void>, { account }: Cluster): void {
  const script = 'trap "" INT TERM HUP; read -r line; kill -INT "$0"';
  const watchdog = spawn('/bin/sh', ['-c', script, String(pid)], {
    ...processOptions(account),
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.unref();
  letGo(watchdog.stdin);
  void gone.then(() => watchdog.kill('SIGKILL'));
}

// A pipe to a child is a socket underneath, and would keep the process alive.
function letGo(stream: Readable | Writable): void {
  if (stream instanceof Socket) stream.unref();
}

function shared(pid: number): RunningServer {
  const leaving = new AbortController();
  return {
    kind: 'shared',
    pid,
    gone: untilGone(pid, leaving.signal),
    stop: () => {
      leaving.abort();
      return Promise.resolve();
    },
  };
}

// It is no child of ours, so nobody tells us of its end.
async function untilGone(pid: number, leaving: AbortSignal): Promise<void> {
  while (!leaving.aborted && isRunning(pid)) await pause(250, undefined, { ref: false });
}
