import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { OrderOfEvents } from './order-of-events.js';

/** What left a gateway on one connection. */
export interface Departure {
  /** Of its first byte. */
  readonly first: number;
  readonly bytes: Buffer;
}

interface Watched {
  first: number | undefined;
  readonly chunks: Buffer[];
  isOpen: boolean;
  reached: boolean;
}

/** Stands in front of a gateway and keeps every byte that leaves it, in order with everything else the runner sees. */
export class Recorder {
  readonly port: number;
  /** Where the gateway listens now; undefined while there is none. */
  target: number | undefined;
  /** Of all that ever left. */
  bytesLeft = 0;
  /** Calls that reached a gateway and were never answered with a byte. */
  unanswered = 0;
  #watched: Watched[] = [];
  readonly #open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly order: OrderOfEvents,
  ) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (caller) => {
      this.#join(caller);
    });
  }

  static async listening(order: OrderOfEvents): Promise<Recorder> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Recorder(server, order);
  }

  /** What has left since the last time; what is still leaving, the next time. */
  taken(): readonly Departure[] {
    const ended = this.#watched.filter(({ isOpen }) => !isOpen);
    this.#watched = this.#watched.filter(({ isOpen }) => isOpen);
    return ended.flatMap(({ first, chunks }) => (first === undefined ? [] : [{ first, bytes: Buffer.concat(chunks) }]));
  }

  /** Ends every call as if its caller had. */
  hangUp(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(caller: Socket): void {
    if (this.target === undefined) {
      caller.destroy();
      return;
    }
    const gateway = connect(this.target, '127.0.0.1');
    const watched: Watched = { first: undefined, chunks: [], isOpen: true, reached: false };
    this.#watched.push(watched);
    gateway.on('data', (chunk: Buffer) => {
      watched.first ??= this.order.next();
      watched.chunks.push(chunk);
      this.bytesLeft += chunk.length;
      caller.write(chunk);
    });
    caller.on('data', (chunk: Buffer) => gateway.write(chunk));
    gateway.on('connect', () => (watched.reached = true));
    caller.on('end', () => gateway.end());
    gateway.on('end', () => caller.end());
    for (const end of [caller, gateway]) {
      this.#open.add(end);
      end.setNoDelay(true);
      end.on('error', () => undefined);
      end.on('close', () => {
        caller.destroy();
        gateway.destroy();
        if (watched.isOpen && watched.reached && watched.first === undefined) this.unanswered += 1;
        watched.isOpen = false;
        this.#open.delete(end);
      });
    }
  }
}
