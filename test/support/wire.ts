import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** What becomes of a COMMIT on its way to the server; `cut-next` cuts one before it arrives and lets the others pass. */
export type CommitFate = 'pass' | 'hold' | 'cut-before' | 'cut-next' | 'cut-after';

/** How the server says that it committed: CommandComplete with its tag (PostgreSQL 54.7). */
const COMMITTED = Buffer.from('COMMIT\0');

/** Background work looks about on no agency's behalf; its commits are not what a test waits for. */
const FOR_NOBODY = `set_config('app.parties', '', true)`;

/** The wire between a pool and its server, on which a test can watch what is said and stop it. */
export interface Wire {
  /** The same database by way of this wire. */
  readonly url: string;
  /** Each message the client sent, in order: `Q` with its text, or the letter of the protocol (PostgreSQL 54.7). */
  readonly sent: string[];
  /** What becomes of each COMMIT from now on. */
  commits: CommitFate;
  /** Settles when a COMMIT is next held. */
  held(): Promise<void>;
  /** Lets held ones go. */
  release(): void;
  close(): Promise<void>;
}

/** A wire to the server of `url`, which is reached over its Unix socket. */
export async function wireTo(url: string): Promise<Wire> {
  const address = new URL(url);
  const socketPath = `${address.searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
  const connections = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const heard: (() => void)[] = [];
  const server = createServer((client) => {
    const upstream = connect(socketPath);
    let cutAtAnswer = false;
    let isForNobody = false;
    for (const end of [client, upstream]) {
      connections.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        client.destroy();
        upstream.destroy();
        connections.delete(end);
      });
    }
    // Statements sent before the COMMIT, and not waited for, are answered before it.
    upstream.on('data', (chunk: Buffer) =>
      cutAtAnswer && chunk.includes(COMMITTED) ? client.destroy() : client.write(chunk),
    );
    onMessages(client, (message, text) => {
      wire.sent.push(text);
      const pass = (): unknown => upstream.write(message);
      if (text.startsWith('Q BEGIN')) isForNobody = text.includes(FOR_NOBODY);
      if (text !== 'Q COMMIT' || isForNobody) return pass();
      switch (wire.commits) {
        case 'pass':
          return pass();
        case 'hold':
          waiting.push(pass);
          wakeAll(heard);
          return undefined;
        case 'cut-next':
          wire.commits = 'pass';
          return client.destroy();
        case 'cut-before':
          return client.destroy();
        case 'cut-after':
          cutAtAnswer = true;
          return pass();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address.searchParams.delete('host');
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  const wire: Wire = {
    url: address.href,
    sent: [],
    commits: 'pass',
    held: () => (waiting.length > 0 ? Promise.resolve() : new Promise((tell) => heard.push(tell))),
    release: () => {
      wakeAll(waiting);
    },
    close: async () => {
      for (const connection of connections) connection.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return wire;
}

function wakeAll(waiting: (() => void)[]): void {
  for (const wake of waiting.splice(0)) wake();
}

// The first message has no letter; every later one is a letter, a length that counts itself, and a body.
function onMessages(client: Socket, take: (message: Buffer, text: string) => unknown): void {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  client.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      const letter = isFirst ? 'startup' : message.toString('latin1', 0, 1);
      isFirst = false;
      take(message, letter === 'Q' ? `Q ${message.toString('utf8', 5, length - 1)}` : letter);
    }
  });
}
