import type { AddressPolicy } from './address-policy.js';
import { AddressRefused, checkedConnection, systemResolver, type Resolver } from './checked-connection.js';
import { conversation, Fault } from './conversation.js';
import {
  type AllowedOrigins,
  Egress,
  OUTBOUND_LIMITS,
  type OutboundFault,
  type OutboundLimits,
  type OutboundRequest,
  type OutboundResult,
} from './egress.js';
import { KeptConnections, type CheckedSocket } from './kept-connections.js';

/** One call as it is carried out. */
interface Sending {
  readonly url: URL;
  readonly request: OutboundRequest;
  readonly limits: OutboundLimits;
  readonly startedAt: number;
}

/**
 * Egress over connections of its own, each checked as it is made. Only what may be done twice goes over a connection
 * that was kept: where that turns out to be closed, nobody can tell whether the other side acted.
 */
export class CheckedEgress extends Egress {
  private readonly kept = new KeptConnections();

  constructor(
    private readonly origins: AllowedOrigins,
    private readonly policy: AddressPolicy,
    private readonly resolver: Resolver = systemResolver,
    private readonly limits: OutboundLimits = OUTBOUND_LIMITS,
  ) {
    super();
  }

  override async send(request: OutboundRequest, limits: Partial<OutboundLimits> = {}): Promise<OutboundResult> {
    const startedAt = performance.now();
    const url = addressOf(request.url);
    if (url === undefined) return failed('origin-not-allowed', 'not-sent');
    if (!(await this.origins.allows(url.origin))) {
      this.kept.close(url.origin);
      return failed('origin-not-allowed', 'not-sent');
    }
    const sending = { url, request, limits: { ...this.limits, ...limits }, startedAt };
    return (await this.overKept(sending)) ?? this.overNew(sending);
  }

  /** Undefined where no connection was kept, or the one that was turned out to be closed. */
  private async overKept(sending: Sending): Promise<OutboundResult | undefined> {
    const connection = sending.request.repeatable === true ? this.kept.take(sending.url.origin) : undefined;
    if (connection === undefined) return undefined;
    try {
      return await this.converse(sending, connection);
    } catch (error) {
      return error instanceof Fault ? failed(error.fault, 'maybe-received') : undefined;
    }
  }

  private async overNew(sending: Sending): Promise<OutboundResult> {
    let connection: CheckedSocket;
    try {
      connection = await this.connected(sending);
    } catch (error) {
      return failed(faultOf(error, 'unreachable'), 'not-sent');
    }
    try {
      return await this.converse(sending, connection);
    } catch (error) {
      return failed(faultOf(error, 'broken'), 'maybe-received');
    }
  }

  private converse({ url, request, limits, startedAt }: Sending, connection: CheckedSocket): Promise<OutboundResult> {
    const { socket } = connection;
    const keep =
      request.repeatable === true
        ? (): void => {
            this.kept.keep(url.origin, connection);
          }
        : undefined;
    return conversation(url, request, { socket, limits, startedAt, keep });
  }

  private async connected({ url, limits, startedAt }: Sending): Promise<CheckedSocket> {
    const checkedAt = performance.now();
    const milliseconds = Math.min(limits.connectMs, limits.totalMs) - (checkedAt - startedAt);
    const expiry = new AbortController();
    const timer = setTimeout(() => {
      expiry.abort(new Fault('timed-out'));
    }, milliseconds);
    try {
      const socket = await checkedConnection(url, this.policy, this.resolver, expiry.signal);
      // What happens to a socket nobody uses is nobody's failure; who uses it listens too.
      socket.on('error', () => undefined);
      return { socket, checkedAt };
    } finally {
      clearTimeout(timer);
    }
  }
}

// Credentials in an address would end up in logs and error texts.
function addressOf(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

function faultOf(error: unknown, otherwise: OutboundFault): OutboundFault {
  if (error instanceof Fault) return error.fault;
  return error instanceof AddressRefused ? 'address-not-allowed' : otherwise;
}

function failed(fault: OutboundFault, request: 'not-sent' | 'maybe-received'): OutboundResult {
  return { is: 'failed', fault, request };
}
