import { anAsk, type AskAnswer } from '../support/asks.js';
import type { CallOptions, Reply } from '../support/agency-client.js';
import type { GatewayAtWork } from './gateway-at-work.js';
import type { TortureWorld } from './torture-world.js';

/** The ask of the joint section 47 enquiry, by the officer who works on it, of one gateway. */
export async function ask(
  world: TortureWorld,
  gateway: GatewayAtWork,
  options: CallOptions & { readonly changes?: Readonly<Record<string, unknown>> } = {},
): Promise<Reply> {
  const { changes, ...call } = options;
  return clientOf(world, gateway).post('/v1/exchanges/requests', anAsk(changes), call);
}

/** Data, a disclosure or the name of a custodian's person in an answer. */
export function hasData({ bytes }: Reply): boolean {
  return /Canary-|Contusion|"record"|"disclosure":/.test(bytes.toString());
}

/** The answer to an ask. */
export function answerOf(reply: Reply): AskAnswer {
  return reply.body as AskAnswer;
}

const clients = new WeakMap<GatewayAtWork, ReturnType<TortureWorld['client']>>();

/** One client for each gateway, so that its token is asked for once. */
export function clientOf(world: TortureWorld, gateway: GatewayAtWork): ReturnType<TortureWorld['client']> {
  const known = clients.get(gateway) ?? world.client('northmoor-police', 'np-4471', gateway);
  clients.set(gateway, known);
  return known;
}
