import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { OrderOfEvents } from './order-of-events.js';

/**
 * What becomes of a record's COMMIT on its way: `hold` keeps it until {@link DatabaseWire.release}, `cut-before` ends
 * the connection instead of passing it on, `cut-after` passes it on and ends the connection instead of the answer; a
 * number passes it on after so many milliseconds.
 */
export type CommitFate = 'pass' | 'hold' | 'cut-before' | 'cut-after' | number;

/** What all wires of a world have seen. */
export interface CommittedRecords {
  readonly order: OrderOfEvents;
  /** For each id of a committed record: when the server said that it is. */
  readonly committed: Map<string, number>;
}

/** A record's COMMIT, as it is about to be passed on. */
export interface RecordCommit {
  /** Every uuid in what the transaction appended, its disclosure among them. */
  readonly ids: readonly string[];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** What only a transaction does that appends to the log. */
const APPENDS = /INSERT INTO gateway\.pending\b/;
const COMMITS = /(^|;)\s*COMMIT\s*;?\s*$/i;

/**
 * The wire between a gateway and its database (PostgreSQL 54, protocol 3), on which the runner sees every record
 * committed before the gateway can hear of it, and can hold or cut just that.
 */
export class DatabaseWire {
  /** The same database, by way of this wire. */
  readonly url: string;
  /** Asked for each record's COMMIT. */
  fate: (commit: RecordCommit) => CommitFate = () => 'pass';
  /** Told when the server has committed a record, before the gateway can hear of it. */
  onCommitted: (ids: readonly string[]) => void = () => undefined;
  readonly #connections = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #heldTell: (() => void)[] = [];
  #isOpen = true;
  #isSilent = false;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly socketPath: string,
    private readonly seen: CommittedRecords,
    url: string,
  ) {
    this.url = url;
    server.on('connection', (client) => {
      this.#join(client);
    });
  }

  /** @param url of a database that is reached over its Unix socket */
  static async to(url: string, seen: CommittedRecords): Promise<DatabaseWire> {
    const address = new URL(url);
    const socketPath = `${address.searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    address.searchParams.delete('host');
    address.hostname = '127.0.0.1';
    address.port = String((server.address() as AddressInfo).port);
    return new DatabaseWire(server, socketPath, seen, address.href);
  }

  /** Settles when a COMMIT is being held. */
  held(): Promise<void> {
    if (this.#held.length > 0) return Promise.resolve();
    return new Promise((tell) => this.#heldTell.push(tell));
  }

  /** Lets the held ones go. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  /** Ends every connection, and refuses or takes others from now on. */
  open(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (!isOpen) for (const connection of this.#connections) connection.destroy();
  }

  /** Passes nothing on, either way, without a word to anyone; or goes on where it stopped. */
  silent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    for (const connection of this.#connections) {
      if (isSilent) connection.pause();
      else connection.resume();
    }
  }

  async close(): Promise<void> {
    this.open(false);
    this.server.close();
    await once(this.server, 'close');
  }

  #join(client: Socket): void {
    if (!this.#isOpen) {
      client.destroy();
      return;
    }
    const server = connect(this.socketPath);
    for (const end of [client, server]) {
      this.#connections.add(end);
      end.setNoDelay(true);
      end.on('error', () => undefined);
      end.on('close', () => {
        client.destroy();
        server.destroy();
        this.#connections.delete(end);
      });
    }
    const said = new Conversation();
    // A COMMIT that waits, and what came behind it.
    let waits: Buffer[] | undefined;
    const goOn = (): void => {
      for (const message of waits ?? []) server.write(message);
      waits = undefined;
    };
    eachMessage(client, 'client', (message) => {
      if (waits !== undefined) return void waits.push(message);
      if (!said.hear(message)) return void server.write(message);
      const ids = said.committing();
      const fate = this.fate({ ids });
      if (fate === 'cut-after') said.cutAtAnswer = true;
      if (fate === 'cut-before') return void client.destroy();
      if (fate !== 'hold' && typeof fate !== 'number') return void server.write(message);
      waits = [message];
      if (fate === 'hold') this.#hold(goOn);
      else void pause(fate).then(goOn);
    });
    eachMessage(server, 'server', (message) => {
      const ids = isCommitTag(message) ? said.committed() : [];
      // A later record may name an earlier one, as the retry of it: the first commit counts.
      for (const id of ids) if (!this.seen.committed.has(id)) this.seen.committed.set(id, this.seen.order.next());
      if (ids.length > 0) this.onCommitted(ids);
      if (said.cutAtAnswer && ids.length > 0) return void client.destroy();
      client.write(message);
    });
    if (this.#isSilent) for (const end of [client, server]) end.pause();
  }

  #hold(go: () => void): void {
    this.#held.push(go);
    for (const tell of this.#heldTell.splice(0)) tell();
  }
}

/** What one connection has said in its transaction so far. */
class Conversation {
  cutAtAnswer = false;
  readonly #texts = new Map<string, string>();
  #appended: string[] = [];
  #committing: string[] = [];

  /** Whether this is the COMMIT of a transaction that appended to the log. */
  hear(message: Buffer): boolean {
    const letter = message.toString('latin1', 0, 1);
    const body = message.subarray(5);
    if (letter === 'P') {
      const [name = '', text = ''] = strings(body, 2);
      this.#texts.set(name, text);
    } else if (letter === 'B') {
      const [, name = ''] = strings(body, 2);
      return this.#carriesOut(this.#texts.get(name) ?? '', body);
    } else if (letter === 'Q') {
      return this.#carriesOut(body.toString('utf8', 0, body.length - 1), body);
    }
    return false;
  }

  #carriesOut(text: string, body: Buffer): boolean {
    if (APPENDS.test(text)) this.#append(body);
    if (COMMITS.test(text)) return this.#appended.length > 0;
    if (/^\s*(BEGIN|ROLLBACK\s*;?\s*$)/i.test(text)) {
      this.#appended = [];
      // A COMMIT that was refused is answered by no tag.
      this.#committing = [];
    }
    return false;
  }

  committing(): readonly string[] {
    this.#committing = this.#appended;
    this.#appended = [];
    return this.#committing;
  }

  committed(): readonly string[] {
    const ids = this.#committing;
    this.#committing = [];
    return ids;
  }

  #append(body: Buffer): void {
    this.#appended.push(...(body.toString('latin1').match(UUID) ?? []));
  }
}

function isCommitTag(message: Buffer): boolean {
  return message[0] === 0x43 && message.toString('latin1', 5, message.length - 1) === 'COMMIT';
}

function strings(body: Buffer, count: number): string[] {
  const found: string[] = [];
  for (let from = 0; found.length < count;) {
    const end = body.indexOf(0, from);
    if (end < 0) break;
    found.push(body.toString('utf8', from, end));
    from = end + 1;
  }
  return found;
}

// A client's first message has no letter; every other is a letter, a length that counts itself, and a body.
function eachMessage(from: Socket, side: 'client' | 'server', take: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  let head = side === 'client' ? 0 : 1;
  from.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      head = 1;
      take(message);
    }
  });
}
