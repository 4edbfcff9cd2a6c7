import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { OutboundFault, OutboundLimits, OutboundRequest } from './egress.js';

/** Why a conversation came to nothing, where it was not the network. */
export class Fault extends Error {
  constructor(readonly fault: OutboundFault) {
    super(fault);
  }
}

/** An answer read to its end. */
export interface Answered {
  readonly is: 'answered';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a conversation is held over and within. */
export interface Terms {
  readonly socket: Socket;
  readonly limits: OutboundLimits;
  /** When the call began, by the monotonic clock: deadlines count from there. */
  readonly startedAt: number;
  /** Called, after the answer, when both sides mean to keep the connection; without it they do not. */
  readonly keep?: (() => void) | undefined;
}

/**
 * One request and its answer over a connected socket, which is closed unless it is kept.
 *
 * @throws Fault, or what the socket said
 */
export function conversation(url: URL, request: OutboundRequest, terms: Terms): Promise<Answered> {
  const { socket, limits, startedAt, keep } = terms;
  return new Promise((resolve, reject) => {
    const outbound = requestOver(url, request, socket, keep === undefined ? 'close' : 'keep-alive');
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(cause);
    };
    // Node's timers run on the monotonic clock: a clock that is put back gives no one more time.
    const failAfter = (milliseconds: number): NodeJS.Timeout =>
      setTimeout(
        () => {
          fail(new Fault('timed-out'));
        },
        milliseconds - (performance.now() - startedAt),
      );
    let timer = failAfter(Math.min(limits.firstByteMs, limits.totalMs));
    let isWhole = (): boolean => false;
    outbound.on('error', (cause) => {
      // What follows a whole answer belongs to none: the connection is done for, not the answer.
      if (isWhole()) socket.destroy();
      else fail(cause);
    });
    outbound.once('response', (response) => {
      isWhole = () => response.complete;
      clearTimeout(timer);
      timer = failAfter(limits.totalMs);
      const fault = faultOfHeaders(response, limits.maxBytes);
      if (fault !== undefined) {
        fail(new Fault(fault));
        return;
      }
      readWhole(response, limits.maxBytes, fail, (answered) => {
        clearTimeout(timer);
        if (keep !== undefined && outbound.shouldKeepAlive) socket.once('free', keep);
        else socket.destroy();
        resolve(answered);
      });
    });
    outbound.end(request.body);
  });
}

function requestOver(
  url: URL,
  { method, headers, body }: OutboundRequest,
  socket: Socket,
  connection: 'close' | 'keep-alive',
): ClientRequest {
  return httpRequest({
    method,
    path: url.pathname + url.search,
    headers: {
      ...headers,
      host: url.host,
      'accept-encoding': 'identity',
      connection,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    },
    createConnection: () => socket,
  });
}

function faultOfHeaders({ statusCode = 0, headers }: IncomingMessage, maxBytes: number): OutboundFault | undefined {
  if (statusCode >= 300 && statusCode < 400) return 'redirected';
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return 'encoded';
  return Number(headers['content-length'] ?? 0) > maxBytes ? 'too-large' : undefined;
}

function readWhole(
  response: IncomingMessage,
  maxBytes: number,
  fail: (cause: Error) => void,
  done: (answered: Answered) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response
    .on('error', fail)
    .on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) fail(new Fault('too-large'));
      else chunks.push(chunk);
    })
    .once('end', () => {
      const [only, ...others] = chunks;
      const body = only !== undefined && others.length === 0 ? only : Buffer.concat(chunks);
      done({ is: 'answered', status: response.statusCode ?? 0, headers: plainHeadersOf(response), body });
    });
}

function plainHeadersOf(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
