import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Egress, type OutboundResult } from '../../../src/platform/egress/egress.js';
import type { JobsDatabase } from '../../../src/platform/database/database.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import {
  council,
  deliveringGateway,
  deliveryParts,
  enrolThree,
  freshSecret,
  police,
  push,
  registerSystem,
  rowOf,
  ToldAuthority,
  trust,
  type DeliveringGateway,
  type DeliveryParts,
  type DeliveryRow,
  type GatewayChoices,
  type Pushed,
} from '../../support/delivery-world.js';
import { ReceivingSystem, withReceipt } from '../../support/receiving-system.js';

let world: TestDatabase;
let parts: DeliveryParts;
let system: ReceivingSystem;
let other: ReceivingSystem;
const started: DeliveringGateway[] = [];

beforeAll(async () => {
  world = await freshDatabase();
  const database = await world.open('gateway', { poolSize: 20 });
  const jobsDatabase = await world.open('jobs');
  parts = await deliveryParts({ database, jobsDatabase, urls: world.urls }, freshSecret());
  [system, other] = await Promise.all([ReceivingSystem.start(), ReceivingSystem.start()]);
  await enrolThree(database);
  await registerSystem(database, council, system.url);
  await registerSystem(database, police, other.url);
});
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.jobs.beforeApplicationShutdown();
  system.answers = withReceipt;
  other.answers = withReceipt;
  // What a test left behind is no other's to wait for.
  await world.asSuperuser(`UPDATE gateway.delivery SET state = 'acknowledged', due_at = NULL WHERE state = 'pending'`);
});
afterAll(async () => {
  await Promise.all([system.close(), other.close()]);
  await world.close();
});

async function gateway(chosen: GatewayChoices = { authority: new ToldAuthority() }): Promise<DeliveringGateway> {
  const made = deliveringGateway(parts, chosen);
  started.push(made);
  await made.start();
  return made;
}

async function until(pushed: Pushed, holds: (row: DeliveryRow) => boolean): Promise<DeliveryRow> {
  for (;;) {
    const row = await rowOf(parts.database, pushed);
    if (row !== undefined && holds(row)) return row;
    await pause(25);
  }
}

/** Lets so much time pass for one delivery: its next attempt, and the moment it is given up on, come nearer by that. */
function pass(pushed: Pushed, interval: string): Promise<void> {
  return world.asSuperuser(`
    UPDATE gateway.delivery SET due_at = due_at - interval '${interval}', give_up_at = give_up_at - interval '${interval}',
      leased_until = leased_until - interval '${interval}' WHERE message_id = '${pushed.messageId}';
    UPDATE gateway_jobs.job SET start_after = start_after - interval '${interval}'
      WHERE name = 'deliveries' AND singleton_key = '${pushed.messageId}' AND state < 'active'`);
}

async function jobsOf(pushed: Pushed): Promise<number> {
  const jobs = await world.client('jobs');
  const { rows } = await jobs.query<{ n: string }>(
    `SELECT count(*) AS n FROM gateway_jobs.job WHERE name = 'deliveries' AND singleton_key = $1`,
    [pushed.messageId],
  );
  return Number(rows[0]?.n);
}

describe('queueing', () => {
  it('is undone with the transaction that logs', async () => {
    const { queue, jobs } = deliveringGateway(parts, {});
    await jobs.onModuleInit();
    const before = await jobsInAll();
    await expect(push(parts, queue, council, { fails: true })).rejects.toThrow('the push was not logged');
    expect(await jobsInAll()).toBe(before);
    const kept = await push(parts, queue, council);
    expect(await jobsOf(kept)).toBe(1);
    await jobs.beforeApplicationShutdown();
  });

  it('is refused for a message that is in no inbox', async () => {
    const { queue, jobs } = deliveringGateway(parts, {});
    await jobs.onModuleInit();
    const messageId = '0190aaaa-0000-7000-8000-000000000018';
    const queued = parts.database.within({ parties: [council, trust] }, (tx) =>
      queue.enqueue(tx, [
        { messageId, recipient: council, team: 'nm-csc' as never, urgency: 'urgent', namedToSender: true },
      ]),
    );
    await expect(queued).rejects.toThrow('behind its inbox');
    await jobs.beforeApplicationShutdown();
  });

  it('goes on while a gateway that stops answers what it was asked before', async () => {
    const stopping = await gateway();
    await stopping.jobs.beforeApplicationShutdown();
    const pushed = await push(parts, stopping.queue, council);
    expect(await jobsOf(pushed)).toBe(1);
  });

  const jobsInAll = async (): Promise<string | undefined> => {
    const jobs = await world.client('jobs');
    const { rows } = await jobs.query<{ n: string }>('SELECT count(*) AS n FROM gateway_jobs.job');
    return rows[0]?.n;
  };
});

describe('the walls around the queue', () => {
  it('let the jobs’ login see which messages are due, and open none', async () => {
    const { queue, jobs } = deliveringGateway(parts, {});
    await jobs.onModuleInit();
    const { messageId } = await push(parts, queue, council, { text: 'the words of a child' });
    const client = await world.client('jobs');
    const { rows } = await client.query('SELECT message_id FROM gateway.delivery WHERE message_id = $1', [messageId]);
    expect(rows).toEqual([{ message_id: messageId }]);
    const queued = await client.query('SELECT data::text FROM gateway_jobs.job');
    expect(JSON.stringify(queued.rows)).not.toContain('words');
    for (const secret of [
      'sealed FROM gateway.inbox_message',
      'disclosure_id FROM gateway.delivery',
      '* FROM gateway.entry_key',
    ])
      await expect(client.query(`SELECT ${secret}`)).rejects.toThrow('permission denied');
    await expect(client.query('CREATE TABLE gateway_jobs.mine ()')).rejects.toThrow('permission denied');
    await jobs.beforeApplicationShutdown();
  });

  it('let the serving login add jobs, and see or change none', async () => {
    const client = await world.client('gateway');
    for (const text of [
      'SELECT data FROM gateway_jobs.job',
      `UPDATE gateway_jobs.job SET priority = 0`,
      'DELETE FROM gateway_jobs.job',
      'CREATE TABLE gateway_jobs.mine ()',
    ])
      await expect(client.query(text)).rejects.toThrow('permission denied');
  });

  it('show a sender only what it may know of', async () => {
    const { queue, jobs } = deliveringGateway(parts, {});
    await jobs.onModuleInit();
    const named = await push(parts, queue, council);
    const unnamed = await push(parts, queue, council, { namedToSender: false });
    const seenBy = (agency: typeof trust): Promise<{ message_id: string }[]> =>
      parts.database.within({ parties: [agency] }, (tx) =>
        tx.sql('SELECT message_id FROM gateway.delivery WHERE message_id = ANY ($1) ORDER BY message_id', [
          [named.messageId, unnamed.messageId],
        ]),
      );
    expect(await seenBy(trust)).toEqual([{ message_id: named.messageId }]);
    expect(await seenBy(council)).toHaveLength(2);
    expect(await seenBy(police)).toEqual([]);
    await jobs.beforeApplicationShutdown();
  });
});

describe('deciding again', () => {
  it('stops a message whose authority has gone, before a byte leaves', async () => {
    const authority = new ToldAuthority();
    authority.says = 'withheld';
    const { queue } = await gateway({ authority });
    const pushed = await push(parts, queue, council);
    expect(await until(pushed, ({ state }) => state === 'withheld')).toMatchObject({ attempts: 0, due_in: null });
    expect(system.times(pushed.messageId)).toBe(0);
  });

  it('is what nothing is sent without', async () => {
    const { queue } = await gateway({});
    const pushed = await push(parts, queue, council);
    const row = await until(pushed, ({ last_outcome: last }) => last !== null);
    expect(row).toMatchObject({ state: 'pending', last_outcome: 'nobody-decides', attempts: 0 });
    expect(system.times(pushed.messageId)).toBe(0);
  });

  it('is done at every attempt: what stood at the first and not at the second is sent once', async () => {
    const authority = new ToldAuthority();
    system.answers = (response) => response.writeHead(500).end();
    const { queue } = await gateway({ authority });
    const pushed = await push(parts, queue, council);
    await until(pushed, ({ last_outcome: last }) => last === 'status-500');
    authority.says = 'withheld';
    await pass(pushed, '60 seconds');
    await until(pushed, ({ state }) => state === 'withheld');
    expect(system.times(pushed.messageId)).toBe(1);
  });
});

describe('trying again', () => {
  it('sends the same message under the same id until it is taken', async () => {
    system.answers = (response) => response.writeHead(500).end();
    const { queue } = await gateway();
    const pushed = await push(parts, queue, council);
    await until(pushed, ({ last_outcome: last }) => last === 'status-500');
    system.answers = withReceipt;
    await pass(pushed, '60 seconds');
    expect(await until(pushed, ({ state }) => state === 'delivered')).toMatchObject({ attempts: 2 });
    const bodies = system.received
      .filter(({ messageId }) => messageId === pushed.messageId)
      .map(({ body }) => String(body));
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });

  it('ends after seven days, with an owner, a reason and a clock; a re-drive begins anew and decides again', async () => {
    system.answers = (response) => response.writeHead(500).end();
    const authority = new ToldAuthority();
    const { queue, deliveries } = await gateway({ authority });
    const pushed = await push(parts, queue, council);
    await until(pushed, ({ last_outcome: last }) => last === 'status-500');
    await pass(pushed, '7 days');
    await until(pushed, ({ receipt }) => receipt !== null);
    const call = { agency: trust, officer: 'nnt-1' } as never;
    const dead = await parts.database.within({ parties: [trust] }, (tx) =>
      deliveries.list(tx, call, { status: 'dead', after: undefined, limit: 200 }),
    );
    const listed = (dead['deliveries'] as readonly { messageId: string }[]).find(
      ({ messageId }) => messageId === pushed.messageId,
    );
    expect(listed).toMatchObject({
      status: 'dead',
      recipient: council,
      attempts: 2,
      lastAttempt: { outcome: 'status-500' },
      dead: { reason: 'gave-up', owner: { agency: council, contact: { phone: '01632 960000' } } },
    });
    system.answers = withReceipt;
    const asked = authority.asked.length;
    await parts.database.within({ parties: [trust] }, (tx) => deliveries.redrive(tx, call, pushed.messageId));
    expect(await until(pushed, ({ state }) => state === 'delivered')).toMatchObject({ attempts: 3, receipt: null });
    expect(authority.asked.length).toBe(asked + 1);
    const again = parts.database.within({ parties: [trust] }, (tx) => deliveries.redrive(tx, call, pushed.messageId));
    await expect(again).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('is not for anyone else to ask for, nor for a sender that may not know of the recipient', async () => {
    system.answers = (response) => response.writeHead(410).end();
    const { queue, deliveries } = await gateway();
    const pushed = await push(parts, queue, council, { namedToSender: false });
    await until(pushed, ({ receipt }) => receipt !== null);
    for (const agency of [trust, police]) {
      const redriven = parts.database.within({ parties: [agency] }, (tx) =>
        deliveries.redrive(tx, { agency, officer: 'someone' } as never, pushed.messageId),
      );
      await expect(redriven).rejects.toMatchObject({ slug: 'not-found' });
    }
  });

  it('stops once the message was acknowledged', async () => {
    system.answers = (response) => response.writeHead(500).end();
    const { queue } = await gateway();
    const pushed = await push(parts, queue, council);
    await until(pushed, ({ last_outcome: last }) => last === 'status-500');
    await parts.database.within({ parties: [council] }, (tx) =>
      tx.sql(
        `UPDATE gateway.inbox_message SET sealed = NULL, ended_at = now(), ended_because = 'acknowledged',
           acknowledged_by = 'nm-1', action = 'taken-on' WHERE id = $1`,
        [pushed.messageId],
      ),
    );
    expect(await rowOf(parts.database, pushed)).toMatchObject({ state: 'acknowledged', due_in: null });
    await pass(pushed, '60 seconds');
    await pause(2_500);
    expect(system.times(pushed.messageId)).toBe(1);
  });

  it('stops when the content of the message went some other way', async () => {
    const { queue } = await gateway();
    system.answers = (response) => response.writeHead(500).end();
    const pushed = await push(parts, queue, council);
    await until(pushed, ({ last_outcome: last }) => last === 'status-500');
    await world.asSuperuser(`DELETE FROM gateway.entry_key WHERE entry = '${pushed.messageId}'`);
    await pass(pushed, '60 seconds');
    expect(await until(pushed, ({ state }) => state !== 'pending')).toMatchObject({ state: 'withheld' });
  });

  it('goes on after attempts of which nobody knows whether they arrived', async () => {
    system.answers = () => undefined;
    const limits = { firstByteMs: 1_000, totalMs: 1_000 };
    const pushed = await push(parts, (await gateway({ authority: new ToldAuthority(), limits })).queue, council);
    for (const attempts of [1, 2]) {
      await until(pushed, (row) => row.attempts === attempts && row.last_outcome !== null && (row.due_in ?? 0) > 0);
      // A system that is given a rest by one gateway is not by another.
      await started.splice(0)[0]?.jobs.beforeApplicationShutdown();
      await pass(pushed, '30 minutes');
      await gateway({ authority: new ToldAuthority(), limits });
      if (attempts === 1) continue;
      system.answers = withReceipt;
    }
    expect(await until(pushed, ({ state }) => state === 'delivered')).toMatchObject({ attempts: 3 });
  });

  it('stops when the message is thirty days old, and says that nobody took it on', async () => {
    const { queue, forgotten } = await gateway({});
    const pushed = await push(parts, queue, council);
    await world.asSuperuser(
      `UPDATE gateway.inbox_message SET made_at = made_at - interval '31 days', keep_until = keep_until - interval '31 days'
         WHERE id = '${pushed.messageId}';
       UPDATE gateway.delivery SET keep_until = keep_until - interval '31 days' WHERE message_id = '${pushed.messageId}'`,
    );
    const jobs: JobsDatabase = parts.jobsDatabase;
    await jobs.outside((tx) =>
      tx.sql(
        `UPDATE gateway.inbox_message SET sealed = NULL, ended_at = now(), ended_because = 'expired' WHERE ended_at IS NULL`,
      ),
    );
    expect(await rowOf(parts.database, pushed)).toMatchObject({ state: 'dead', dead_because: 'not-taken-on' });
    await forgotten.sweep();
    expect((await rowOf(parts.database, pushed))?.receipt).toEqual(expect.any(String));
  });
});

describe('a message that breaks what would send it', () => {
  it('is set aside after eight times, and what is behind it goes on', async () => {
    const authority = new ToldAuthority();
    const { queue, jobs } = await gateway({ authority });
    authority.says = new Error('cannot be read');
    const poison = await push(parts, queue, council);
    for (let faults = 1; faults <= 8; faults += 1) {
      await until(poison, (row) => row.faults === faults);
      await pass(poison, '60 seconds');
      await wake(queue);
    }
    expect(await until(poison, ({ receipt }) => receipt !== null)).toMatchObject({
      state: 'dead',
      dead_because: 'quarantined',
      attempts: 0,
    });
    authority.says = 'stands';
    const next = await push(parts, queue, council);
    await until(next, ({ state }) => state === 'delivered');
    expect(jobs).toBeDefined();
  });

  it('is set aside where it took eight workers with it', async () => {
    const { queue, worker } = await gateway({});
    const pushed = await push(parts, queue, council);
    const data = { messageId: pushed.messageId, agency: council, team: 'nm-csc', sender: trust };
    await worker.handle({ data, triedBefore: 8 });
    expect(await rowOf(parts.database, pushed)).toMatchObject({ state: 'dead', dead_because: 'quarantined' });
  });

  const wake = async (queue: DeliveringGateway['queue']): Promise<void> => {
    await parts.database.within({ parties: [council, trust] }, (tx) => queue.enqueue(tx, []));
  };
});

describe('a slow receiver', () => {
  it('keeps no other waiting: fifty messages to one that hangs, and the other’s are there', async () => {
    system.answers = () => undefined;
    const { queue } = await gateway({
      authority: new ToldAuthority(),
      limits: { firstByteMs: 20_000, totalMs: 20_000 },
    });
    const slow: Pushed[] = [];
    for (let count = 0; count < 50; count += 1) slow.push(await push(parts, queue, council));
    while (system.received.length === 0 || !slow.some(({ messageId }) => system.times(messageId) > 0)) await pause(25);
    const fast: Pushed[] = [];
    for (let count = 0; count < 50; count += 1) fast.push(await push(parts, queue, police));
    const from = performance.now();
    for (const each of fast) await until(each, ({ state }) => state === 'delivered');
    // The hanging ones hold their four workers for twenty seconds; one queue for all would make these wait for that.
    expect(performance.now() - from).toBeLessThan(15_000);
    expect(slow.filter(({ messageId }) => system.times(messageId) > 0)).toHaveLength(4);
  });

  it('is given a rest, in which its others are put off without being tried', async () => {
    system.answers = (response) => response.writeHead(503, { 'retry-after': '120' }).end();
    const { queue } = await gateway();
    const first = await push(parts, queue, council);
    await until(first, ({ last_outcome: last }) => last === 'status-503');
    const second = await push(parts, queue, council);
    const row = await until(second, ({ due_in: dueIn }) => (dueIn ?? 0) > 10);
    expect(row).toMatchObject({ attempts: 0, last_outcome: null });
    expect(system.times(second.messageId)).toBe(0);
  });
});

describe('two gateways over one database', () => {
  it('deliver each message once', async () => {
    const gateways = [await gateway(), await gateway()];
    const pushed: Pushed[] = [];
    for (let count = 0; count < 40; count += 1) {
      const { queue } = gateways[count % 2] ?? gateways[0] ?? (await gateway());
      pushed.push(await push(parts, queue, count % 4 < 2 ? council : police));
    }
    for (const each of pushed) await until(each, ({ state }) => state === 'delivered');
    const times = pushed.map(({ messageId }) => system.times(messageId) + other.times(messageId));
    expect(times).toEqual(pushed.map(() => 1));
  });

  it('make one attempt of a delivery that has more than one job', async () => {
    const hanging: { release?: () => void } = {};
    system.answers = (response, received) => {
      hanging.release = () => {
        withReceipt(response, received);
      };
    };
    const [one, two] = [await gateway(), await gateway()];
    const pushed = await push(parts, one.queue, council);
    while (system.times(pushed.messageId) === 0) await pause(25);
    const named = { messageId: pushed.messageId, agency: council, team: 'nm-csc' as never, sender: trust };
    await two.attempts.attempt(named);
    expect(system.times(pushed.messageId)).toBe(1);
    hanging.release?.();
    await until(pushed, ({ state }) => state === 'delivered');
  });
});

describe('a job too many', () => {
  it('of a delivery that is put off does not bring it nearer, though its system rests', async () => {
    system.answers = (response) => response.writeHead(503, { 'retry-after': '3600' }).end();
    const { queue, attempts } = await gateway();
    const pushed = await push(parts, queue, council);
    await until(pushed, ({ last_outcome: last }) => last === 'status-503');
    await attempts.attempt({ messageId: pushed.messageId, agency: council, team: 'nm-csc' as never, sender: trust });
    expect((await rowOf(parts.database, pushed))?.due_in).toBeGreaterThan(3_000);
  });
});

describe('a delivery whose job was lost', () => {
  it('is queued again', async () => {
    const idle = deliveringGateway(parts, {});
    await idle.jobs.onModuleInit();
    const pushed = await push(parts, idle.queue, council);
    await world.asSuperuser(`DELETE FROM gateway_jobs.job WHERE singleton_key = '${pushed.messageId}'`);
    await pass(pushed, '40 seconds');
    await idle.forgotten.sweep();
    expect(await jobsOf(pushed)).toBe(1);
    await idle.forgotten.sweep();
    expect(await jobsOf(pushed)).toBe(1);
    await idle.jobs.beforeApplicationShutdown();
    await gateway();
    await until(pushed, ({ state }) => state === 'delivered');
  });

  it('is sent again under its id when the attempt was under way, and both attempts are on record', async () => {
    class Dying extends Egress {
      override send(): Promise<OutboundResult> {
        return Promise.reject(new Error('the process ends here'));
      }
    }
    const dying = deliveringGateway(parts, { authority: new ToldAuthority(), egress: new Dying() });
    await dying.jobs.onModuleInit();
    const pushed = await push(parts, dying.queue, council);
    const named = { messageId: pushed.messageId, agency: council, team: 'nm-csc' as never, sender: trust };
    await expect(dying.attempts.attempt(named)).rejects.toThrow('the process ends here');
    await dying.jobs.beforeApplicationShutdown();
    const { attempts } = await gateway();
    // Whoever made it may still be alive until its lease has run out.
    await attempts.attempt(named);
    expect(await rowOf(parts.database, pushed)).toMatchObject({ attempts: 1, state: 'pending' });
    await pass(pushed, '30 seconds');
    await attempts.attempt(named);
    await until(pushed, ({ state }) => state === 'delivered');
    const outcomes = await parts.database.within({ parties: [council] }, (tx) =>
      tx.sql('SELECT attempt, outcome FROM gateway.delivery_attempt WHERE message_id = $1 ORDER BY attempt', [
        pushed.messageId,
      ]),
    );
    expect(outcomes).toEqual([
      { attempt: 1, outcome: 'unknown' },
      { attempt: 2, outcome: 'delivered' },
    ]);
  });
});
