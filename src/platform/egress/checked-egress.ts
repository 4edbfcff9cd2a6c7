import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AddressPolicy } from './address-policy.js';
import { AddressRefused, checkedConnection, systemResolver, type Resolver } from './checked-connection.js';
import {
  type AllowedOrigins,
  Egress,
  OUTBOUND_LIMITS,
  type OutboundFault,
  type OutboundLimits,
  type OutboundRequest,
  type OutboundResult,
} from './egress.js';

class Fault extends Error {
  constructor(readonly fault: OutboundFault) {
    super(fault);
  }
}

/**
 * Egress over connections of its own, one a request and none reused, so that an origin taken off the list or an
 * address that changed is felt at once.
 */
export class CheckedEgress extends Egress {
  constructor(
    private readonly origins: AllowedOrigins,
    private readonly policy: AddressPolicy,
    private readonly resolver: Resolver = systemResolver,
  ) {
    super();
  }

  override async send(request: OutboundRequest, limits: Partial<OutboundLimits> = {}): Promise<OutboundResult> {
    const bounds = { ...OUTBOUND_LIMITS, ...limits };
    const url = addressOf(request.url);
    if (url === undefined || !(await this.origins.allows(url.origin))) return failed('origin-not-allowed', 'not-sent');
    const total = deadlineIn(bounds.totalMs);
    try {
      return await this.exchange(url, request, bounds, total.signal);
    } finally {
      total.clear();
    }
  }

  private async exchange(
    url: URL,
    request: OutboundRequest,
    bounds: OutboundLimits,
    total: AbortSignal,
  ): Promise<OutboundResult> {
    const started = performance.now();
    let socket: Socket;
    try {
      socket = await this.connected(url, bounds.connectMs, total);
    } catch (error) {
      return failed(faultOf(error, 'unreachable'), 'not-sent');
    }
    const spent = performance.now() - started;
    const firstByte = deadlineIn(Math.max(1, bounds.firstByteMs - spent), total);
    try {
      const response = await headersOf(url, request, socket, firstByte.signal);
      firstByte.clear();
      return await answerOf(response, bounds.maxBytes, total);
    } catch (error) {
      return failed(faultOf(error, 'broken'), 'maybe-received');
    } finally {
      firstByte.clear();
      socket.destroy();
    }
  }

  private async connected(url: URL, connectMs: number, total: AbortSignal): Promise<Socket> {
    const deadline = deadlineIn(connectMs, total);
    try {
      return await checkedConnection(url, this.policy, this.resolver, deadline.signal);
    } finally {
      deadline.clear();
    }
  }
}

// Credentials in an address would end up in logs and error texts.
function addressOf(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

function headersOf(
  url: URL,
  { method, headers, body }: OutboundRequest,
  socket: Socket,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outbound = httpRequest({
      method,
      path: url.pathname + url.search,
      headers: {
        ...headers,
        host: url.host,
        'accept-encoding': 'identity',
        connection: 'close',
        ...(body === undefined ? {} : { 'content-length': String(body.length) }),
      },
      createConnection: () => socket,
      signal,
    });
    // Stays for the life of the request: an error after the headers must not go unheard either.
    outbound.on('error', (error) => {
      reject(signal.aborted ? (signal.reason as Error) : error);
    });
    outbound.once('response', resolve);
    outbound.end(body);
  });
}

async function answerOf(response: IncomingMessage, maxBytes: number, total: AbortSignal): Promise<OutboundResult> {
  const stop = (): void => {
    response.destroy(total.reason as Error);
  };
  total.addEventListener('abort', stop, { once: true });
  try {
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) throw new Fault('redirected');
    if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw new Fault('encoded');
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw new Fault('too-large');
    const body = await bytesOf(response, maxBytes);
    return { is: 'answered', status, headers: plainHeadersOf(response), body };
  } catch (error) {
    throw total.aborted ? total.reason : error;
  } finally {
    total.removeEventListener('abort', stop);
    response.destroy();
  }
}

async function bytesOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Fault('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainHeadersOf(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

interface Deadline {
  readonly signal: AbortSignal;
  clear(): void;
}

// Node's timers run on the monotonic clock: a clock that is put back gives no one more time.
function deadlineIn(milliseconds: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const expire = (): void => {
    controller.abort(new Fault('timed-out'));
  };
  const timer = setTimeout(expire, milliseconds);
  outer?.addEventListener('abort', expire, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', expire);
    },
  };
}

function faultOf(error: unknown, otherwise: OutboundFault): OutboundFault {
  if (error instanceof Fault) return error.fault;
  return error instanceof AddressRefused ? 'address-not-allowed' : otherwise;
}

function failed(fault: OutboundFault, request: 'not-sent' | 'maybe-received'): OutboundResult {
  return { is: 'failed', fault, request };
}
