import { anAsk } from '../support/asks.js';
import type { CallOptions, PreparedCall } from '../support/agency-client.js';
import { newKeyPair } from '../support/agency-client.js';
import { benchWorld, type BenchWorld } from './bench-world.js';
import { callsTo } from './callers.js';

// What a call that proves nobody costs the gateway, against a call by the same agency that is decided and refused:
// `node dist/test/bench/unproven-cost.js`. Processor time of the gateway's process for each call, in milliseconds.

const SECONDS = 4;
const CALLERS = 4;
const officer = 'np-5200';
const body = anAsk({ officer: { id: officer, role: 'police-inspector' } });

/** Kinds of call, each with the status that shows that it went as far as it should. */
const KINDS: readonly { name: string; status: number; made: (world: BenchWorld) => Promise<PreparedCall> }[] = [
  { name: 'decided and refused', status: 403, made: (world) => prepared(world) },
  {
    name: 'no credentials',
    status: 401,
    made: (world) => without(world, ['authorization', 'dpop', 'x-jws-signature']),
  },
  {
    name: 'token of nobody',
    status: 401,
    made: (world) => prepared(world, { token: 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA' }),
  },
  { name: 'no proof', status: 401, made: (world) => without(world, ['dpop']) },
  { name: 'unsigned', status: 401, made: (world) => without(world, ['x-jws-signature']) },
  {
    name: 'signed with another key',
    status: 401,
    made: async (world) => {
      const right = await prepared(world);
      const [header = ''] = String(right.headers['x-jws-signature']).split('.');
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
      return prepared(world, { signature: { key: { ...(await newKeyPair()).privateJwk, kid } } });
    },
  },
];

function prepared(world: BenchWorld, options: CallOptions = {}): Promise<PreparedCall> {
  return world.police.prepare('POST', '/v1/exchanges/requests', body, { officer, ...options });
}

async function without(world: BenchWorld, headers: readonly string[]): Promise<PreparedCall> {
  const call = await prepared(world);
  const kept = Object.entries(call.headers).filter(([name]) => !headers.includes(name));
  return { ...call, headers: Object.fromEntries(kept) };
}

async function measure(): Promise<void> {
  const world = await benchWorld(() => undefined);
  try {
    const costs: { name: string; ms: number }[] = [];
    for (const { name, status, made } of KINDS) {
      // A call that proves nobody spends nothing, so one is sent again and again; the good one is new each time.
      const calls = await Promise.all(Array.from({ length: status === 401 ? 1 : 600 }, () => made(world)));
      let sent = 0;
      const next = (): PreparedCall | undefined => (status === 401 ? calls[0] : calls[sent++]);
      await callsTo(world.gateway, { callers: CALLERS, seconds: 1, status, next });
      const { latencies, processorMs } = await callsTo(world.gateway, {
        callers: CALLERS,
        seconds: SECONDS,
        status,
        next,
      });
      costs.push({ name, ms: processorMs / latencies.length });
    }
    const good = costs[0]?.ms ?? NaN;
    for (const { name, ms } of costs) {
      process.stdout.write(`${name.padEnd(26)} ${ms.toFixed(2).padStart(7)} ms  ${((100 * ms) / good).toFixed(0)} %\n`);
    }
  } finally {
    await world.close();
  }
}

await measure();
