/** What a measured process is told, over its channel and not its command line: it may hold keys and passwords. */
export type ToMeasured<Given> =
  | { readonly tell: 'start'; readonly given: Given }
  | { readonly tell: 'usage'; readonly garbage: 'left' | 'collected' }
  | { readonly tell: 'stop' };

/** What a process has used: of processors since its start, user and system together, and of memory at this moment. */
export interface Usage {
  readonly processorMs: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
}

/** What it says. */
export type FromMeasured =
  | { readonly says: 'listening' }
  | { readonly says: 'usage'; readonly usage: Usage }
  | { readonly says: 'failed'; readonly because: string };

/** Obeys whoever forked this process: starts a server, tells what it uses, and stops it when told or left alone. */
export function beMeasured(start: (given: never) => Promise<{ close(): Promise<void> }>): void {
  let server: { close(): Promise<void> } | undefined;

  const say = (message: FromMeasured): void => {
    process.send?.(message);
  };
  const stop = async (): Promise<void> => {
    const running = server;
    server = undefined;
    await running?.close();
    if (process.connected) process.disconnect();
  };
  const obey = async (message: ToMeasured<never>): Promise<void> => {
    switch (message.tell) {
      case 'start':
        server = await start(message.given);
        say({ says: 'listening' });
        return;
      case 'usage':
        if (message.garbage === 'collected') collectGarbage();
        say({ says: 'usage', usage: usageNow() });
        return;
      case 'stop':
        return stop();
    }
  };
  const fail = (cause: unknown): void => {
    say({ says: 'failed', because: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  };

  process.on('message', (message: ToMeasured<never>) => void obey(message).catch(fail));
  // Whoever measures is gone: so is the reason to run.
  process.on('disconnect', () => void stop().catch(fail));
  // The one who measures is interrupted with us, and says when to stop.
  process.on('SIGINT', () => undefined);
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('garbage is collected on demand only under `--expose-gc`');
  globalThis.gc();
}

function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { processorMs: (user + system) / 1000, residentBytes: rss, heapUsedBytes: heapUsed };
}
