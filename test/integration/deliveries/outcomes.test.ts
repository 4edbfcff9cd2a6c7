import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { verifyAnswer } from '../../../src/core/signing/answer-signature.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import { readJws } from '../../../src/core/signing/jws.js';
import { verifyNonDelivery } from '../../../src/core/signing/non-delivery.js';
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
import { ReceivingSystem, withReceipt, type Answers } from '../../support/receiving-system.js';

let world: TestDatabase;
let parts: DeliveryParts;
let system: ReceivingSystem;
const started: DeliveringGateway[] = [];
const authority = new ToldAuthority();

beforeAll(async () => {
  world = await freshDatabase();
  const database = await world.open('gateway', { poolSize: 20 });
  const jobsDatabase = await world.open('jobs');
  parts = await deliveryParts({ database, jobsDatabase, urls: world.urls }, freshSecret());
  system = await ReceivingSystem.start();
  await enrolThree(database);
  await registerSystem(database, council, system.url);
});
afterAll(async () => {
  for (const gateway of started) await gateway.jobs.beforeApplicationShutdown();
  await system.close();
  await world.close();
});

async function gateway(chosen: GatewayChoices = { authority }): Promise<DeliveringGateway> {
  const made = deliveringGateway(parts, chosen);
  started.push(made);
  await made.start();
  return made;
}

/** Waits until its row is so. */
async function until(pushed: Pushed, holds: (row: DeliveryRow) => boolean): Promise<DeliveryRow> {
  for (;;) {
    const row = await rowOf(parts.database, pushed);
    if (row !== undefined && holds(row)) return row;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** One gateway's only attempt at a message to a system that answers so. */
async function attempted(answers: Answers, chosen: GatewayChoices = { authority }): Promise<DeliveryRow> {
  system.answers = answers;
  const only = await gateway(chosen);
  try {
    const pushed = await push(parts, only.queue, council);
    return await until(pushed, ({ attempts, last_outcome: last }) => attempts === 1 && last !== null);
  } finally {
    await only.jobs.beforeApplicationShutdown();
    started.splice(started.indexOf(only), 1);
    system.answers = withReceipt;
  }
}

async function gatewayKeyFor(compact: string): Promise<ReturnType<typeof createPublicKey>> {
  const { keys } = await parts.keys.publicJwks();
  const kid = readJws(compact)?.header['kid'];
  const key = keys.find((each) => each.kid === kid);
  if (key === undefined) throw new Error('it is signed with no key of the gateway');
  return createPublicKey({ key: key, format: 'jwk' });
}

describe('a message to a system that takes it', () => {
  let pushed: Pushed;
  beforeAll(async () => {
    const only = await gateway();
    pushed = await push(parts, only.queue, council, { text: 'bruise seen by the school nurse' });
    await until(pushed, ({ state }) => state === 'delivered');
    await only.jobs.beforeApplicationShutdown();
    started.pop();
  });

  it('is sent once, as the inbox shows it', () => {
    expect(system.times(pushed.messageId)).toBe(1);
    const sent = JSON.parse(String(system.received.at(-1)?.body)) as Record<string, unknown>;
    expect(sent).toMatchObject({
      messageId: pushed.messageId,
      kind: 'flag',
      urgency: 'emergency',
      record: { 'present-concern': { summary: 'bruise seen by the school nurse' } },
    });
    expect(sent['acknowledgeBy']).toEqual(expect.any(String));
  });

  it('is signed by the gateway, tied to its id', async () => {
    const last = system.received.at(-1);
    const signature = String(last?.headers['x-jws-signature']);
    const verified = verifyAnswer(signature, last?.body ?? Buffer.alloc(0), await gatewayKeyFor(signature));
    expect(verified).toEqual({ ok: true, req: sha256Base64url(pushed.messageId) });
  });

  it('was decided again before it left', () => {
    expect(authority.asked.at(-1)).toMatchObject({
      messageId: pushed.messageId,
      sender: trust,
      recipient: council,
      disclosureId: pushed.disclosureId,
    });
  });

  it('has its attempt on record of both agencies', async () => {
    for (const agency of [council, trust]) {
      const outcomes = await parts.database.within({ parties: [agency] }, (tx) =>
        tx.sql('SELECT outcome FROM gateway.outcome WHERE agency = $1 AND disclosure_id = $2', [
          agency,
          pushed.disclosureId,
        ]),
      );
      expect(outcomes).toEqual([{ outcome: 'sent' }]);
    }
  });
});

describe('an answer that is no receipt', () => {
  const page: Answers = (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Something went wrong</h1>');
  };
  const other: Answers = (response) => {
    response.writeHead(200).end(JSON.stringify({ messageId: '0190aaaa-0000-7000-8000-000000000018' }));
  };
  const answering =
    (status: number, headers: Record<string, string> = {}): Answers =>
    (response) => {
      response.writeHead(status, headers).end();
    };
  const wholeBody: Answers = (response) => {
    response.writeHead(200).end(Buffer.alloc(200_000, 0x20));
  };
  const brokenOff: Answers = (response) => {
    response.writeHead(200, { 'content-length': '500' });
    response.write('{');
    setTimeout(() => response.destroy(), 50);
  };

  it.each<readonly [string, Answers, string]>([
    ['a page that says 200', page, 'no-receipt'],
    ['the receipt of another message', other, 'no-receipt'],
    ['204', answering(204), 'no-receipt'],
    ['301', answering(301, { location: 'http://127.0.0.1:9/elsewhere' }), 'redirected'],
    ['404', answering(404), 'status-404'],
    ['500', answering(500), 'status-500'],
    ['more than a receipt ever is', wholeBody, 'too-large'],
    ['half an answer', brokenOff, 'broken'],
  ])('is tried again after half a minute or more: %s', async (_said, answers, outcome) => {
    const row = await attempted(answers);
    expect(row).toMatchObject({ state: 'pending', last_outcome: outcome });
    expect(row.due_in).toBeGreaterThan(15);
    expect(row.due_in).toBeLessThanOrEqual(60);
  });

  it.each([429, 503])('is tried again when the receiver asked, within our bounds: %d', async (status) => {
    const late = await attempted(answering(status, { 'retry-after': '86400' }));
    expect(late).toMatchObject({ state: 'pending', last_outcome: `status-${String(status)}` });
    expect(late.due_in).toBeGreaterThan(6 * 3600 - 120);
    expect(late.due_in).toBeLessThanOrEqual(6 * 3600);
    const soon = await attempted(answering(status, { 'retry-after': '0' }));
    expect(soon.due_in).toBeGreaterThan(10);
  });

  it.each<readonly [string, Answers]>([
    ['says nothing', () => undefined],
    [
      'drips a byte a second',
      (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 200);
        response.once('close', () => {
          clearInterval(drip);
        });
      },
    ],
  ])('is given up on by its deadline: a system that %s', async (_does, answers) => {
    const row = await attempted(answers, { authority, limits: { firstByteMs: 1_500, totalMs: 1_500 } });
    expect(row).toMatchObject({ state: 'pending', last_outcome: 'timed-out' });
  });
});

describe('a delivery to an address that is gone', () => {
  let pushed: Pushed;
  let unnamed: Pushed;
  beforeAll(async () => {
    system.answers = (response) => {
      response.writeHead(410).end();
    };
    const only = await gateway();
    pushed = await push(parts, only.queue, council);
    unnamed = await push(parts, only.queue, council, { namedToSender: false });
    await until(pushed, ({ receipt }) => receipt !== null);
    await until(unnamed, ({ receipt }) => receipt !== null);
    await only.jobs.beforeApplicationShutdown();
    started.pop();
    system.answers = withReceipt;
  });

  it('is dead, with the gateway’s signed word of it', async () => {
    const row = await rowOf(parts.database, pushed);
    expect(row).toMatchObject({
      state: 'dead',
      dead_because: 'endpoint-gone',
      last_outcome: 'status-410',
      attempts: 1,
    });
    const receipt = row?.receipt ?? '';
    expect(verifyNonDelivery(receipt, await gatewayKeyFor(receipt))).toMatchObject({
      ok: true,
      claims: { messageId: pushed.messageId, sender: trust, recipient: council, reason: 'endpoint-gone', attempts: 1 },
    });
  });

  it('is an alert to the people of both, and of the recipient alone where the sender may not know', async () => {
    const alertsOf = (agency: typeof trust, { disclosureId }: Pushed): Promise<object[]> =>
      parts.database.within({ parties: [agency] }, (tx) =>
        tx.sql('SELECT kind, rules FROM gateway.alert WHERE agency = $1 AND disclosure_id = $2', [
          agency,
          disclosureId,
        ]),
      );
    const alert = [{ kind: 'delivery-dead', rules: ['endpoint-gone'] }];
    expect(await alertsOf(trust, pushed)).toEqual(alert);
    expect(await alertsOf(council, pushed)).toEqual(alert);
    expect(await alertsOf(trust, unnamed)).toEqual([]);
    expect(await alertsOf(council, unnamed)).toEqual(alert);
  });
});

describe('a message to a team without a system', () => {
  it('waits in the inbox alone, and is delivered when an officer is shown it', async () => {
    const only = await gateway();
    const pushed = await push(parts, only.queue, police);
    expect(await until(pushed, ({ route }) => route !== null)).toMatchObject({
      state: 'pending',
      route: 'inbox',
      attempts: 0,
      due_in: null,
    });
    await parts.database.within({ parties: [police] }, (tx) =>
      tx.sql(`UPDATE gateway.inbox_message SET first_read_at = now(), first_read_by = 'np-4471' WHERE id = $1`, [
        pushed.messageId,
      ]),
    );
    expect(await rowOf(parts.database, pushed)).toMatchObject({ state: 'delivered', route: 'inbox' });
  });
});
