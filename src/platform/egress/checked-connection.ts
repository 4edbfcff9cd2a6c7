import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { AddressPolicy } from './address-policy.js';

/** The name resolves, or the socket connected, to an address that the policy refuses. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Resolves a name to all of its addresses, as `dns.lookup` with `all` does; replaced only in tests. */
export type Resolver = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** The operating system's resolver. */
export const systemResolver: Resolver = (hostname, done) => {
  resolveName(hostname, { all: true, order: 'verbatim' }, done);
};

/**
 * Connects to an address's host and gives the socket, encrypted for `https`.
 *
 * Every resolved address must pass the policy before one is tried, and the connected one again before a byte is sent,
 * the TLS hello included: a name that resolves differently the second time gains nothing.
 *
 * @throws {@link AddressRefused}, the abort reason, or the socket's error
 */
export async function checkedConnection(
  url: URL,
  policy: AddressPolicy,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await plainSocket(url, policy, resolver, signal);
  const address = socket.remoteAddress ?? '';
  if (!policy.permits(address) || (url.protocol === 'http:' && !policy.isLoopback(address))) {
    socket.destroy();
    throw new AddressRefused();
  }
  return url.protocol === 'https:' ? encrypted(socket, hostOf(url), signal) : socket;
}

function plainSocket(url: URL, policy: AddressPolicy, resolver: Resolver, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(url);
  if (isIP(host) !== 0 && !policy.permits(host)) return Promise.reject(new AddressRefused());
  const socket = connect({
    host,
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    autoSelectFamily: true,
    lookup: (hostname, options, done) => {
      resolver(hostname, (error, addresses) => {
        if (error !== null) done(error, []);
        else if (!addresses.every(({ address }) => policy.permits(address))) done(new AddressRefused(), []);
        else if (options.all === true) done(null, [...addresses]);
        else done(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
      });
    },
  });
  return opened(socket, 'connect', signal);
}

function encrypted(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = connectTls({ socket, host, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], ...servername });
  return opened(secure, 'secureConnect', signal);
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(error);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once(event, () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
