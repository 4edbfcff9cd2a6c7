import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The one child the source knows, and the one it may answer for instead. */
export const THE_CHILD = '9990000018';
export const ANOTHER_CHILD = '9990000026';

/** What the honest answer to this request would be, and where to misbehave instead. */
export interface Moment {
  readonly honest: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

export type Behaviour = (moment: Moment) => void;

/** A kind of system, so that one may misbehave in it: the same behaviours, each in its own words. */
export interface Dialect {
  readonly adapter: string;
  readonly contentType: string;
  /** What a request asks for, from its address. */
  readonly partOf: (address: string) => string;
  /** The request by which the child is found: nothing is asked after it once it was not believed. */
  readonly first: string;
  /** The honest answer to a request. */
  readonly honest: (part: string) => string;
  /** What of an answer is said differently here: a behaviour left out makes no sense of such a system. */
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** What operators are told of each behaviour, so that none is unavailable for some other reason than its own. */
  readonly faults: Readonly<Record<string, string>>;
}

/** Answers with a changed body. */
export const says =
  (change: (honest: string) => string, headers?: Readonly<Record<string, string>>, status = 200): Behaviour =>
  (moment) => {
    moment.response.writeHead(status, headers ?? moment.headers).end(change(moment.honest));
  };

/** Answers as it should. */
export const honestly: Behaviour = says((honest) => honest);

const packed =
  (encoding: string, pack: (honest: string) => Buffer): Behaviour =>
  ({ response, headers, honest }) => {
    response.writeHead(200, { ...headers, 'content-encoding': encoding }).end(pack(honest));
  };

/** A few hundred bytes that would become 16 MiB. */
export const BROTLI_BOMB = brotliCompressSync(Buffer.alloc(16_777_216, 0x20));

/** What any system may do that is not an answer, by name. Each spoils a whole request. */
const ANY_SYSTEM = {
  'hangs before the headers': () => undefined,
  'hangs after the headers': ({ response, headers }) => {
    response.writeHead(200, headers).flushHeaders();
  },
  'drips a byte at a time': ({ response, headers, honest, socket }) => {
    const bytes = Buffer.from(honest);
    let sent = 0;
    response.writeHead(200, headers);
    const timer = setInterval(() => response.write(bytes.subarray(sent, (sent += 1))), 20);
    socket.once('close', () => {
      clearInterval(timer);
    });
  },
  'drips its headers': ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
    socket.once('close', () => {
      clearInterval(timer);
    });
  },
  'promises more bytes than it sends': ({ socket, headers, honest }) => {
    socket.end(rawAnswer(headers, honest.length + 50, honest));
  },
  'promises fewer bytes than it sends': ({ socket, headers, honest }) => {
    socket.end(rawAnswer(headers, honest.length - 50, honest));
  },
  'closes midway': ({ response, headers, honest, socket }) => {
    response.writeHead(200, headers);
    response.write(honest.slice(0, -40), () => socket.destroy());
  },
  'closes at once': ({ socket }) => {
    socket.destroy();
  },
  'sends a brotli bomb': packed('br', () => BROTLI_BOMB),
  'compresses though nothing asked for it': packed('gzip', (honest) => gzipSync(honest)),
  'sends more than an answer may hold': says((honest) => honest.padEnd(600_000, ' ')),
  'never stops sending': ({ response, headers, socket }) => {
    response.writeHead(200, headers);
    const more = (): void => {
      while (!socket.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
    };
    response.on('drain', more);
    more();
  },
  'is not HTTP': ({ socket }) => {
    socket.end('\u0000\u0001 garbage\r\n\r\n');
  },
  'says 500': ({ response, headers, honest }) => {
    response.writeHead(500, headers).end(honest);
  },
  'says 404': ({ response, headers, honest }) => {
    response.writeHead(404, headers).end(honest);
  },
  'says 206': ({ response, headers, honest }) => {
    response.writeHead(206, headers).end(honest);
  },
  'calls its answer HTML': says((honest) => honest, { 'content-type': 'text/html' }),
  'calls its answer nothing': says((honest) => honest, {}),
  'sends no JSON': says(() => 'null and void'),
  'sends half its JSON': says((honest) => honest.slice(0, -1)),
  'sends a list': says((honest) => `[${honest}]`),
  'sends a __proto__ key': says((honest) => honest.replace('{', '{"__proto__":{"active":true},')),
  'nests without end': says((honest) => honest.replace('{', `{"more":${'['.repeat(100_000)}${']'.repeat(100_000)},`)),
} as const satisfies Readonly<Record<string, Behaviour>>;

/** The name of something any system may do. */
export type AnySystemBehaviour = keyof typeof ANY_SYSTEM;

const ANY_FAULT: Readonly<Record<AnySystemBehaviour, string>> = {
  'hangs before the headers': 'timed-out',
  'hangs after the headers': 'timed-out',
  'drips a byte at a time': 'timed-out',
  'drips its headers': 'timed-out',
  'promises more bytes than it sends': 'broken',
  'promises fewer bytes than it sends': 'not-strict-json',
  'closes midway': 'broken',
  'closes at once': 'broken',
  'sends a brotli bomb': 'encoded',
  'compresses though nothing asked for it': 'encoded',
  'sends more than an answer may hold': 'too-large',
  'never stops sending': 'too-large',
  'is not HTTP': 'broken',
  'says 500': 'not-ok',
  'says 404': 'refused',
  'says 206': 'not-ok',
  'calls its answer HTML': 'not-json',
  'calls its answer nothing': 'not-json',
  'sends no JSON': 'not-strict-json',
  'sends half its JSON': 'not-strict-json',
  'sends a list': 'not-strict-json',
  'sends a __proto__ key': 'not-strict-json',
  'nests without end': 'not-strict-json',
};

function rawAnswer(headers: Readonly<Record<string, string>>, length: number, body: string): string {
  const lines = Object.entries({ ...headers, 'content-length': String(length) }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Every way a system of this kind may misbehave, with what operators are told of it. */
export function hostileWays({
  behaviours,
  faults,
}: Dialect): readonly { readonly name: string; readonly behaviour: Behaviour; readonly fault: string }[] {
  const told: Readonly<Record<string, string>> = { ...ANY_FAULT, ...faults };
  return Object.entries<Behaviour>({ ...ANY_SYSTEM, ...behaviours }).map(([name, behaviour]) => {
    const fault = told[name];
    if (fault === undefined) throw new Error(`\`${name}\` has no fault`);
    return { name, behaviour, fault };
  });
}

/** One of the ways, by name. */
export function hostileWay(dialect: Dialect, name: string): Behaviour {
  const way = hostileWays(dialect).find((each) => each.name === name);
  if (way === undefined) throw new Error(`no system does \`${name}\``);
  return way.behaviour;
}

/** A source that answers honestly but for one kind of request. */
export interface HostileSource {
  readonly url: string;
  /** What was asked for, in order. */
  readonly asked: readonly string[];
  readonly connections: () => number;
  /** The most requests under way at one time. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

/** @param at the part in whose request it misbehaves; every other one is answered honestly */
export async function startHostileSource(
  { partOf, contentType, honest: honestAnswer }: Dialect,
  behaviour: Behaviour,
  at: string,
): Promise<HostileSource> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const headers = { 'content-type': contentType };
  let connections = 0;
  let open = 0;
  let most = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const part = partOf(request.url ?? '');
    const honest = honestAnswer(part);
    asked.push(part);
    most = Math.max(most, (open += 1));
    response.once('close', () => (open -= 1));
    request.resume().once('end', () => {
      if (part === at || at === 'every') behaviour({ honest, headers, response, socket: request.socket });
      else response.writeHead(200, headers).end(honest);
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/base`,
    asked,
    connections: () => connections,
    mostAtOnce: () => most,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
