import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens on a loopback port, and may go down and come back on it. */
export interface LoopbackServer {
  readonly url: string;
  /** Goes down: its port refuses connections until it is resumed. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Has a server listen. @param port 0 picks one */
export async function listenOnLoopback(server: Server, port: number): Promise<LoopbackServer> {
  await listen(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(taken)}`,
    pause: () => stop(server),
    resume: () => listen(server, taken),
    close: () => stop(server),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
