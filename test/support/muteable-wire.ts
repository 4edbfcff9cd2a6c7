import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A wire between a client and its database server that a test can silence without either end being told. */
export interface MuteableWire {
  /** The same database by way of this wire. */
  readonly url: string;
  /** From now on nothing passes, and nobody is told: as when a cable is pulled or a firewall forgets. */
  mute(): void;
  /** From now on connections are refused; those that stand go on. */
  refuse(): void;
  /** New connections pass again; those muted stay so. */
  accept(): void;
  close(): Promise<void>;
}

/** A wire to the server of `url`, which is reached over its Unix socket. */
export async function muteableTo(url: string): Promise<MuteableWire> {
  const address = new URL(url);
  const socketPath = `${address.searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
  const ends = new Set<Socket>();
  let fate: 'pass' | 'mute' | 'refuse' = 'pass';
  const server = createServer((client) => {
    if (fate === 'refuse') {
      client.destroy();
      return;
    }
    if (fate === 'mute') {
      held(client, ends);
      return;
    }
    const upstream = connect(socketPath);
    for (const end of [client, upstream]) {
      held(end, ends);
      end.on('close', () => {
        // A muted end that goes takes its leave of nobody.
        if (!end.isPaused()) for (const other of [client, upstream]) other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address.searchParams.delete('host');
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  return {
    url: address.href,
    mute: () => {
      fate = 'mute';
      for (const end of ends) {
        end.unpipe();
        end.pause();
      }
    },
    refuse: () => {
      fate = 'refuse';
    },
    accept: () => {
      fate = 'pass';
    },
    close: async () => {
      for (const end of ends) end.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function held(end: Socket, ends: Set<Socket>): void {
  ends.add(end);
  end.on('error', () => undefined);
  end.on('close', () => ends.delete(end));
}
