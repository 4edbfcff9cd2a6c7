import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { AddressPolicy } from '../../../src/platform/egress/address-policy.js';
import { CheckedEgress } from '../../../src/platform/egress/checked-egress.js';
import type { OutboundResult } from '../../../src/platform/egress/egress.js';

const loopback = new AddressPolicy({ loopback: 'allowed', privateNetworks: [] });
const sockets = new Set<Socket>();
const servers: Server[] = [];
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A server, its address, and the connections it was ever made. */
async function counted(server: Server): Promise<{ readonly url: string; readonly made: Socket[] }> {
  const made: Socket[] = [];
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    made.push(socket.on('error', () => undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, made };
}

/**
 * Waits until the gateway has closed a connection, while one that was kept before it is open still: what its idle time
 * ended would have been ended after that.
 */
async function closedBefore(socket: Socket | undefined, older: Socket | undefined): Promise<void> {
  if (socket === undefined || older === undefined) throw new Error('no connection was made');
  if (!socket.closed) await once(socket, 'close');
  expect(older.closed).toBe(false);
}

const answering = () => counted(createServer((_request, response) => response.end('{}')));

function sender(allows: () => boolean = () => true) {
  const egress = new CheckedEgress({ allows: () => Promise.resolve(allows()) }, loopback);
  return async (url: string, repeatable = true): Promise<OutboundResult> => {
    const result = await egress.send({ method: 'POST', url, headers: {}, body: Buffer.from('{}'), repeatable });
    // The connection is given back in the turn after the answer.
    await turn();
    await turn();
    return result;
  };
}

describe('a connection that is kept', () => {
  it('carries what may be repeated, one request after another', async () => {
    const { url, made } = await answering();
    const send = sender();
    for (const _ of [1, 2, 3]) expect(await send(url)).toMatchObject({ is: 'answered', status: 200 });
    expect(made).toHaveLength(1);
  });

  it('carries nothing that must not be done twice', async () => {
    const { url, made } = await answering();
    const send = sender();
    await send(url);
    expect(await send(url, false)).toMatchObject({ is: 'answered' });
    expect(await send(url, false)).toMatchObject({ is: 'answered' });
    expect(made).toHaveLength(3);
  });

  it('that the other side closed meanwhile is made anew, and nobody notices', async () => {
    const { url, made } = await answering();
    const send = sender();
    await send(url);
    made[0]?.destroy();
    expect(await send(url)).toMatchObject({ is: 'answered', status: 200 });
    expect(made).toHaveLength(2);
  });

  it('is closed once its origin is no longer allowed', async () => {
    const [{ url, made }, other] = [await answering(), await answering()];
    let isAllowed = true;
    const send = sender(() => isAllowed);
    await send(other.url);
    await send(url);
    isAllowed = false;
    expect(await send(url)).toEqual({ is: 'failed', fault: 'origin-not-allowed', request: 'not-sent' });
    await closedBefore(made[0], other.made[0]);
  });

  it('that says something unasked is not believed for the next question', async () => {
    const { url, made } = await counted(
      createTcpServer((socket) => {
        const answer = (body: string): string =>
          `HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`;
        socket.once('data', () => {
          socket.write(answer('{"asked":1}'));
          setTimeout(() => socket.write(answer('{"unasked":1}')), 2);
        });
      }),
    );
    const send = sender();
    const other = await answering();
    await send(other.url);
    await send(url);
    await closedBefore(made[0], other.made[0]);
    const next = await send(url);
    expect(next.is === 'answered' && next.body.toString()).toBe('{"asked":1}');
    expect(made).toHaveLength(2);
  });
});
