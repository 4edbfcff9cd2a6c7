import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { instantOf, secondsAfter } from '../../src/core/vocabulary/time.js';
import { fsck } from '../../src/disclosure-log/fsck.js';
import { FlagTelling } from '../../src/exchange/flags/flag-telling.js';
import { AcknowledgementChase } from '../../src/exchange/follow-up/acknowledgement-chase.js';
import { NoticeTelling } from '../../src/exchange/follow-up/notice-telling.js';
import { Clock } from '../../src/platform/clock.js';
import { Database, JobsDatabase } from '../../src/platform/database/database.js';
import { PostgresTx } from '../../src/platform/database/postgres-tx.js';
import { GatewayKeys } from '../../src/platform/keys/gateway-keys.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import type { AgencyClient, CallOptions, Reply } from '../support/agency-client.js';
import { anAsk, blanked, type AskAnswer } from '../support/asks.js';
import { aFlag, messagesAbout, messagesWithin, push, type FlagAnswer, type FlagMessage } from '../support/flags.js';
import { ReleaseDesk } from '../support/release-desk.js';
import { anAgency, ScenarioWorld } from '../support/scenario-world.js';

const DAY_MS = 86_400_000;

type Notice = FlagMessage & { readonly about: readonly string[]; readonly outcome: string };
interface FollowUpAnswer {
  readonly id: string;
  readonly disclosureId: string;
  readonly kind: string;
  readonly receipt: string;
  readonly deliveries: FlagAnswer['deliveries'];
}

let world: ScenarioWorld;
let nurse: AgencyClient;
let frontDoor: AgencyClient;
let practice: AgencyClient;
let police: AgencyClient;
let visitors: AgencyClient;
let council: AgencyClient;

beforeAll(async () => {
  const child = (id: string, nhsNumber: string) => ({
    id,
    name: `${id} Follow-Test`,
    familyName: 'Follow-Test',
    givenName: id,
    birthDate: '2020-03-03',
    identifiers: [{ system: 'nhs-number', value: nhsNumber }],
  });
  world = await ScenarioWorld.open({
    agencies: [
      anAgency(
        { id: 'moor-community', kind: 'health', teams: [{ id: 'moc-hv', kind: 'nhs-comm', name: 'Health visitors' }] },
        [{ id: 'moc-hv-1', name: 'Invented Visitor', role: 'health-visitor', team: 'moc-hv' }],
      ),
      anAgency(
        { id: 'bluebell-parenting', kind: 'charity', teams: [{ id: 'bp-course', kind: 'vcs', name: 'Course' }] },
        [{ id: 'bp-1', name: 'Bea Bramble', role: 'charity-safeguarding-lead', team: 'bp-course' }],
      ),
    ],
    people: [child('una', '9990000573'), child('ida', '9990000646')],
    cases: [
      {
        reference: 'nm-2026-0501',
        process: 'child-s47-enquiry',
        subject: 'una',
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [],
      },
      {
        reference: 'nm-2026-0502',
        process: 'child-s47-enquiry',
        subject: 'ida',
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [{ agency: 'moor-community', team: 'moc-hv', role: 'health-visitor', from: 3 }],
      },
      {
        reference: 'nm-help-1',
        process: 'child-early-help',
        subject: 'mia',
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [{ agency: 'bluebell-parenting', team: 'bp-course', role: 'course', from: 60 }],
      },
    ],
  });
  nurse = world.client('northmoor-nhs-trust/nnt-211');
  frontDoor = world.client('northmoor-council/nmc-sw-1');
  practice = world.client('hill-gp/hgp-gp-1');
  police = world.client('northmoor-police/np-4471');
  visitors = world.client('moor-community/moc-hv-1');
  council = world.client('northmoor-council/nmc-mgr-1');
});
afterAll(() => world.close());
afterEach(async () => {
  expect(await discrepancies()).toEqual([]);
});

const follow = (
  client: AgencyClient,
  what: 'correction' | 'recall',
  id: string,
  body: Readonly<Record<string, unknown>> = {},
  options: CallOptions = {},
): Promise<Reply> =>
  client.post(
    `/v1/exchanges/${id}/${what}`,
    { officer: 'nnt-211', reason: 'WHY-canary the wrong child was measured', ...body },
    options,
  );

function taken(reply: Reply): unknown {
  if (reply.status !== 200 && reply.status !== 201)
    throw new Error(`${String(reply.status)} ${reply.bytes.toString()}`);
  return reply.body;
}

const followUpOf = (reply: Reply): FollowUpAnswer => taken(reply) as FollowUpAnswer;

function last<Each>(each: readonly Each[]): Each {
  const one = each.at(-1);
  if (one === undefined) throw new Error('there is none');
  return one;
}

async function raised(changes: Readonly<Record<string, unknown>> = {}): Promise<FlagAnswer> {
  const { content, ...flag } = aFlag(changes) as { content: Record<string, unknown> };
  return taken(
    await push(nurse, {
      ...flag,
      content: { ...content, household: { members: [{ givenNames: 'Ben', familyName: 'Northmoor-Test' }] } },
      ...changes,
    }),
  ) as FlagAnswer;
}

const noticesOf = async (client: AgencyClient, of: string, kind: string): Promise<readonly Notice[]> =>
  (await messagesAbout(client, of)).filter((message): message is Notice => message.kind === kind);

/** Lets everybody hear who hears of it from the commit on. */
async function toldAll(): Promise<void> {
  const { app } = world.gateway.gateway;
  const left = `SELECT id FROM gateway.follow_up WHERE told_at IS NULL
    UNION ALL SELECT id FROM gateway.follow_up_notice WHERE followed_at IS NULL`;
  for (let attempt = 0; attempt < 300; attempt += 1) {
    await app.get(NoticeTelling, { strict: false }).sweep();
    if ((await app.get(JobsDatabase).outside((tx) => tx.sql(left))).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('somebody is still to be told');
}

async function discrepancies(): ReturnType<typeof fsck> {
  const { app } = world.gateway.gateway;
  const waiting = 'SELECT leaf_hash FROM gateway.pending LIMIT 1';
  while ((await app.get(Database).outside((tx) => tx.sql(waiting))).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const parts = { database: app.get(Database), sealer: app.get(EntrySealer), keys: app.get(GatewayKeys) };
  const agencies = world.gateway.world.agencies.map(({ id }) => id as AgencyId);
  return fsck(parts, { agencies, receipts: [], now: secondsAfter(instantOf(Date.now()), 1) });
}

/** What the gateway's own login reads for some agencies. */
function asParties<Row extends object>(
  parties: readonly [string, ...string[]],
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const scope = { parties: parties as unknown as readonly [AgencyId, ...AgencyId[]] };
  return world.gateway.gateway.app.get(Database).within(scope, (tx) => tx.sql<Row>(text, values));
}

/** Every byte of every party's record of an exchange. */
async function slicesOf(exchange: string): Promise<readonly object[]> {
  const parties = ['northmoor-nhs-trust', 'northmoor-council', 'hill-gp', 'northmoor-police'] as const;
  const rows = await asParties(
    parties,
    'SELECT s::text AS row FROM gateway.slice s WHERE exchange_id = $1 ORDER BY id',
    [exchange],
  );
  if (rows.length < 2) throw new Error('nothing is on record of the exchange');
  return rows;
}

type Statement = (this: PostgresTx, text: string, values?: readonly unknown[]) => Promise<object[]>;

/** Every statement of the transaction in which a follow-up begins. */
async function statementsOf(call: () => Promise<Reply>): Promise<readonly string[]> {
  const said = new Map<unknown, string[]>();
  const original = {
    sql: Reflect.get(PostgresTx.prototype, 'sql') as Statement,
    read: Reflect.get(PostgresTx.prototype, 'read') as Statement,
  };
  const spies = (['sql', 'read'] as const).map((name) =>
    jest.spyOn(PostgresTx.prototype, name).mockImplementation(function (this: PostgresTx, text, values) {
      said.set(this, [...(said.get(this) ?? []), text]);
      return original[name].call(this, text, values);
    }),
  );
  try {
    taken(await call());
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const begun = [...said.values()].find((texts) => texts.some((text) => text.includes('INTO gateway.follow_up (')));
  if (begun === undefined) throw new Error('nothing was followed up');
  return begun;
}

const acknowledge = (client: AgencyClient, officer: string, messageId: string, action: string): Promise<Reply> =>
  client.post(`/v1/inbox/${messageId}/acknowledgement`, { officer, action });

const RIGHT = {
  'injury-findings': {
    clinicalNarrative: 'RIGHT-canary two centimetres.',
    findingsInShort: [{ finding: 'bruise', observedOn: '2026-11-24', consistentWithAccount: 'unclear' }],
  },
};

describe('a flag that is corrected', () => {
  let flag: FlagAnswer;
  let before: readonly object[];
  let answer: FollowUpAnswer;
  beforeAll(async () => {
    flag = await raised();
    before = await slicesOf(flag.id);
    answer = followUpOf(await follow(nurse, 'correction', flag.id, { content: RIGHT }));
  });

  it('answers with those it is told to, and a receipt', () => {
    expect(answer).toMatchObject({
      id: flag.id,
      kind: 'correction',
      deliveries: [
        { recipient: 'northmoor-council', team: 'nmc-csc', status: 'pending' },
        { recipient: 'hill-gp', team: 'hgp-practice', status: 'pending' },
      ],
    });
    expect(answer.receipt.split('.')).toHaveLength(3);
  });

  it('reaches each as far as a push would tell it, signed, about what it was told, and nobody the reason', async () => {
    const toDoor = last(await noticesOf(frontDoor, flag.id, 'correction'));
    const toPractice = last(await noticesOf(practice, flag.id, 'correction'));
    const original = last((await messagesAbout(practice, flag.id)).filter(({ kind }) => kind === 'flag'));

    expect(toDoor.record).toEqual({ 'injury-findings': { clinicalNarrative: 'RIGHT-canary two centimetres.' } });
    expect(toDoor.items).toEqual([{ category: 'injury-findings', status: 'released' }]);
    expect(toPractice.record).toEqual({
      'injury-findings': { findingsInShort: RIGHT['injury-findings'].findingsInShort },
    });
    expect(toPractice.items).toEqual([{ category: 'injury-findings', status: 'minimised' }]);
    expect(toPractice.about).toEqual([original.disclosureId]);
    expect(toPractice.disclosure).toMatch(/^eyJ/);
    for (const notice of [toDoor, toPractice]) {
      expect(JSON.stringify(notice)).not.toContain('WHY-canary');
      expect(notice.obligations.length).toBeGreaterThan(0);
    }
  });

  it('is on both parties’ records, about the disclosure, which is not edited', async () => {
    const { disclosureId, about } = last(await noticesOf(practice, flag.id, 'correction'));
    const theirs = await world.sliceOf('hill-gp', disclosureId, 'requester');
    const ours = await world.sliceOf('northmoor-nhs-trust', disclosureId, 'custodian');
    const own = await world.sliceOf('northmoor-nhs-trust', answer.disclosureId, 'requester');

    expect(theirs).toMatchObject({
      kind: 'correct',
      outcome: 'released',
      about: about[0],
      counterpart: 'northmoor-nhs-trust',
    });
    expect(theirs.details).not.toHaveProperty('decision');
    expect(ours).toMatchObject({ kind: 'correct', details: { decision: { effect: 'permit' } } });
    expect(own).toMatchObject({ kind: 'correct', outcome: 'recorded', details: { correction: flag.id } });
    expect(JSON.stringify([theirs, ours, own])).not.toContain('RIGHT-canary');
    expect(await slicesOf(flag.id)).toEqual(before);
  });

  it('gives a repeat under its key the first answer byte for byte, and tells nobody twice', async () => {
    const idempotencyKey = randomUUID();
    const first = await follow(nurse, 'correction', flag.id, { content: RIGHT }, { idempotencyKey });
    const count = (await noticesOf(practice, flag.id, 'correction')).length;
    const again = await follow(nurse, 'correction', flag.id, { content: RIGHT }, { idempotencyKey });
    const other = await follow(nurse, 'recall', flag.id, {}, { idempotencyKey });

    expect(first.status).toBe(201);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(other.status).toBe(422);
    expect(await noticesOf(practice, flag.id, 'correction')).toHaveLength(count);
  });

  it('says nothing to one that was told nothing of what is corrected', async () => {
    const count = (await noticesOf(practice, flag.id, 'correction')).length;
    const content = { household: { members: [{ givenNames: 'Bert', familyName: 'Northmoor-Test' }] } };
    const { deliveries } = followUpOf(await follow(nurse, 'correction', flag.id, { content }));

    expect(deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council']);
    expect(last(await noticesOf(frontDoor, flag.id, 'correction')).record).toEqual(content);
    expect(await noticesOf(practice, flag.id, 'correction')).toHaveLength(count);
  });

  it('says to whom nothing may be told now that what it has is wrong, and not what is right', async () => {
    const held = await council.post('/v1/holds', {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
      reason: 'the record is disputed',
      officer: 'nmc-mgr-1',
    });
    const { deliveries } = followUpOf(await follow(nurse, 'correction', flag.id, { content: RIGHT }));
    await council.post(`/v1/holds/${(held.body as { id: string }).id}/release`, { officer: 'nmc-mgr-1' });
    const notice = last(await noticesOf(practice, flag.id, 'correction'));

    expect(deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council', 'hill-gp']);
    expect(notice).toMatchObject({
      outcome: 'recorded',
      items: [{ category: 'injury-findings', status: 'withheld' }],
      record: {},
      disclosure: null,
    });
    expect(await world.sliceOf('northmoor-nhs-trust', notice.disclosureId, 'custodian')).toMatchObject({
      outcome: 'recorded',
      details: { releasedLeaves: [] },
    });
  });

  it('is 400 for what is no leaf, by pointer, and for an officer who did not sign', async () => {
    const unknown = await follow(nurse, 'correction', flag.id, { content: { 'present-concern': { mood: 'low' } } });
    const never = await follow(nurse, 'correction', flag.id, { content: { 'adoption-link': { any: 1 } } });
    const nobody = await follow(nurse, 'correction', flag.id, { content: RIGHT, officer: 'nnt-300' });

    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ pointer: '/content/present-concern/mood' }] } });
    expect(never).toMatchObject({ status: 400, body: { errors: [{ pointer: '/content/adoption-link' }] } });
    expect(nobody.status).toBe(401);
  });

  it('is for whoever pushed it alone: another gets the same 404 as for what does not exist', async () => {
    const theirs = await follow(practice, 'recall', flag.id, { officer: 'hgp-gp-1' });
    const nothing = await follow(practice, 'recall', randomUUID(), { officer: 'hgp-gp-1' });

    expect(theirs.status).toBe(404);
    expect(blanked(theirs.bytes.toString())).toBe(blanked(nothing.bytes.toString()));
  });
});

describe('6-23: a flag that is recalled', () => {
  let flag: FlagAnswer;
  beforeAll(async () => {
    flag = await raised();
    taken(await follow(nurse, 'correction', flag.id, { content: RIGHT }));
  });

  it('is to be deleted, corrections of it too; nobody reads it any more, and the recall says nothing of the child', async () => {
    const [told, corrected] = await messagesAbout(practice, flag.id);
    const { deliveries } = followUpOf(await follow(nurse, 'recall', flag.id));
    const [recall, ...others] = (await messagesAbout(practice, flag.id)) as readonly Notice[];

    expect(deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council', 'hill-gp']);
    expect(others).toEqual([]);
    expect(recall).toMatchObject({ kind: 'recall', record: {}, disclosure: null, obligations: [] });
    expect(recall?.about).toEqual([told?.disclosureId, corrected?.disclosureId]);
    expect(JSON.stringify(recall)).not.toMatch(/canary|Northmoor-Test|bruise/);
    const late = await acknowledge(practice, 'hgp-gp-1', told?.messageId ?? '', 'taken-on');
    expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining('recalled') as unknown } });
  });

  it('is acknowledged as deleted, or as not to be deleted; to have read it is neither', async () => {
    const { messageId, disclosureId } = last(await noticesOf(practice, flag.id, 'recall'));
    const read = await acknowledge(practice, 'hgp-gp-1', messageId, 'read');
    const refused = await acknowledge(practice, 'hgp-gp-1', messageId, 'cannot-delete');
    const toDoor = last(await noticesOf(frontDoor, flag.id, 'recall'));
    const deleted = await acknowledge(frontDoor, 'nmc-sw-1', toDoor.messageId, 'deleted');

    expect([read.status, refused.status, deleted.status]).toEqual([400, 201, 201]);
    const rows = await asParties<{ action: string }>(
      ['northmoor-nhs-trust'],
      'SELECT action FROM gateway.follow_up_notice WHERE disclosure_id = $1',
      [disclosureId],
    );
    expect(rows).toEqual([{ action: 'cannot-delete' }]);
    const chase = world.gateway.gateway.app.get(AcknowledgementChase, { strict: false });
    await Promise.all([chase.sweep(), chase.sweep()]);
    const { alerts } = (await world.client('northmoor-nhs-trust/nnt-ig-1').get('/v1/alerts?limit=200')).body as {
      alerts: readonly { kind: string; disclosureId: string; counterpart: string }[];
    };
    expect(alerts.filter(({ kind }) => kind === 'recall-refused')).toMatchObject([
      { disclosureId, counterpart: 'hill-gp' },
    ]);
  });

  it('is corrected and recalled no more', async () => {
    expect((await follow(nurse, 'recall', flag.id)).status).toBe(409);
    expect((await follow(nurse, 'correction', flag.id, { content: RIGHT })).status).toBe(409);
  });
});

describe('a correction and a recall of a flag that one was told of whom the sender may not know', () => {
  const about = (nhsNumber: string): Record<string, unknown> => ({
    subject: { role: 'child', nhsNumber, homeAuthority: 'northmoor-council', registeredPractice: 'hill-gp' },
  });

  it('give the sender the same bytes as where there is nobody, and reach them all the same', async () => {
    const quiet = await raised(about('9990000573'));
    const hidden = await raised(about('9990000646'));
    await messagesWithin(visitors, hidden.id);
    const content = { 'present-concern': { natureOfConcern: 'neglect' } };

    for (const [what, body] of [
      ['correction', { content }],
      ['recall', {}],
    ] as const) {
      const ofQuiet = await follow(nurse, what, quiet.id, body);
      const ofHidden = await follow(nurse, what, hidden.id, body);
      expect(ofHidden.status).toBe(201);
      expect(blanked(ofHidden.bytes.toString())).toBe(blanked(ofQuiet.bytes.toString()));
      expect(ofHidden.bytes.length).toBe(ofQuiet.bytes.length);
      expect(ofHidden.bytes.toString()).not.toContain('moor-community');
      await toldAll();
      const notice = last(await noticesOf(visitors, hidden.id, what));
      expect(notice.record).toEqual(what === 'correction' ? content : {});
      const own = await world.sliceOf('northmoor-nhs-trust', followUpOf(ofHidden).disclosureId, 'requester');
      expect(JSON.stringify(own)).not.toMatch(/moor-community|moc-hv/);
      const governing = world.client('northmoor-nhs-trust/nnt-ig-1');
      const theirs = await governing.get(`/v1/disclosures/${notice.disclosureId}`, {
        headers: { 'x-log-purpose': 'lawfulness' },
      });
      expect(theirs.status).toBe(404);
    }
    const sent = await nurse.get('/v1/deliveries?limit=100');
    expect(sent.status).toBe(200);
    expect(sent.bytes.toString()).not.toContain('moor-community');
    const { messageId } = last(await noticesOf(visitors, hidden.id, 'recall'));
    const theirs = `SELECT kind FROM gateway.follow_up_notice WHERE agency = 'moor-community' AND message_id = $1`;
    expect(await asParties(['northmoor-nhs-trust'], theirs, [messageId])).toEqual([]);
    expect(await asParties(['moor-community'], theirs, [messageId])).toEqual([{ kind: 'recall' }]);
    expect((await acknowledge(visitors, 'moc-hv-1', messageId, 'deleted')).status).toBe(201);
  });
});

describe('a flag that is recalled before all were told of it whom its sender may not know of', () => {
  it('is told to none of those', async () => {
    const telling = world.gateway.gateway.app.get(FlagTelling, { strict: false });
    const held = [jest.spyOn(telling, 'soon').mockReturnValue(), jest.spyOn(telling, 'sweep').mockResolvedValue()];
    const flag = await raised({
      subject: { role: 'child', nhsNumber: '9990000646', homeAuthority: 'northmoor-council' },
    });
    const recalled = await follow(nurse, 'recall', flag.id);
    for (const each of held) each.mockRestore();
    await telling.sweep();
    await toldAll();

    expect(recalled.status).toBe(201);
    expect(last(await messagesAbout(frontDoor, flag.id)).kind).toBe('recall');
    expect(await messagesAbout(visitors, flag.id)).toEqual([]);
  });
});

describe('what a correction and a recall do in their call', () => {
  it('is the same whether or not one is told of whom the sender may not know, so that it takes no other time', async () => {
    const about = (nhsNumber: string) =>
      raised({
        subject: { role: 'child', nhsNumber, homeAuthority: 'northmoor-council', registeredPractice: 'hill-gp' },
      });
    const quiet = await about('9990000573');
    const hidden = await about('9990000646');
    await messagesWithin(visitors, hidden.id);
    const content = { 'present-concern': { natureOfConcern: 'neglect' } };

    for (const [what, body] of [
      ['correction', { content }],
      ['recall', {}],
    ] as const) {
      const ofQuiet = await statementsOf(() => follow(nurse, what, quiet.id, body));
      const ofHidden = await statementsOf(() => follow(nurse, what, hidden.id, body));
      expect(ofQuiet.length).toBeGreaterThan(20);
      expect(ofHidden).toEqual(ofQuiet);
    }
  });
});

describe('an answer that is corrected and recalled', () => {
  let ask: AskAnswer;
  const body = { officer: 'nnt-211' };
  beforeAll(async () => {
    new ReleaseDesk(world.gateway);
    ask = taken(
      await police.post(
        '/v1/exchanges/requests',
        anAsk({ categories: ['core-identity', 'protection-plan'], questions: [], textFor: [] }),
      ),
    ) as AskAnswer;
  });

  it('is told to the team that asked, and the ask stands as it stood', async () => {
    const status = await police.get(`/v1/exchanges/requests/${ask.id}`);
    const before = await slicesOf(ask.id);
    const content = { 'core-identity': { birthDate: '2022-05-02' }, 'injury-findings': RIGHT['injury-findings'] };
    const answer = followUpOf(await follow(nurse, 'correction', ask.id, { ...body, content }));
    const notice = last(await noticesOf(police, ask.id, 'correction'));

    expect(answer.deliveries).toEqual([{ recipient: 'northmoor-police', team: 'np-ppu', status: 'pending' }]);
    expect(notice.about).toEqual([ask.disclosureId]);
    expect(notice.items.map(({ category }) => category)).toEqual(['core-identity']);
    expect(JSON.stringify(notice)).not.toContain('RIGHT-canary');
    expect(notice.record).toEqual({ 'core-identity': { birthDate: '2022-05-02' } });
    expect(await slicesOf(ask.id)).toEqual(before);
    expect((await police.get(`/v1/exchanges/requests/${ask.id}`)).body).toEqual(status.body);
  });

  it('is not the requester’s to correct', async () => {
    const refused = await follow(police, 'recall', ask.id, { officer: 'np-4471' });
    expect(refused.status).toBe(404);
    const governed = await follow(world.client('northmoor-nhs-trust/nnt-ig-1'), 'recall', ask.id, {
      officer: 'nnt-ig-1',
    });
    expect(governed.status).toBe(403);
  });

  it('is recalled from that team, by its custodian', async () => {
    const { deliveries } = followUpOf(await follow(nurse, 'recall', ask.id, body));
    expect(deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-police']);
    expect(last(await noticesOf(police, ask.id, 'recall'))).toMatchObject({ record: {}, disclosure: null });
  });
});

describe('an answer that its recipient gave on', () => {
  it('is recalled from those too, each knowing of its own exchange alone', async () => {
    const desk = new ReleaseDesk(world.gateway);
    const held = await council.post('/v1/holds', {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
      reason: 'the record is disputed',
      officer: 'nmc-mgr-1',
    });
    const { id, exchange } = await desk.waiting({ categories: ['core-identity'], textFor: [] });
    await desk.read(id);
    const released = await desk.decide(id, [
      {
        category: 'core-identity',
        decision: 'release',
        reason: 'needed',
        conditions: ['consult-owner-before-onward'],
      },
    ]);
    expect(released.status).toBe(200);
    await council.post(`/v1/holds/${(held.body as { id: string }).id}/release`, { officer: 'nmc-mgr-1' });
    const asked = await frontDoor.post('/v1/exchanges/requests', {
      ...anAsk({
        kind: 'safeguarding',
        purpose: 'child-cp-conference',
        custodian: 'northmoor-police',
        custodianTeam: 'np-ppu',
        officer: { id: 'nmc-sw-1', role: 'social-worker' },
        function: { power: 'ca89-s47-enquiry', text: 'initial conference' },
        categories: ['core-identity'],
        questions: [],
        basis: null,
      }),
    });
    const onward = (asked.body as { id: string }).id;
    const sergeant = world.client('northmoor-police/np-rel-1');
    const due = (await sergeant.get('/v1/releases?status=due&limit=200')).body as {
      releases: readonly { id: string; exchange: string }[];
    };
    const waiting = due.releases.find((one) => one.exchange === onward)?.id ?? '';
    await sergeant.get(`/v1/releases/${waiting}`);
    const given = await sergeant.post(`/v1/releases/${waiting}/decision`, {
      decision: 'release',
      items: [{ category: 'core-identity', decision: 'release', reason: 'the trust agrees, by telephone' }],
      officer: 'np-rel-1',
    });
    expect(given.status).toBe(200);

    expect(await noticesOf(frontDoor, onward, 'released')).toHaveLength(1);
    const answer = await follow(nurse, 'recall', exchange);
    await toldAll();
    expect(await noticesOf(frontDoor, onward, 'released')).toEqual([]);
    const notice = last(await noticesOf(frontDoor, onward, 'recall'));

    expect(followUpOf(answer).deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-police']);
    expect(notice.items).toEqual([{ category: 'core-identity', status: 'recalled' }]);
    expect(JSON.stringify(notice)).not.toContain('northmoor-nhs-trust');
    expect(await world.sliceOf('northmoor-council', notice.disclosureId, 'requester')).toMatchObject({
      kind: 'correct',
      counterpart: 'northmoor-police',
    });
    expect(await world.sliceOf('northmoor-police', notice.disclosureId, 'custodian')).toMatchObject({
      counterpart: 'northmoor-council',
    });
    await expect(world.sliceOf('northmoor-nhs-trust', notice.disclosureId, 'custodian')).rejects.toThrow('no record');
  });
});

describe('a notice that nobody acknowledges', () => {
  const alertsOf = async (agency: string, officer: string, disclosureId: string) => {
    const { body } = await world.client(`${agency}/${officer}`).get('/v1/alerts?limit=200');
    return (body as { alerts: readonly { kind: string; disclosureId: string; addressed: readonly string[] }[] }).alerts
      .filter((alert) => alert.disclosureId === disclosureId && alert.kind === 'notice-unacknowledged')
      .map(({ addressed }) => addressed);
  };
  const chasedAfter = async (days: number): Promise<void> => {
    const { app } = world.gateway.gateway;
    const clock = jest
      .spyOn(app.get(Clock, { strict: false }), 'now')
      .mockReturnValue(instantOf(Date.now() + days * DAY_MS));
    try {
      const chase = app.get(AcknowledgementChase, { strict: false });
      await Promise.all([chase.sweep(), chase.sweep()]);
    } finally {
      clock.mockRestore();
    }
  };

  it('is brought before both sides’ duty contacts after two working days, and before others after two more; each once', async () => {
    const flag = await raised();
    taken(await follow(nurse, 'recall', flag.id));
    const { disclosureId, acknowledgeBy } = last(await noticesOf(practice, flag.id, 'recall'));
    const toDoor = last(await noticesOf(frontDoor, flag.id, 'recall'));
    expect((await acknowledge(frontDoor, 'nmc-sw-1', toDoor.messageId, 'deleted')).status).toBe(201);
    const days = (Date.parse(acknowledgeBy) - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(1);
    expect(days).toBeLessThan(7);

    await chasedAfter(days - 0.01);
    expect(await alertsOf('hill-gp', 'hgp-ig-1', disclosureId)).toEqual([]);
    await chasedAfter(days + 0.01);
    await chasedAfter(days + 0.02);
    expect(await alertsOf('hill-gp', 'hgp-ig-1', disclosureId)).toEqual([['duty-contact']]);
    expect(await alertsOf('northmoor-nhs-trust', 'nnt-ig-1', disclosureId)).toEqual([['duty-contact']]);
    await chasedAfter(days + 12);
    await chasedAfter(days + 12);
    expect(await alertsOf('hill-gp', 'hgp-ig-1', disclosureId)).toEqual([
      ['duty-contact'],
      [expect.any(String), 'data-protection-officer'],
    ]);
    expect(await alertsOf('northmoor-council', 'nmc-ig-1', toDoor.disclosureId)).toEqual([]);
  });
});

describe('6-6: a consent that is withdrawn', () => {
  it('has those told to stop who were told on it; what they were told is not recalled', async () => {
    world.hold('northmoor-council', [
      {
        nhsNumber: '9990000220',
        demographics: {
          name: { first: 'Mia', last: 'Northmoor-Test' },
          dateOfBirth: '1994-08-09',
          nhsNumber: '9990000220',
        },
        contactMethods: { phones: [{ number: '01632 960901', type: 'mobile', safe: true }], safeToContact: true },
      },
    ]);
    const consent = await world.post('northmoor-council/nmc-lead-1', '/v1/consents', 'mia', {
      scope: ['core-identity', 'contact-details', 'present-concern'],
      recipients: ['bluebell-parenting'],
      purpose: 'child-early-help',
      obtained: { by: 'nmc-sw-1', on: new Date(Date.now() - 5 * DAY_MS).toISOString().slice(0, 10), how: 'she signed' },
    });
    const told = await world.ask({
      by: 'bluebell-parenting/bp-1',
      of: 'northmoor-council/nmc-csc',
      about: 'mia',
      as: 'parent-carer',
      purpose: 'child-early-help',
      caseReference: 'nm-help-1',
      power: 'own-functions',
      categories: ['core-identity', 'contact-details'],
      with: { notice: { given: true } },
    });
    expect(told.status).toBe(200);
    const course = world.client('bluebell-parenting/bp-1');
    expect(await noticesOf(course, told.id, 'stop')).toEqual([]);
    const path = `/v1/consents/${(consent.body as { id: string }).id}/withdrawal`;
    const withdrawn = await world.client('northmoor-council/nmc-lead-1').post(path, {
      officer: 'nmc-lead-1',
      at: new Date().toISOString(),
      note: 'she rang and said no more',
    });
    expect(withdrawn.status).toBeLessThan(300);
    await toldAll();
    await toldAll();

    const stops = await noticesOf(course, told.id, 'stop');
    expect(stops).toMatchObject([
      {
        about: [told.disclosureId],
        record: {},
        disclosure: null,
        items: [
          { category: 'contact-details', status: 'stopped' },
          { category: 'core-identity', status: 'stopped' },
        ],
      },
    ]);
    expect(await noticesOf(course, told.id, 'recall')).toEqual([]);
  });
});
