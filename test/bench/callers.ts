import { Agent, request } from 'node:http';
import { anAsk } from '../support/asks.js';
import type { AgencyClient, PreparedCall } from '../support/agency-client.js';
import type { BenchWorld } from './bench-world.js';

/** One kind of exchange: what is asked, and the status that shows that it was carried out. */
export interface Exchange {
  readonly name: 'line' | 'refusal';
  readonly officer: string;
  readonly body: object;
  readonly status: number;
}

/** The straight line whole, its fetch from the custodian included; and the refusal of an officer without involvement. */
export const EXCHANGES: readonly Exchange[] = [
  { name: 'line', officer: 'np-4471', body: anAsk(), status: 200 },
  {
    name: 'refusal',
    officer: 'np-5200',
    body: anAsk({ officer: { id: 'np-5200', role: 'police-inspector' } }),
    status: 403,
  },
];

/** What some seconds of calls came to. */
export interface Measured {
  readonly seconds: number;
  /** Milliseconds of each call, from its first byte out to its last byte in. */
  readonly latencies: readonly number[];
  readonly processorMs: number;
}

const SIGNED_AT_ONCE = 50;

/** Signs calls beforehand, so that the callers' own work is not measured. Each is good for a minute. */
export async function signed(
  client: AgencyClient,
  { officer, body }: Exchange,
  count: number,
): Promise<PreparedCall[]> {
  const calls: PreparedCall[] = [];
  while (calls.length < count) {
    const batch = Array.from({ length: Math.min(SIGNED_AT_ONCE, count - calls.length) }, () =>
      client.prepare('POST', '/v1/exchanges/requests', body, { officer }),
    );
    calls.push(...(await Promise.all(batch)));
  }
  return calls;
}

/**
 * Has so many callers send prepared calls one after another, each over a connection it keeps, until the seconds are over
 * or the calls are used up.
 *
 * @throws when an answer has another status than the exchange's: a failing gateway is fast
 */
export async function callsBy(
  world: BenchWorld,
  { status }: Exchange,
  { callers, seconds, calls }: { callers: number; seconds: number; calls: readonly PreparedCall[] },
): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const left = [...calls];
  const latencies: number[] = [];
  const processorBefore = await world.processorTime();
  const began = performance.now();
  const until = began + seconds * 1000;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const call = left.pop();
      if (call === undefined) return;
      const sent = performance.now();
      const answered = await send(agent, world.port, call);
      if (answered !== status) throw new Error(`expected ${String(status)} and was answered ${String(answered)}`);
      latencies.push(performance.now() - sent);
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, caller));
    const ended = performance.now();
    const processorMs = (await world.processorTime()) - processorBefore;
    return { seconds: (ended - began) / 1000, latencies, processorMs };
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
