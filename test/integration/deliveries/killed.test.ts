import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import {
  council,
  deliveringGateway,
  deliveryParts,
  enrolThree,
  freshSecret,
  push,
  registerSystem,
  rowOf,
  ToldAuthority,
  type DeliveringGateway,
  type DeliveryParts,
} from '../../support/delivery-world.js';
import { ReceivingSystem, withReceipt } from '../../support/receiving-system.js';

const program = join(import.meta.dirname, '..', '..', '..', 'dist', 'test', 'support', 'delivery-process.js');

let world: TestDatabase;
let parts: DeliveryParts;
let system: ReceivingSystem;
let survivor: DeliveringGateway;
const children: ChildProcess[] = [];
const secret = freshSecret();

beforeAll(async () => {
  world = await freshDatabase();
  const database = await world.open('gateway', { poolSize: 20 });
  const jobsDatabase = await world.open('jobs');
  parts = await deliveryParts({ database, jobsDatabase, urls: world.urls }, secret);
  system = await ReceivingSystem.start();
  await enrolThree(database);
  await registerSystem(database, council, system.url);
  survivor = deliveringGateway(parts, { authority: new ToldAuthority() });
  await survivor.jobs.onModuleInit();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await survivor.jobs.beforeApplicationShutdown();
  await system.close();
  await world.close();
});

/** A process that delivers; it is on its way when it says so. */
async function deliverer(): Promise<ChildProcess> {
  if (!existsSync(program)) throw new Error('build first: `npm run build`');
  const child = fork(program, { stdio: 'inherit' });
  children.push(child);
  const said = new Promise((resolve) => child.once('message', resolve));
  child.send({ urls: world.urls, secret: secret.toString('base64') });
  expect(await said).toBe('started');
  return child;
}

describe('a gateway that is killed while it sends', () => {
  it('has its message sent by another within a minute, under the same id', async () => {
    const doomed = await deliverer();
    let reached: (() => void) | undefined;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    system.answers = () => reached?.();
    const pushed = await push(parts, survivor.queue, council);
    await isReached;
    const killedAt = performance.now();
    doomed.kill('SIGKILL');
    system.answers = withReceipt;
    await survivor.worker.onApplicationBootstrap();
    while ((await rowOf(parts.database, pushed))?.state !== 'delivered') await pause(100);
    expect(performance.now() - killedAt).toBeLessThan(60_000);
    expect(system.times(pushed.messageId)).toBe(2);
    const attempts = await parts.database.within({ parties: [council] }, (tx) =>
      tx.sql('SELECT outcome FROM gateway.delivery_attempt WHERE message_id = $1 ORDER BY attempt', [pushed.messageId]),
    );
    expect(attempts).toEqual([{ outcome: 'unknown' }, { outcome: 'delivered' }]);
  });
});
