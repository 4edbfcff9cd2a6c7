import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The wire before a custodian's system, on which its answers can be held. */
export interface HeldSource {
  readonly url: string;
  /** From now on what the system answers waits here. */
  hold(): void;
  /** Settles once an answer waits. */
  answered(): Promise<void>;
  /** Lets go what waits, and holds no more. */
  release(): void;
  close(): Promise<void>;
}

/** A wire to the system at `url`, which passes everything until it is told to hold. */
export async function sourceHeldBefore(url: string): Promise<HeldSource> {
  const target = new URL(url);
  const connections = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const heard: (() => void)[] = [];
  let isHolding = false;
  const server = createServer((client) => {
    const system = connect(Number(target.port), target.hostname);
    for (const end of [client, system]) {
      connections.add(end);
      end.on('error', () => undefined);
      end.on('close', () => connections.delete(end));
    }
    const whenPassing = (pass: () => void): void => {
      if (isHolding) {
        waiting.push(pass);
        wakeAll(heard);
      } else pass();
    };
    client.on('data', (chunk: Buffer) => system.write(chunk));
    client.on('close', () => system.destroy());
    system.on('data', (chunk: Buffer) => {
      whenPassing(() => client.write(chunk));
    });
    system.on('close', () => {
      whenPassing(() => client.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    hold: () => {
      isHolding = true;
    },
    answered: () => (waiting.length > 0 ? Promise.resolve() : new Promise((tell) => heard.push(tell))),
    release: () => {
      isHolding = false;
      wakeAll(waiting);
    },
    close: async () => {
      for (const connection of connections) connection.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function wakeAll(waiting: (() => void)[]): void {
  for (const wake of waiting.splice(0)) wake();
}
