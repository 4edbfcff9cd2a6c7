import { Agent, request } from 'node:http';
import type { AgencyClient, PreparedCall } from '../support/agency-client.js';
import type { Server } from './bench-world.js';

/** What is asked, and the status that shows that it was carried out. */
export interface Asked {
  readonly officer: string;
  readonly body: object;
  readonly status: number;
}

/** What some seconds of calls came to. */
export interface Measured {
  readonly seconds: number;
  /** Milliseconds of each call, from its first byte out to its last byte in. */
  readonly latencies: readonly number[];
  /** Of the process measured. */
  readonly processorMs: number;
}

const SIGNED_AT_ONCE = 50;

/** Signs calls beforehand, so that the callers' own work is not measured. Each is good for a minute. */
export async function signed(client: AgencyClient, { officer, body }: Asked, count: number): Promise<PreparedCall[]> {
  const calls: PreparedCall[] = [];
  while (calls.length < count) {
    const batch = Array.from({ length: Math.min(SIGNED_AT_ONCE, count - calls.length) }, () =>
      client.prepare('POST', '/v1/exchanges/requests', body, { officer }),
    );
    calls.push(...(await Promise.all(batch)));
  }
  return calls;
}

/** How many call, for how long, and with what. */
export interface Calling {
  readonly callers: number;
  readonly seconds: number;
  readonly status: number;
  /** Undefined when the calls are used up, which ends the measurement early. */
  readonly next: () => PreparedCall | undefined;
}

/**
 * Has so many callers send prepared calls one after another, each over a connection it keeps.
 *
 * @throws Error when an answer has another status than the one expected, or none came: a failing server is fast
 */
export async function callsTo(server: Server, { callers, seconds, status, next }: Calling): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const latencies: number[] = [];
  const before = await server.usage();
  const began = performance.now();
  const until = began + seconds * 1000;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const call = next();
      if (call === undefined) return;
      const sent = performance.now();
      const answered = await send(agent, server.port, call);
      if (answered !== status) throw new Error(`expected ${String(status)} and was answered ${String(answered)}`);
      latencies.push(performance.now() - sent);
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, caller));
    const ended = performance.now();
    if (latencies.length === 0) throw new Error('no call was answered');
    const { processorMs } = await server.usage();
    return { seconds: (ended - began) / 1000, latencies, processorMs: processorMs - before.processorMs };
  } finally {
    agent.destroy();
  }
}

function send(agent: Agent, port: number, { path, method, headers, body }: PreparedCall): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, agent, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        response.on('error', reject).on('end', () => {
          resolve(response.statusCode ?? 0);
        });
        response.resume();
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
