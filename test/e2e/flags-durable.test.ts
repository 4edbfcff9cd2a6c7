import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import { Database } from '../../src/platform/database/database.js';
import type { Reply } from '../support/agency-client.js';
import { untilAwaited } from '../support/anchor-locks.js';
import { aFlag, messagesAbout, push, type FlagAnswer } from '../support/flags.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { wireTo, type CommitFate, type Wire } from '../support/wire.js';

let world: GatewayWorld;
let wire: Wire;
let gateway: RunningGateway;

beforeAll(async () => {
  world = await gatewayWorld();
  wire = await wireTo(world.database.urls.gateway);
  gateway = await world.another(wire.url);
});
afterEach(() => {
  wire.commits = 'pass';
  wire.release();
});
afterAll(async () => {
  await world.close();
  await wire.close();
});

const nurse = () => world.clientOf(gateway, 'northmoor-nhs-trust', 'nnt-211');
const frontDoor = () => world.client('northmoor-council', 'nmc-sw-1');

async function waiting(): Promise<number> {
  const { body } = await frontDoor().get('/v1/inbox?limit=100');
  return (body as { messages: readonly unknown[] }).messages.length;
}

/** Pushes a flag and sets what becomes of its commit, while it waits for the authority that is held meanwhile. */
async function pushed(
  fate: CommitFate,
  idempotencyKey: string,
  answered = (): void => undefined,
): Promise<Promise<Reply>[]> {
  const database = world.gateway.app.get(Database);
  const nothingChanged = new Error('rolled back');
  const answers: Promise<Reply>[] = [];
  const meanwhile = database.outside(async (tx) => {
    await tx.change({ kind: 'policy', id: 'published' });
    answers.push(
      push(nurse(), aFlag(), { idempotencyKey }).then((reply) => {
        answered();
        return reply;
      }),
    );
    await untilAwaited(database, 'shared', AbortSignal.timeout(30_000));
    wire.commits = fate;
    throw nothingChanged;
  });
  await expect(meanwhile).rejects.toBe(nothingChanged);
  return answers;
}

describe('a flag is taken in once it is durable, and not before:', () => {
  it('nobody is told and nothing is answered while its commit is held', async () => {
    let isAnswered = false;
    const before = await waiting();
    const [answer] = await pushed('hold', randomUUID(), () => (isAnswered = true));
    await wire.held();
    await pause(2_000);

    expect(isAnswered).toBe(false);
    expect(await waiting()).toBe(before);
    wire.commits = 'pass';
    wire.release();
    const reply = await answer;
    expect(reply?.status).toBe(201);
    expect(await messagesAbout(frontDoor(), (reply?.body as FlagAnswer).id)).toHaveLength(1);
  });

  it.each<[CommitFate, string]>([
    ['cut-before', 'was not carried out'],
    ['cut-after', 'was, and nobody heard of it'],
  ])('where its commit is lost (%s: it %s), a repeat finds one flag, told once', async (fate) => {
    const idempotencyKey = randomUUID();
    const before = await waiting();
    const [answer] = await pushed(fate, idempotencyKey);
    expect((await answer)?.status).toBe(503);
    wire.commits = 'pass';
    const again = await push(nurse(), aFlag(), { idempotencyKey });
    const andAgain = await push(nurse(), aFlag(), { idempotencyKey });

    expect([again.status, andAgain.status]).toEqual([201, 201]);
    expect(andAgain.bytes.equals(again.bytes)).toBe(true);
    expect(await messagesAbout(frontDoor(), (again.body as FlagAnswer).id)).toHaveLength(1);
    expect(await waiting()).toBe(before + 1);
  });
});
