import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** What becomes of a COMMIT on its way to the server; `cut-next` cuts one before it arrives and lets the others pass. */
export type CommitFate = 'pass' | 'hold' | 'cut-before' | 'cut-next' | 'cut-after';

/** How the server says that it committed: CommandComplete with its tag (PostgreSQL 54.7). */
const COMMITTED = Buffer.from('COMMIT\0');

/** What sets the scope of a transaction: its first parameter is the parties. */
const SETS_SCOPE = /set_config\('app\.parties', \$1/;

/** The wire between a pool and its server, on which a test can watch what is said and stop it. */
export interface Wire {
  /** The same database by way of this wire. */
  readonly url: string;
  /**
   * Each message the client sent, in order: `Q` or `B` with the text it asks or the statement it binds, or else the letter
   * of the protocol (PostgreSQL 54.7).
   */
  readonly sent: string[];
  /** What becomes of each COMMIT from now on. */
  commits: CommitFate;
  /** Settles when a COMMIT is next held. */
  held(): Promise<void>;
  /** Lets held ones go. */
  release(): void;
  /** From now on nothing that the server says arrives, until it is let speak. */
  mute(): void;
  /** Passes on what was kept back, and all that follows. */
  speak(): void;
  close(): Promise<void>;
}

/** A wire to the server of `url`, which is reached over its Unix socket. */
export async function wireTo(url: string): Promise<Wire> {
  const address = new URL(url);
  const socketPath = `${address.searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
  const connections = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const heard: (() => void)[] = [];
  let unsaid: (() => void)[] | undefined;
  const server = createServer((client) => {
    const upstream = connect(socketPath);
    let cutAtAnswer = false;
    // Background work looks about on no agency's behalf; its commits are not what a test waits for.
    let isForNobody = false;
    // What comes behind a COMMIT that is held.
    let behind: Buffer[] | undefined;
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
    upstream.on('data', (chunk: Buffer) => {
      const say = (): unknown => (cutAtAnswer && chunk.includes(COMMITTED) ? client.destroy() : client.write(chunk));
      if (unsaid === undefined) say();
      else unsaid.push(say);
    });
    onMessages(client, (message, text) => {
      wire.sent.push(text);
      if (behind !== undefined) return void behind.push(message);
      const pass = (): unknown => upstream.write(message);
      if (SETS_SCOPE.test(text)) isForNobody = firstParameterOf(message).length === 0;
      if (!/^[QB] COMMIT$/.test(text) || isForNobody) return pass();
      switch (wire.commits) {
        case 'pass':
          return pass();
        case 'hold':
          behind = [message];
          waiting.push(() => {
            for (const held of behind ?? []) upstream.write(held);
            behind = undefined;
          });
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
    mute: () => {
      unsaid ??= [];
    },
    speak: () => {
      wakeAll(unsaid ?? []);
      unsaid = undefined;
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
  const prepared = new Map<string, string>();
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
      take(message, said(letter, message, prepared));
    }
  });
}

function said(letter: string, message: Buffer, prepared: Map<string, string>): string {
  const [first = '', second = ''] = message.toString('utf8', 5).split('\0', 2);
  switch (letter) {
    case 'Q':
      return `Q ${first}`;
    case 'P':
      prepared.set(first, second);
      return 'P';
    case 'B':
      return `B ${prepared.get(second) ?? ''}`;
    default:
      return letter;
  }
}

// Portal, statement, how many formats and each, how many parameters, and each with its length before it.
function firstParameterOf(bind: Buffer): Buffer {
  const formats = bind.indexOf(0, bind.indexOf(0, 5) + 1) + 1;
  const first = formats + 2 + 2 * bind.readInt16BE(formats) + 2;
  return bind.subarray(first + 4, first + 4 + bind.readInt32BE(first));
}
