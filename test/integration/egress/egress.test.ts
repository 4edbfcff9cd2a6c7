import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { brotliCompressSync } from 'node:zlib';
import { AddressPolicy } from '../../../src/platform/egress/address-policy.js';
import { CheckedEgress } from '../../../src/platform/egress/checked-egress.js';
import type { Resolver } from '../../../src/platform/egress/checked-connection.js';
import type { OutboundRequest, OutboundResult } from '../../../src/platform/egress/egress.js';

const demonstration = new AddressPolicy({ loopback: 'allowed', privateNetworks: [] });
const production = new AddressPolicy({ loopback: 'refused', privateNetworks: [] });
const anyOrigin = { allows: () => Promise.resolve(true) };
/** What a busy machine never meets: for every answer that is judged by what it says. */
const patient = { connectMs: 20_000, firstByteMs: 20_000, totalMs: 40_000, maxBytes: 10_000 };

const opened: { close(done: () => void): unknown }[] = [];
const sockets = new Set<Socket>();
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(opened.map((server) => new Promise<void>((done) => server.close(done))));
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  opened.push(server);
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** A server that says exactly these bytes, however wrong, to whoever asks. */
const saying = (...parts: (string | Buffer)[]): Promise<string> =>
  listening(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        for (const part of parts) socket.write(part);
        socket.end();
      });
    }),
  );

const get = (url: string, policy = demonstration, resolver?: Resolver, limits = patient): Promise<OutboundResult> =>
  new CheckedEgress(anyOrigin, policy, resolver).send({ method: 'GET', url, headers: {} }, limits);

const resolvingTo =
  (...addresses: string[]): Resolver =>
  (_hostname, done) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

describe('a request outward', () => {
  it('carries what it was given, takes no encoding, and brings back status, headers and bytes', async () => {
    const seen: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[] = [];
    const address = await listening(
      createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
          response.writeHead(422, { 'x-kind': 'answer' }).end('{"ok":false}');
        });
      }),
    );
    const request: OutboundRequest = {
      method: 'POST',
      url: `${address}/fhir/Patient?a=1`,
      headers: { accept: 'application/json' },
      body: Buffer.from('{"é":1}'),
    };
    const result = await new CheckedEgress(anyOrigin, demonstration).send(request);
    expect(result).toMatchObject({ is: 'answered', status: 422, headers: { 'x-kind': 'answer' } });
    expect(result.is === 'answered' && result.body.toString()).toBe('{"ok":false}');
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/fhir/Patient?a=1',
        body: '{"é":1}',
        headers: expect.objectContaining({
          'accept-encoding': 'identity',
          accept: 'application/json',
          'content-length': '8',
        }),
      },
    ]);
  });

  it('goes only to origins on the list, and looks nothing up for others', async () => {
    let asked = '';
    let lookups = 0;
    const origins = { allows: (origin: string) => Promise.resolve((asked = origin) === 'https://on-the-list.example') };
    const egress = new CheckedEgress(origins, production, (_hostname, done) => {
      lookups += 1;
      done(null, []);
    });
    const result = await egress.send({ method: 'GET', url: 'https://other.example:8443/path', headers: {} });
    expect(result).toEqual({ is: 'failed', fault: 'origin-not-allowed', request: 'not-sent' });
    expect([asked, lookups]).toEqual(['https://other.example:8443', 0]);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://example.org/',
    'gopher://example.org/',
    'https://user:secret@example.org/',
    '//example.org/',
    'nonsense',
  ])('to %s is refused', async (url) => {
    expect(await get(url)).toEqual({ is: 'failed', fault: 'origin-not-allowed', request: 'not-sent' });
  });
});

describe('an address', () => {
  it.each([
    'http://127.0.0.1:1/',
    'http://127.1:1/',
    'http://2130706433:1/',
    'http://0x7f.0.0.1:1/',
    'http://[::1]:1/',
    'http://[::ffff:127.0.0.1]:1/',
    'https://10.0.0.1/',
    'https://172.16.5.4/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[::]/',
  ])('%s is not connected to in production', async (url) => {
    expect(await get(url, production)).toEqual({ is: 'failed', fault: 'address-not-allowed', request: 'not-sent' });
  });

  it('is not reached by a name that resolves to this machine', async () => {
    let connections = 0;
    const server = createTcpServer(() => (connections += 1));
    const { port } = new URL(await listening(server));
    for (const addresses of [['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['93.184.216.34', '127.0.0.1']]) {
      const result = await get(`http://custodian.example:${port}/`, production, resolvingTo(...addresses));
      expect(result).toEqual({ is: 'failed', fault: 'address-not-allowed', request: 'not-sent' });
    }
    expect(connections).toBe(0);
  });

  it('is checked again on the connected socket, before a byte is sent', async () => {
    let received = 0;
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => (received += chunk.length));
    });
    const address = await listening(server);
    // Permits what the lookup says, and refuses what the socket says: as when a name resolves anew in between.
    class Changing extends AddressPolicy {
      #asked = 0;
      override permits(): boolean {
        this.#asked += 1;
        return this.#asked === 1;
      }
    }
    const policy = new Changing({ loopback: 'allowed', privateNetworks: [] });
    expect(await get(address, policy)).toEqual({ is: 'failed', fault: 'address-not-allowed', request: 'not-sent' });
    await new Promise((done) => setTimeout(done, 50));
    expect(received).toBe(0);
  });

  it('of a private network is reached once that network is named, over TLS alone', () => {
    const policy = new AddressPolicy({ loopback: 'refused', privateNetworks: ['10.20.0.0/16'] });
    expect(policy.permits('10.20.1.1')).toBe(true);
    expect(policy.permits('::ffff:10.20.1.1')).toBe(true);
    expect(policy.permits('10.21.1.1')).toBe(false);
    const all = new AddressPolicy({ loopback: 'refused', privateNetworks: ['0.0.0.0/0'] });
    expect(['169.254.169.254', '127.0.0.1'].map((address) => all.permits(address))).toEqual([false, false]);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/-1'])('list with %s is refused at start', (network) => {
    expect(() => new AddressPolicy({ loopback: 'refused', privateNetworks: [network] })).toThrow(RangeError);
  });
});

describe('an answer', () => {
  const ok = 'HTTP/1.1 200 OK\r\n';

  it.each([301, 302, 303, 307, 308])('of %d is never followed', async (status) => {
    let followed = 0;
    const target = await listening(createServer((_request, response) => response.end(String((followed += 1)))));
    const address = await saying(
      `HTTP/1.1 ${String(status)} Moved\r\nLocation: ${target}/\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(await get(address)).toEqual({ is: 'failed', fault: 'redirected', request: 'maybe-received' });
    expect(followed).toBe(0);
  });

  it.each([
    ['shorter than it said', [`${ok}Content-Length: 100\r\n\r\n`, 'only this'], 'broken'],
    ['cut off between chunks', [`${ok}Transfer-Encoding: chunked\r\n\r\n`, '5\r\nhello\r\n'], 'broken'],
    ['with two lengths', [`${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`], 'broken'],
    [
      'with a length and chunks',
      [`${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
      'broken',
    ],
    ['with a length below zero', [`${ok}Content-Length: -5\r\n\r\nhello`], 'broken'],
    ['that is not HTTP', ['SSH-2.0-OpenSSH_9.2\r\n'], 'broken'],
    ['that is empty', [''], 'broken'],
    ['with endless headers', [ok, `x-long: ${'x'.repeat(40_000)}\r\n\r\n`], 'broken'],
    ['said to be larger than allowed', [`${ok}Content-Length: 10001\r\n\r\n`, 'x'.repeat(10_001)], 'too-large'],
    ['larger than allowed without saying', [`${ok}Connection: close\r\n\r\n`, 'x'.repeat(10_001)], 'too-large'],
    [
      'compressed though nothing was accepted',
      [`${ok}Content-Encoding: br\r\nConnection: close\r\n\r\n`, brotliCompressSync(Buffer.alloc(50_000_000))],
      'encoded',
    ],
    ['compressed twice over', [`${ok}Content-Encoding: gzip, br\r\nConnection: close\r\n\r\n`, 'x'], 'encoded'],
  ])('%s is no answer', async (_what, parts, fault) => {
    expect(await get(await saying(...parts))).toEqual({ is: 'failed', fault, request: 'maybe-received' });
  });

  it('longer than it said is read to what it said', async () => {
    const result = await get(await saying(`${ok}Content-Length: 5\r\n\r\n`, 'hello and more'));
    if (result.is === 'answered') expect(result.body.toString()).toBe('hello');
    else expect(result.fault).toBe('broken');
  });

  it('of exactly the size allowed is an answer', async () => {
    const result = await get(await saying(`${ok}Content-Length: 10000\r\n\r\n`, 'x'.repeat(10_000)));
    expect(result.is === 'answered' && result.body.length).toBe(10_000);
  });
});

describe('a slow other side', () => {
  /** Asks with one short limit among long ones: what ends soon was ended by that one. */
  const soonEnded = async (
    url: string,
    limit: Partial<typeof patient>,
    policy = demonstration,
    resolver?: Resolver,
  ): Promise<OutboundResult> => {
    const started = performance.now();
    const result = await get(url, policy, resolver, { ...patient, ...limit });
    expect(performance.now() - started).toBeLessThan(15_000);
    return result;
  };

  it('that accepts and says nothing is given up at the first-byte deadline', async () => {
    const address = await listening(createTcpServer(() => undefined));
    expect(await soonEnded(address, { firstByteMs: 400 })).toEqual({
      is: 'failed',
      fault: 'timed-out',
      request: 'maybe-received',
    });
  });

  it('that drips its headers is given up at the same', async () => {
    const address = await listening(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.write('HTTP/1.1 200 OK\r\n');
        const drip = setInterval(() => socket.write('x: y\r\n'), 20);
        socket.on('close', () => clearInterval(drip));
      }),
    );
    expect(await soonEnded(address, { firstByteMs: 400 })).toMatchObject({ fault: 'timed-out' });
  });

  it('that drips its body is given up at the total', async () => {
    const address = await listening(
      createServer((_request, response) => {
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
      }),
    );
    expect(await soonEnded(address, { totalMs: 800 })).toEqual({
      is: 'failed',
      fault: 'timed-out',
      request: 'maybe-received',
    });
  });

  it('whose name never resolves is given up at the connect deadline', async () => {
    expect(await soonEnded('https://slow.example/', { connectMs: 300 }, production, () => undefined)).toEqual({
      is: 'failed',
      fault: 'timed-out',
      request: 'not-sent',
    });
  });

  it('that never finishes TLS is given up at the connect deadline', async () => {
    const address = await listening(createTcpServer(() => undefined));
    expect(await soonEnded(address.replace('http:', 'https:'), { connectMs: 300 })).toEqual({
      is: 'failed',
      fault: 'timed-out',
      request: 'not-sent',
    });
  });

  it('that refuses, or does not exist, is unreachable', async () => {
    expect(await get('http://127.0.0.1:1/')).toEqual({ is: 'failed', fault: 'unreachable', request: 'not-sent' });
    const gone: Resolver = (_hostname, done) => {
      done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    };
    expect(await get('https://gone.example/', production, gone)).toMatchObject({ fault: 'unreachable' });
  });

  it('without a trusted certificate is unreachable, and is sent nothing', async () => {
    const address = await saying('HTTP/1.1 200 OK\r\n\r\n');
    expect(await get(address.replace('http:', 'https:'))).toEqual({
      is: 'failed',
      fault: 'unreachable',
      request: 'not-sent',
    });
  });
});
