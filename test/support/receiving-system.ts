import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What an agency's system was sent. */
export interface Received {
  readonly messageId: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly path: string;
}

/** How it answers. */
export type Answers = (response: ServerResponse, received: Received) => void;

/** Says that it has the message, as a good system does. */
export const withReceipt: Answers = (response, { messageId }) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ messageId }));
};

/** An agency's own system, to which messages are sent; how it answers may be changed at any time. */
export class ReceivingSystem {
  readonly received: Received[] = [];
  answers: Answers = withReceipt;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ReceivingSystem> {
    const server = createServer();
    const system = new ReceivingSystem(server);
    server.on('connection', (socket: Socket) => system.#sockets.add(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const received: Received = {
          messageId: String(request.headers['x-message-id']),
          headers: request.headers,
          body: Buffer.concat(chunks),
          path: request.url ?? '',
        };
        system.received.push(received);
        system.answers(response, received);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return system;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/messages`;
  }

  /** How often it was sent a message. */
  times(messageId: string): number {
    return this.received.filter((each) => each.messageId === messageId).length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => {
      this.#server.close(() => {
        done();
      });
    });
  }
}
