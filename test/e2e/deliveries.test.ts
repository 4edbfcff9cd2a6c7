import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAnswer } from '../../src/core/signing/answer-signature.js';
import { sha256Base64url } from '../../src/core/signing/digest.js';
import { readJws } from '../../src/core/signing/jws.js';
import type { AgencyClient } from '../support/agency-client.js';
import { aFlag, push, type FlagAnswer } from '../support/flags.js';
import { ReceivingSystem, withReceipt, type Answers } from '../support/receiving-system.js';
import { ScenarioWorld } from '../support/scenario-world.js';

interface Listed {
  readonly messageId: string;
  readonly of: string;
  readonly recipient: string;
  readonly status: string;
  readonly dead?: { readonly reason: string; readonly receipt: string; readonly owner: { readonly agency: string } };
}

let world: ScenarioWorld;
let nurse: AgencyClient;
let system: ReceivingSystem;

/** As an agency's system does: echoes the gateway's challenge, and answers messages so. */
const echoing =
  (answers: Answers): Answers =>
  (response, received) => {
    const { challenge } = JSON.parse(received.body.toString()) as { challenge?: string };
    if (challenge === undefined) answers(response, received);
    else response.writeHead(200).end(JSON.stringify({ challenge }));
  };

async function listed(flag: string, recipient: string): Promise<Listed> {
  const { status, body } = await nurse.get('/v1/deliveries?limit=200');
  expect(status).toBe(200);
  const found = (body as { deliveries: readonly Listed[] }).deliveries.find(
    (each) => each.of === flag && each.recipient === recipient,
  );
  if (found === undefined) throw new Error(`no delivery to \`${recipient}\` is listed`);
  return found;
}

async function untilListed(flag: string, recipient: string, status: string): Promise<Listed> {
  for (;;) {
    const found = await listed(flag, recipient);
    if (found.status === status) return found;
    await pause(200);
  }
}

async function pushed(): Promise<string> {
  const reply = await push(nurse, aFlag());
  expect(reply.status).toBe(201);
  return (reply.body as FlagAnswer).id;
}

beforeAll(async () => {
  world = await ScenarioWorld.open({});
  nurse = world.client('northmoor-nhs-trust/nnt-211');
  system = await ReceivingSystem.start();
  system.answers = echoing(withReceipt);
  const path = '/v1/agencies/northmoor-council/endpoints';
  const proposed = await world
    .client('northmoor-council/nmc-adm-1')
    .post(path, { team: 'nmc-csc', kind: 'delivery', adapter: 'json-http', url: system.url });
  expect(proposed.status).toBe(202);
  const { id } = proposed.body as { id: string };
  const second = world.client('northmoor-council/nmc-adm-2');
  expect((await second.post(`${path}/${id}/approval`, { officer: 'nmc-adm-2' })).status).toBe(201);
});
afterAll(async () => {
  await world.close();
  await system.close();
});

describe('a flag for a council with a system of its own', () => {
  it('is there at once, signed by the gateway, and the trust is told', async () => {
    const flag = await pushed();
    const { messageId } = await untilListed(flag, 'northmoor-council', 'delivered');
    const received = system.received.find((each) => each.messageId === messageId);
    const signature = String(received?.headers['x-jws-signature']);
    const kid = readJws(signature)?.header['kid'];
    const { body } = await nurse.get('/.well-known/jwks.json');
    const key = (body as { keys: readonly (JsonWebKey & { kid: string })[] }).keys.find((each) => each.kid === kid);
    const publicKey = createPublicKey({ key: key ?? {}, format: 'jwk' });
    expect(verifyAnswer(signature, received?.body ?? Buffer.alloc(0), publicKey)).toEqual({
      ok: true,
      req: sha256Base64url(messageId),
    });
    expect(JSON.parse(String(received?.body))).toMatchObject({ messageId, kind: 'flag', of: flag });
  });

  it('waits in the inbox of a practice without one, and the trust is told when it was read there', async () => {
    const flag = await pushed();
    expect(await listed(flag, 'hill-gp')).toMatchObject({ status: 'pending' });
    await pause(1_500);
    await world.client('hill-gp/hgp-gp-1').get('/v1/inbox?limit=100');
    await untilListed(flag, 'hill-gp', 'delivered');
  });

  it('is a dead letter when the address is gone, and is there once somebody re-drives it', async () => {
    system.answers = echoing((response) => response.writeHead(410).end());
    const flag = await pushed();
    const { messageId, dead } = await untilListed(flag, 'northmoor-council', 'dead');
    expect(dead).toMatchObject({ reason: 'endpoint-gone', owner: { agency: 'northmoor-council' } });
    expect(dead?.receipt).toEqual(expect.any(String));
    system.answers = echoing(withReceipt);
    const path = `/v1/deliveries/${messageId}/redrive`;
    expect(await nurse.post(path, { officer: 'nnt-211' })).toMatchObject({ status: 202 });
    await untilListed(flag, 'northmoor-council', 'delivered');
    expect((await nurse.post(path, { officer: 'nnt-211' })).status).toBe(409);
  });

  it('is listed by how it stands, and to nobody but its sender', async () => {
    const { body } = await nurse.get('/v1/deliveries?status=dead');
    expect(body).toEqual({ deliveries: [] });
    expect((await nurse.get('/v1/deliveries?status=lost')).status).toBe(400);
    const council = await world.client('northmoor-council/nmc-sw-1').get('/v1/deliveries');
    expect(council.body).toEqual({ deliveries: [] });
  });
});
