import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aFlag, messagesAbout, messagesWithin, push, type FlagAnswer, type FlagMessage } from '../support/flags.js';
import { DeliveryAuthority } from '../../src/exchange/delivery-authority.js';
import { FlagTelling } from '../../src/exchange/flags/flag-telling.js';
import { Database } from '../../src/platform/database/database.js';
import { PostgresTx } from '../../src/platform/database/postgres-tx.js';
import { blanked } from '../support/asks.js';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import { anAgency, ScenarioWorld } from '../support/scenario-world.js';

const STRANGER = '9990001014';

let world: ScenarioWorld;
let nurse: AgencyClient;
let frontDoor: AgencyClient;
let practice: AgencyClient;
let school: AgencyClient;
let refuge: AgencyClient;
let visitors: AgencyClient;

type Statement = (this: PostgresTx, text: string, values?: readonly unknown[]) => Promise<object[]>;

const answerOf = ({ body }: Reply): FlagAnswer => body as FlagAnswer;
const taken = (reply: Reply): FlagAnswer => {
  if (reply.status !== 201) throw new Error(`${String(reply.status)} ${reply.bytes.toString()}`);
  return answerOf(reply);
};
const only = (messages: readonly FlagMessage[]): FlagMessage => {
  const [message, ...others] = messages;
  if (message === undefined || others.length > 0) throw new Error(`${String(messages.length)} messages`);
  return message;
};
/** Every statement of the transaction that took each of these flags in. */
async function statementsOf(flags: readonly object[]): Promise<readonly (readonly string[])[]> {
  const said = new Map<unknown, string[]>();
  const noting = (name: 'sql' | 'read') =>
    jest.spyOn(PostgresTx.prototype, name).mockImplementation(function (this: PostgresTx, text, values) {
      said.set(this, [...(said.get(this) ?? []), text]);
      return original[name].call(this, text, values);
    });
  const original = {
    sql: Reflect.get(PostgresTx.prototype, 'sql') as Statement,
    read: Reflect.get(PostgresTx.prototype, 'read') as Statement,
  };
  const spies = [noting('sql'), noting('read')];
  try {
    for (const flag of flags) taken(await push(nurse, flag));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return [...said.values()].filter((texts) => texts.some((text) => text.includes('INSERT INTO gateway.flag (')));
}

const errorsOf = ({ body }: Reply): readonly { pointer: string }[] =>
  (body as { errors?: readonly { pointer: string }[] }).errors ?? [];

beforeAll(async () => {
  world = await ScenarioWorld.open({
    agencies: [
      anAgency(
        { id: 'moor-community', kind: 'health', teams: [{ id: 'moc-hv', kind: 'nhs-comm', name: 'Health visitors' }] },
        [{ id: 'moc-hv-1', name: 'Invented Visitor', role: 'health-visitor', team: 'moc-hv' }],
      ),
    ],
    people: [
      {
        id: 'una',
        name: 'Una Quiet-Test',
        familyName: 'Quiet-Test',
        givenName: 'Una',
        birthDate: '2020-03-03',
        identifiers: [{ system: 'nhs-number', value: '9990000573' }],
      },
      {
        id: 'ida',
        name: 'Ida Hidden-Test',
        familyName: 'Hidden-Test',
        givenName: 'Ida',
        birthDate: '2020-03-03',
        identifiers: [{ system: 'nhs-number', value: '9990000646' }],
      },
    ],
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
        involvements: [
          { agency: 'fern-refuge', team: 'fern-idva', role: 'domestic-violence-adviser', from: 3 },
          { agency: 'moor-community', team: 'moc-hv', role: 'health-visitor', from: 3 },
        ],
      },
    ],
  });
  nurse = world.client('northmoor-nhs-trust/nnt-211');
  frontDoor = world.client('northmoor-council/nmc-sw-1');
  practice = world.client('hill-gp/hgp-gp-1');
  school = world.client('oak-academy/oak-dsl');
  refuge = world.client('fern-refuge/fern-idva-1');
  visitors = world.client('moor-community/moc-hv-1');
});
afterAll(() => world.close());

describe('6-2: a trust pushes a safeguarding flag', () => {
  let flag: FlagAnswer;
  beforeAll(async () => {
    flag = taken(await push(nurse, aFlag()));
  });

  it('and is told of the front door and the practice, and of no school', () => {
    expect(flag.deliveries).toEqual([
      { recipient: 'northmoor-council', team: 'nmc-csc', status: 'pending' },
      { recipient: 'hill-gp', team: 'hgp-practice', status: 'pending' },
    ]);
  });

  it('to the front door whole, with its text', async () => {
    const message = only(await messagesAbout(frontDoor, flag.id));

    expect(message).toMatchObject({
      kind: 'flag',
      urgency: 'urgent',
      record: {
        'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Ava', nhsNumber: '9990000018' },
        'present-concern': { natureOfConcern: 'physical', account: expect.stringContaining('does not fit') },
        'injury-findings': { clinicalNarrative: expect.stringContaining('Three centimetres') },
      },
      flag: {
        status: 'active',
        code: { system: 'http://snomed.info/sct', code: '836881000000105' },
        period: { start: '2026-11-24', end: null },
        reviewBy: '2027-01-07',
      },
    });
    expect(message.record['injury-findings']).not.toHaveProperty('findingsInShort');
    expect(message.record).not.toHaveProperty('protection-status');
  });

  it('to the practice in short, with none of the trust’s own text of the injury', async () => {
    const message = only(await messagesAbout(practice, flag.id));

    expect(message.record['injury-findings']).toEqual({
      findingsInShort: [{ finding: 'bruise', observedOn: '2026-11-24', consistentWithAccount: 'no' }],
    });
    expect(message.items).toContainEqual({ category: 'injury-findings', status: 'minimised' });
    expect(JSON.stringify(message)).not.toContain('Three centimetres');
  });

  it('to the school not at all', async () => {
    expect(await messagesAbout(school, flag.id)).toEqual([]);
  });

  it('with what must not reach a proxy’s view laid on every copy', async () => {
    for (const client of [frontDoor, practice]) {
      const message = only(await messagesAbout(client, flag.id));
      expect(message.obligations).toContain('nopat');
      expect(message.conditions?.['present-concern']).toContain('nopat');
    }
  });

  it('to be acknowledged within a day', async () => {
    const { acknowledgeBy } = only(await messagesAbout(frontDoor, flag.id));
    const hours = (Date.parse(acknowledgeBy) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThanOrEqual(24);
  });

  it('bound to each of them by its key', async () => {
    for (const [client, agency] of [
      [frontDoor, 'northmoor-council'],
      [practice, 'hill-gp'],
    ] as const) {
      const { disclosure, disclosureId } = only(await messagesAbout(client, flag.id));
      const binding = disclosure?.split('~').at(-1)?.split('.')[1] ?? '';
      expect(JSON.parse(Buffer.from(binding, 'base64url').toString())).toMatchObject({
        aud: agency,
        nonce: disclosureId,
      });
    }
  });

  it('under another name for each of them', async () => {
    const refs = await Promise.all(
      [frontDoor, practice].map(async (client) => only(await messagesAbout(client, flag.id)).subject.subjectRef),
    );
    expect(new Set(refs).size).toBe(2);
  });

  it('and each party has its own record of it', async () => {
    const { disclosureId } = only(await messagesAbout(practice, flag.id));
    const theirs = await world.sliceOf('hill-gp', disclosureId, 'requester');
    const ours = await world.sliceOf('northmoor-nhs-trust', disclosureId, 'custodian');
    const raised = await world.sliceOf('northmoor-nhs-trust', flag.disclosureId, 'requester');

    expect(theirs).toMatchObject({ kind: 'disclose', outcome: 'released', counterpart: 'northmoor-nhs-trust' });
    expect(theirs.details).not.toHaveProperty('decision');
    expect(ours).toMatchObject({
      kind: 'partial',
      outcome: 'partly-released',
      counterpart: 'hill-gp',
      details: { decision: { policyRow: 'POL-052' }, need: { by: 'standing-duty', duty: 'registered-practice' } },
    });
    expect(raised).toMatchObject({ kind: 'request', outcome: 'recorded' });
    expect((raised.details['recipients'] as { recipient: string }[]).map(({ recipient }) => recipient)).toEqual([
      'northmoor-council',
      'hill-gp',
    ]);
  });

  it('and its receipt commits to the call, its copies’ receipts only under a salt', async () => {
    const digestIn = (jws: string): unknown =>
      (JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as { requestDigest: string })
        .requestDigest;
    const copies = await Promise.all(
      [frontDoor, practice].map(async (client) => only(await messagesAbout(client, flag.id)).receipt),
    );

    expect(digestIn(copies[0] ?? '')).toBe(digestIn(copies[1] ?? ''));
    expect(digestIn(copies[0] ?? '')).not.toBe(digestIn(flag.receipt));
  });
});

describe('a flag about somebody nobody knows', () => {
  it('reaches those the sender names, and the person is known to them', async () => {
    const flag = taken(
      await push(nurse, aFlag({ subject: { role: 'child', nhsNumber: STRANGER, homeAuthority: 'northmoor-council' } })),
    );

    expect(flag.deliveries).toEqual([{ recipient: 'northmoor-council', team: 'nmc-csc', status: 'pending' }]);
    expect(only(await messagesAbout(frontDoor, flag.id)).record['core-identity']).toEqual({ nhsNumber: STRANGER });
  });

  it('is told to nobody where nobody owes them a duty: 422 with whom to ring, on record, and they stay unknown', async () => {
    const reply = await push(nurse, aFlag({ subject: { role: 'child', nhsNumber: '9990001103' } }));

    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({
      contact: { phone: '01632 960400' },
      type: expect.stringMatching(/unprocessable$/),
    });
    const record = await world.sliceOf('northmoor-nhs-trust', answerOf(reply).disclosureId, 'requester');
    expect(record).toMatchObject({ kind: 'deny', outcome: 'refused', details: { reason: 'no-standing-duty' } });
    const again = await push(nurse, aFlag({ subject: { role: 'child', nhsNumber: '9990001103' } }));
    expect(again.status).toBe(422);
  });

  it('is the same where only the school is named, whom no policy tells anything', async () => {
    const reply = await push(
      nurse,
      aFlag({ subject: { role: 'child', nhsNumber: '9990001103', school: 'oak-academy' } }),
    );
    expect(reply.status).toBe(403);
    expect(reply.body).toMatchObject({ reason: 'no-legal-power' });
  });

  it('is sent again without the duties being named, once they are on record by another than who owes them', async () => {
    const flag = taken(await push(nurse, aFlag({ subject: { role: 'child', nhsNumber: STRANGER } })));
    expect(flag.deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council']);
  });
});

describe('an agency that names itself', () => {
  it('as a child’s home authority is not told for that', async () => {
    const lead = world.client('northmoor-council/nmc-lead-1');
    const registered = await lead.post('/v1/subjects', {
      identifiers: [{ system: 'nhs-number', value: '9990001235' }],
      homeAuthority: 'northmoor-council',
    });
    expect(registered.status).toBe(201);

    expect((await push(nurse, aFlag({ subject: { role: 'child', nhsNumber: '9990001235' } }))).status).toBe(422);
  });

  it('is told where another names it', async () => {
    const registered = await world.client('northmoor-nhs-trust/nnt-lead-1').post('/v1/subjects', {
      identifiers: [{ system: 'nhs-number', value: '9990001235' }],
      homeAuthority: 'northmoor-council',
    });
    expect(registered.status).toBe(201);
    const flag = taken(await push(nurse, aFlag({ subject: { role: 'child', nhsNumber: '9990001235' } })));
    expect(flag.deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council']);
  });
});

describe('a gateway that dies once a flag is durable', () => {
  const hidden = aFlag({ subject: { role: 'child', nhsNumber: '9990000646', homeAuthority: 'northmoor-council' } });
  const telling = (): FlagTelling => world.gateway.gateway.app.get(FlagTelling, { strict: false });

  it('leaves nobody untold: the next round tells them, once', async () => {
    const dies = jest.spyOn(telling(), 'soon').mockImplementation(() => undefined);
    const flag = taken(await push(nurse, hidden));
    dies.mockRestore();
    await telling().sweep();
    await telling().sweep();

    expect(only(await messagesAbout(visitors, flag.id)).kind).toBe('flag');
  });

  it('and what a flag said is gone after thirty days', async () => {
    const flag = taken(await push(nurse, hidden));
    await messagesWithin(visitors, flag.id);
    const kept = async (): Promise<unknown> => {
      const parties = ['northmoor-nhs-trust'] as never;
      const database = world.gateway.gateway.app.get(Database, { strict: false });
      return database.within({ parties }, (tx) =>
        tx.sql('SELECT content IS NOT NULL AS content FROM gateway.flag WHERE id = $1', [flag.id]),
      );
    };
    await telling().sweep();
    expect(await kept()).toEqual([{ content: true }]);
    await world.gateway.database.asSuperuser(
      `UPDATE gateway.flag SET raised_at = now() - interval '31 days' WHERE id = '${flag.id}'`,
    );
    await telling().sweep();
    expect(await kept()).toEqual([{ content: false }]);
  });
});

describe('what a sender may see of who is told', () => {
  const about = (nhsNumber: string): Record<string, unknown> =>
    aFlag({ subject: { role: 'child', nhsNumber, homeAuthority: 'northmoor-council', registeredPractice: 'hill-gp' } });

  it('is the same, byte for byte, whether a refuge and a health visitor work with the child or nobody does', async () => {
    const quiet = await push(nurse, about('9990000573'));
    const hidden = await push(nurse, about('9990000646'));

    expect(hidden.status).toBe(201);
    expect(blanked(hidden.bytes.toString())).toBe(blanked(quiet.bytes.toString()));
    expect(hidden.bytes.length).toBe(quiet.bytes.length);
    expect(Object.keys(hidden.headers)).toEqual(Object.keys(quiet.headers));
    // Whoever works with the child and may be told is told all the same; the refuge no policy tells of this purpose.
    const told = only(await messagesWithin(visitors, answerOf(hidden).id));
    expect(told.record['present-concern']).toMatchObject({ natureOfConcern: 'physical' });
    expect(await messagesAbout(refuge, answerOf(hidden).id)).toEqual([]);
    // Neither the sender's record of the flag nor any other of its records names them, nor does an acknowledgement.
    const path = `/v1/inbox/${told.messageId}/acknowledgement`;
    expect((await visitors.post(path, { officer: 'moc-hv-1', action: 'taken-on' })).status).toBe(201);
    const governing = world.client('northmoor-nhs-trust/nnt-ig-1');
    const list = await governing.get('/v1/disclosures?limit=200', { headers: { 'x-log-purpose': 'lawfulness' } });
    expect(list.status).toBe(200);
    expect(list.bytes.toString()).not.toContain('moor-community');
    const single = await governing.get(`/v1/disclosures/${told.disclosureId}`, {
      headers: { 'x-log-purpose': 'lawfulness' },
    });
    expect(single.status).toBe(404);
    const raised = await world.sliceOf('northmoor-nhs-trust', answerOf(hidden).disclosureId, 'requester');
    expect(JSON.stringify(raised)).not.toMatch(/moor-community|moc-hv|fern/);
    const theirs = await world.sliceOf('moor-community', told.disclosureId, 'requester');
    expect(theirs).toMatchObject({ counterpart: 'northmoor-nhs-trust', outcome: 'released' });
  });

  it('is the same for recipients it names that do not work with the child: naming widens nothing, and tells nothing', async () => {
    const narrowed = (nhsNumber: string) => ({
      ...about(nhsNumber),
      recipients: ['northmoor-council', 'moor-community', 'fern-refuge'],
    });
    const quiet = await push(nurse, narrowed('9990000573'));
    const hidden = await push(nurse, narrowed('9990000646'));

    expect(blanked(hidden.bytes.toString())).toBe(blanked(quiet.bytes.toString()));
    expect(taken(hidden).deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council']);
    expect(only(await messagesWithin(visitors, answerOf(hidden).id)).kind).toBe('flag');
    expect(await messagesAbout(visitors, answerOf(quiet).id)).toEqual([]);
  });

  it('comes of the same statements, so that it takes no other time', async () => {
    const [quiet, hidden] = await statementsOf([about('9990000573'), about('9990000646')]);

    expect(quiet?.length).toBeGreaterThan(20);
    expect(hidden).toEqual(quiet);
  });

  it('is 422 where it narrows away everybody who owes a duty', async () => {
    const reply = await push(nurse, { ...about('9990000646'), recipients: ['moor-community'] });
    expect(reply.status).toBe(422);
  });
});

describe('a push under an idempotency key', () => {
  it('gives its first answer byte for byte, and makes one flag', async () => {
    const idempotencyKey = randomUUID();
    const first = await push(nurse, aFlag(), { idempotencyKey });
    const again = await push(nurse, aFlag(), { idempotencyKey });

    expect(again.status).toBe(201);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(await messagesAbout(frontDoor, answerOf(first).id)).toHaveLength(1);
  });

  it('is refused for another body, and on another path', async () => {
    const idempotencyKey = randomUUID();
    const { id } = taken(await push(nurse, aFlag(), { idempotencyKey }));
    const other = await push(nurse, aFlag({ handling: [] }), { idempotencyKey });
    const path = await nurse.post(`/v1/exchanges/flags/${id}/end`, aFlag(), { idempotencyKey });

    expect([other.status, path.status]).toEqual([422, 400]);
    const ended = { officer: 'nnt-211', reason: 'closed', at: new Date(Date.now() - 1000).toISOString() };
    expect((await nurse.post(`/v1/exchanges/flags/${id}/end`, ended, { idempotencyKey })).status).toBe(422);
  });

  it('makes one flag and one receipt of twenty sent at once', async () => {
    const idempotencyKey = randomUUID();
    const replies = await Promise.all(Array.from({ length: 20 }, () => push(nurse, aFlag(), { idempotencyKey })));

    const done = replies.filter(({ status }) => status === 201);
    expect(new Set(replies.map(({ status }) => status))).toEqual(
      done.length === 20 ? new Set([201]) : new Set([201, 409]),
    );
    expect(new Set(done.map(({ bytes }) => bytes.toString())).size).toBe(1);
    expect(await messagesAbout(frontDoor, taken(done[0] as Reply).id)).toHaveLength(1);
  });
});

describe('a push that is malformed', () => {
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['an unknown purpose', { purpose: 'star-gazing' }, ['/purpose']],
    ['a purpose that is never one', { purpose: 'immigration-enforcement' }, ['/purpose']],
    ['an unknown category', { content: { 'star-sign': {} } }, ['/content/star-sign']],
    ['a category that never passes', { content: { 'adoption-link': {} } }, ['/content/adoption-link']],
    ['an unknown leaf', { content: { 'present-concern': { mood: 'low' } } }, ['/content/present-concern/mood']],
    [
      'a value of another type',
      { content: { 'present-concern': { raisedOn: 'yesterday', natureOfConcern: 7 } } },
      ['/content/present-concern/raisedOn', '/content/present-concern/natureOfConcern'],
    ],
    ['an unknown handling', { handling: ['nopat', 'shout-it'] }, ['/handling/1']],
    ['no start', { period: { end: null } }, ['/period/start']],
    ['an end before its start', { period: { start: '2026-11-24', end: '2026-11-23' } }, ['/period/end']],
    ['an unknown role', { officer: { id: 'nnt-211', role: 'wizard' } }, ['/officer/role']],
    ['a mistyped number', { subject: { role: 'child', nhsNumber: '9990000019' } }, ['/subject/nhsNumber']],
    [
      'a home authority that is none',
      { subject: { role: 'child', nhsNumber: '9990000018', homeAuthority: 'hill-gp' } },
      ['/subject/homeAuthority'],
    ],
    [
      'a practice nobody enrolled',
      {
        subject: {
          role: 'child',
          nhsNumber: '9990000018',
          homeAuthority: 'northmoor-council',
          registeredPractice: 'no-such',
        },
      },
      ['/subject/registeredPractice'],
    ],
    ['a flag it never raised', { supersedes: randomUUID() }, ['/supersedes']],
  ])('by %s says where', async (_, changes, pointers) => {
    const reply = await push(nurse, aFlag(changes));

    expect(reply.status).toBe(400);
    expect(errorsOf(reply).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('a push that may not be', () => {
  it('is refused with its reason, on record, in a role the officer does not hold', async () => {
    const reply = await push(nurse, aFlag({ officer: { id: 'nnt-211', role: 'ed-doctor' } }));

    expect(reply.status).toBe(403);
    expect(reply.body).toMatchObject({ reason: 'requester-role-invalid', escalation: { contact: {} } });
    const record = await world.sliceOf('northmoor-nhs-trust', answerOf(reply).disclosureId, 'requester');
    expect(record).toMatchObject({ kind: 'deny', outcome: 'refused', details: { reason: 'requester-role-invalid' } });
  });

  it('is shown as withheld, and not why, where the person objects', async () => {
    const subject = { role: 'child', nhsNumber: '9990001111', homeAuthority: 'northmoor-council' };
    taken(await push(nurse, aFlag({ subject })));
    const objected = await world.client('northmoor-council/nmc-lead-1').post('/v1/objections', {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990001111' }] },
      ground: 'said so',
      officer: 'nmc-lead-1',
    });
    expect(objected.status).toBe(201);
    const flag = taken(await push(nurse, aFlag({ subject })));

    expect(flag.deliveries).toEqual([{ recipient: 'northmoor-council', team: 'nmc-csc', status: 'withheld' }]);
    expect(await messagesAbout(frontDoor, flag.id)).toEqual([]);
  });

  it('gives nobody a category that policy leaves to a person, and its code to nobody who may not have its category', async () => {
    const flag = taken(
      await push(
        nurse,
        aFlag({
          code: { system: 'http://snomed.info/sct', code: '342191000000101' },
          content: {
            'present-concern': { natureOfConcern: 'neglect' },
            'domestic-abuse': {},
            'mental-health': { affectsCareOrSafety: 'yes', service: 'the crisis team' },
          },
        }),
      ),
    );
    const gp = only(await messagesAbout(practice, flag.id));
    const door = only(await messagesAbout(frontDoor, flag.id));

    expect(door.record['mental-health']).toEqual({ affectsCareOrSafety: 'yes' });
    expect(door.flag).toMatchObject({ code: { code: '342191000000101' } });
    expect(gp.record).not.toHaveProperty('mental-health');
    expect(gp.items.map(({ category }) => category)).not.toContain('mental-health');
  });
});

it('a code that no list knows goes on as text, for a person to read', async () => {
  const flag = taken(
    await push(
      nurse,
      aFlag({ code: { system: 'http://snomed.info/sct', code: '999999', text: 'Seen in a car park' } }),
    ),
  );
  const message = only(await messagesAbout(frontDoor, flag.id));

  expect(message.flag).not.toHaveProperty('code');
  expect(message.record['present-concern']?.['account']).toMatch(
    /^Seen in a car park \(http:\/\/snomed\.info\/sct\|999999\)\nThe bruise/,
  );
});

it('a flag that was over when it was pushed is told as one that is', async () => {
  const period = { start: '2026-01-10', end: '2026-02-10' };
  const flag = taken(await push(nurse, aFlag({ period, reviewBy: null })));

  expect(only(await messagesAbout(frontDoor, flag.id)).flag).toMatchObject({ status: 'inactive', period });
  const at = new Date(Date.now() - 1000).toISOString();
  const again = await nurse.post(`/v1/exchanges/flags/${flag.id}/end`, { officer: 'nnt-211', reason: 'over', at });
  expect(again.status).toBe(409);
});

describe('a flag that is ended', () => {
  let flag: FlagAnswer;
  let ended: Reply;
  const at = new Date(Date.now() - 1000).toISOString();
  beforeAll(async () => {
    flag = taken(
      await push(
        nurse,
        aFlag({
          subject: {
            role: 'child',
            nhsNumber: '9990000646',
            homeAuthority: 'northmoor-council',
            registeredPractice: 'hill-gp',
          },
        }),
      ),
    );
    await messagesWithin(visitors, flag.id);
    ended = await nurse.post(`/v1/exchanges/flags/${flag.id}/end`, {
      officer: 'nnt-211',
      reason: 'the enquiry found an accident',
      at,
    });
  });

  it('tells everybody who was told, those its sender may not know of too, and is kept', async () => {
    expect(ended.status).toBe(201);
    expect(answerOf(ended).deliveries.map(({ recipient }) => recipient)).toEqual(['northmoor-council', 'hill-gp']);
    for (const client of [frontDoor, practice, visitors]) {
      const messages = await messagesWithin(client, flag.id, 2);
      expect(messages.map(({ kind }) => kind)).toEqual(['flag', 'flag-ended']);
      expect(messages[1]?.flag).toMatchObject({
        status: 'inactive',
        period: { start: '2026-11-24', end: at.slice(0, 10) },
      });
      expect(messages[1]).toMatchObject({ record: {}, disclosure: null });
    }
  });

  it('tells nobody of the reason in its sender’s words, who have it on record', async () => {
    const messages = await messagesAbout(frontDoor, flag.id);
    expect(JSON.stringify(messages)).not.toContain('found an accident');
    const record = await world.sliceOf('northmoor-nhs-trust', answerOf(ended).disclosureId, 'requester');
    expect(record).toMatchObject({
      kind: 'correct',
      details: { ended: flag.id, reason: 'the enquiry found an accident' },
    });
  });

  it('is ended once, by its sender alone, and not in the future', async () => {
    const body = { officer: 'nnt-211', reason: 'again', at };
    expect((await nurse.post(`/v1/exchanges/flags/${flag.id}/end`, body)).status).toBe(409);
    const other = await frontDoor.post(`/v1/exchanges/flags/${flag.id}/end`, { ...body, officer: 'nmc-sw-1' });
    expect(other.status).toBe(404);
    const { id } = taken(await push(nurse, aFlag()));
    const later = { ...body, at: new Date(Date.now() + 86_400_000).toISOString() };
    expect((await nurse.post(`/v1/exchanges/flags/${id}/end`, later)).status).toBe(400);
  });
});

interface Waiting {
  readonly flag: FlagAnswer;
  readonly copy: FlagMessage;
}

describe('a copy that waits to be sent', () => {
  const recipient = 'northmoor-council';

  async function stands({ flag, copy }: Waiting): Promise<string> {
    const { app } = world.gateway.gateway;
    const { messageId, disclosureId } = copy;
    const parties = ['northmoor-nhs-trust', recipient] as never;
    return app.get(Database, { strict: false }).within({ parties }, (tx) =>
      app.get(DeliveryAuthority, { strict: false }).stands(tx, {
        ...{
          messageId,
          disclosureId,
          kind: 'flag',
          urgency: 'urgent',
          purpose: 'child-mash-triage',
          exchangeId: flag.id,
        },
        ...{ sender: 'northmoor-nhs-trust', recipient, team: 'nmc-csc', madeAt: new Date().toISOString() },
      } as never),
    );
  }
  const pushed = (nhsNumber: string): Promise<FlagAnswer> =>
    push(nurse, aFlag({ subject: { role: 'child', nhsNumber, homeAuthority: recipient } })).then(taken);
  const about = async (nhsNumber: string): Promise<Waiting> => {
    const flag = await pushed(nhsNumber);
    return { flag, copy: only(await messagesAbout(frontDoor, flag.id)) };
  };
  const objectedTo = async (value: string): Promise<void> => {
    const identifiers = [{ system: 'nhs-number', value }];
    const objection = { subject: { identifiers }, ground: 'said so', officer: 'nmc-lead-1' };
    await world.client('northmoor-council/nmc-lead-1').post('/v1/objections', objection);
  };

  it('may go while everything that it rests on stands', async () => {
    expect(await stands(await about('9990001200'))).toBe('stands');
  });

  it('may not once the person has objected', async () => {
    const waiting = await about('9990001219');
    await objectedTo('9990001219');

    expect(await stands(waiting)).toBe('withheld');
  });

  it('is not shown once the person has objected, where nobody was shown it before', async () => {
    const { id } = await pushed('9990001235');
    await objectedTo('9990001235');

    expect(await messagesAbout(frontDoor, id)).toEqual([]);
  });

  it('may not once the role of the officer who pushed it has ended', async () => {
    const waiting = await about('9990001227');
    const path = '/v1/agencies/northmoor-nhs-trust/officers/nnt-211';
    const proposed = await world
      .client('northmoor-nhs-trust/nnt-adm-1')
      .patch(path, { to: new Date().toISOString() }, { idempotencyKey: randomUUID() });
    expect(proposed.status).toBe(202);
    const { id } = proposed.body as { id: string };
    const approved = await world
      .client('northmoor-nhs-trust/nnt-adm-2')
      .post(`${path}/${id}/approval`, { officer: 'nnt-adm-2' });
    expect(approved.status).toBeLessThan(300);

    expect(await stands(waiting)).toBe('withheld');
  });
});
