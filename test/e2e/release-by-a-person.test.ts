import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { ReleaseEscalation } from '../../src/exchange/releases/release-escalation.js';
import { LEFT_OUT } from '../../src/core/redaction/cut-text.js';
import { anAsk, blanked, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { CANARIES, NARRATIVE, ReleaseDesk, recordOf, SENTENCE, type Delivered } from '../support/release-desk.js';

let world: GatewayWorld;
let desk: ReleaseDesk;

beforeAll(async () => {
  world = await gatewayWorld((seed) => ({
    ...seed,
    agencies: seed.agencies.map((agency) =>
      agency.id === 'northmoor-nhs-trust'
        ? {
            ...agency,
            officers: [
              ...agency.officers,
              { id: 'nnt-kin', name: 'Zora Northmoor-Test', role: 'named-nurse', team: 'nnt-acute', story: false },
              { id: 'nnt-case', name: 'Abel Acornley', role: 'named-doctor', team: 'nnt-acute', story: false },
              { id: 'nnt-mind', name: 'Bede Birchall', role: 'named-nurse', team: 'nnt-mh', story: false },
            ],
          }
        : agency,
    ),
    cases: seed.cases.map((one) =>
      one.reference === 'nm-2026-0417'
        ? {
            ...one,
            involvements: [
              ...one.involvements,
              { agency: 'northmoor-nhs-trust', team: 'nnt-acute', officers: ['nnt-case'], role: 'doctor', from: 2 },
            ],
          }
        : one,
    ),
  }));
  desk = new ReleaseDesk(world);
});
afterAll(() => world.close());
beforeEach(() => {
  world.trust.hold(recordOf());
});

const statusOf = async (exchange: string) =>
  (await desk.police.get(`/v1/exchanges/requests/${exchange}`)).body as {
    outcome: string;
    items: Delivered['items'];
    disclosures: readonly string[];
  };

/** What the gateway's own login may read for one agency. */
const rowsOf = async <Row extends object>(agency: string, text: string, values: readonly unknown[] = []) =>
  (await world.database.open('gateway')).within({ parties: [agency as AgencyId] }, (tx) => tx.sql<Row>(text, values));

describe('free text that was asked for', () => {
  it('waits for a person, who is shown it and releases one sentence; the police read that and no more', async () => {
    const { id, exchange } = await desk.waiting();
    const reply = await desk.decide(id, [await desk.sentence(id)]);
    const message = await desk.inboxOf(exchange);

    expect(reply).toMatchObject({ status: 200, body: { outcome: 'partly-released', exchange } });
    expect(message?.record).toEqual({
      'injury-findings': { clinicalNarrative: `${LEFT_OUT}${SENTENCE}${LEFT_OUT}` },
    });
    expect(message).toMatchObject({ kind: 'released', outcome: 'partly-released' });
    expect(message?.items).toMatchObject([
      { category: 'injury-findings', status: 'released', text: 'released' },
      { category: 'protection-plan', status: 'withheld' },
    ]);
  });

  it('is nowhere but before the eyes of the person who decides', async () => {
    world.logged.length = 0;
    const { id, exchange } = await desk.waiting();
    const item = await desk.sentence(id);
    const decided = await desk.decide(id, [item]);
    const listed = await desk.nurse.get('/v1/releases?status=decided');
    const told = [decided.bytes.toString(), listed.bytes.toString(), JSON.stringify(await statusOf(exchange))];
    const message = await desk.inboxOf(exchange);
    const disclosed = (message?.disclosure ?? '')
      .split('~')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join(' ');
    const seen = [...told, ...world.logged, JSON.stringify(message), disclosed].join('\n');

    expect(NARRATIVE).toContain(CANARIES[0]);
    expect(disclosed).toContain(SENTENCE);
    for (const canary of CANARIES) expect(seen).not.toContain(canary);
    const everything = `SELECT t::text AS row FROM gateway.release_case t UNION ALL
      SELECT t::text FROM gateway.inbox_message t UNION ALL SELECT t::text FROM gateway.slice t UNION ALL
      SELECT t::text FROM gateway.idempotency t`;
    const rows = [
      ...(await rowsOf<{ row: string }>('northmoor-nhs-trust', everything)),
      ...(await rowsOf<{ row: string }>('northmoor-police', everything)),
    ];
    expect(rows.length).toBeGreaterThan(10);
    const stored = rows.map(({ row }) => row).join('\n');
    for (const canary of [...CANARIES, SENTENCE]) {
      expect(stored).not.toContain(canary);
      expect(stored).not.toContain(Buffer.from(canary).toString('hex'));
    }
  });

  it('that changes after it was read is not released: 409, and the case stays open', async () => {
    const { id } = await desk.waiting();
    const item = await desk.sentence(id);
    world.trust.hold(recordOf(`${NARRATIVE} CANARY-added.`));

    expect(await desk.decide(id, [item])).toMatchObject({ status: 409 });
    world.trust.hold(recordOf());
    expect(await desk.decide(id, [item])).toMatchObject({ status: 200 });
  });

  it.each([
    ['runs past its end', { start: 0, end: 100_000 }],
    ['is empty', { start: 5, end: 5 }],
  ])('is not released by a segment that %s: 400', async (_what, segment) => {
    const { id } = await desk.waiting();
    const item = (await desk.sentence(id)) as { segments: readonly object[] };

    expect(await desk.decide(id, [{ ...item, segments: [{ ...item.segments[0], ...segment }] }])).toMatchObject({
      status: 400,
    });
  });

  it('is not released by segments that overlap: 400', async () => {
    const { id } = await desk.waiting();
    const item = (await desk.sentence(id)) as { segments: readonly object[] };

    expect(await desk.decide(id, [{ ...item, segments: [item.segments[0], item.segments[0]] }])).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/items/0/segments/1/start' }] },
    });
  });
});

describe('a person’s release', () => {
  it('is a disclosure of its own, which the status of the ask lists and both sides have on record', async () => {
    const asked = await desk.ask();
    const id = await desk.caseOf(asked.body.id);
    const { body } = await desk.decide(id, [await desk.sentence(id)]);
    const { disclosureId, receipt } = body as { disclosureId: string; receipt: string };
    const claims = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString()) as object;
    const found = await world
      .client('northmoor-nhs-trust', 'nnt-ig-1')
      .get(`/v1/disclosures/${disclosureId}`, { headers: { 'x-log-purpose': 'lawfulness' } });

    expect(await statusOf(asked.body.id)).toMatchObject({
      outcome: 'partly-released',
      disclosures: [asked.body.disclosureId, disclosureId],
    });
    expect(claims).toMatchObject({ id: asked.body.id, disclosureId });
    expect(found).toMatchObject({
      status: 200,
      body: {
        records: [
          {
            kind: 'partial',
            about: asked.body.disclosureId,
            details: { officers: ['nnt-300'], choices: [{ reason: 'shows the injury; who rang stays ours' }] },
          },
        ],
        outcomes: [{ outcome: 'sent' }],
      },
    });
  });

  it('may give what policy denies by its silence, for a written reason', async () => {
    const { id, exchange } = await desk.waiting();
    const plan = { category: 'protection-plan', decision: 'minimise', reason: 'the enquiry must know of the plan' };

    expect(await desk.decide(id, [plan])).toMatchObject({ status: 200 });
    expect((await desk.inboxOf(exchange))?.record).toEqual({ 'protection-plan': { planFrom: '2026-06-01' } });
    expect(await desk.decide((await desk.waiting()).id, [{ ...plan, reason: ' ' }])).toMatchObject({ status: 400 });
  });

  it('cannot give what a bar shuts, nor what was not asked for', async () => {
    const { id } = await desk.waiting({ categories: ['injury-findings', 'legally-privileged'] });

    for (const category of ['legally-privileged', 'convictions'])
      expect(await desk.decide(id, [{ category, decision: 'release', reason: 'they asked' }])).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/items/0' }] },
      });
  });

  it('answers a repeat under its key with the same bytes, and another decision with 409', async () => {
    const { id } = await desk.waiting();
    const items = [await desk.sentence(id)];
    const key = 'a-key-for-one-release-0001';
    const first = await desk.decide(id, items, desk.nurse, 'nnt-300', key);
    const again = await desk.decide(id, items, desk.nurse, 'nnt-300', key);

    expect(first.status).toBe(200);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(await desk.decide(id, items)).toMatchObject({ status: 409 });
  });

  it('refuses with a reason, which the police learn as far as they may', async () => {
    const { id, exchange } = await desk.waiting();
    const items = [{ category: 'injury-findings', decision: 'withhold', reason: 'not-relevant-to-purpose' }];
    const refused = await desk.nurse.post(`/v1/releases/${id}/decision`, {
      decision: 'refuse',
      items,
      officer: 'nnt-300',
    });
    const message = await desk.inboxOf(exchange);

    expect(refused).toMatchObject({ status: 200, body: { outcome: 'withheld' } });
    expect(message).toMatchObject({ outcome: 'withheld', record: {}, disclosure: null });
    expect(message?.items[0]).toMatchObject({ status: 'released', text: 'withheld' });
    // What the answer released stays released.
    expect(await statusOf(exchange)).toMatchObject({ outcome: 'partly-released' });
  });

  it('releases nothing while the trust’s system is down, and the case stays open', async () => {
    const { id, exchange } = await desk.waiting();
    const items = [await desk.sentence(id)];
    await world.trust.pause();
    const down = await desk.decide(id, items);
    await world.trust.resume();

    expect(down).toMatchObject({ status: 503 });
    expect(await desk.caseOf(exchange)).toBe(id);
    expect(await desk.inboxOf(exchange)).toBeUndefined();
  });
});

describe('who may decide', () => {
  it.each([
    ['works on the case by name', 'nnt-case', 403],
    ['bears the family’s name', 'nnt-kin', 403],
    ['is of another team', 'nnt-mind', 404],
    ['has not the duty', 'nnt-211', 403],
  ])('not an officer who %s: neither to read the case nor to decide it', async (_who, officer, status) => {
    const { id } = await desk.waiting();
    const client = world.client('northmoor-nhs-trust', officer);

    expect(await client.get(`/v1/releases/${id}`)).toMatchObject({ status });
    expect(await client.post(`/v1/releases/${id}/decision`, { decision: 'refuse', items: [], officer })).toMatchObject({
      status,
    });
  });

  it('nobody of another agency, the requester’s included', async () => {
    const { id } = await desk.waiting();

    expect(await world.client('northmoor-police', 'np-rel-1').get(`/v1/releases/${id}`)).toMatchObject({ status: 404 });
    expect((await world.client('northmoor-police', 'np-rel-1').get('/v1/releases')).body).toEqual({ releases: [] });
  });
});

describe('a protected location', () => {
  const place = { category: 'protected-location', decision: 'release', reason: 'the officer must go there tonight' };
  const asked = { categories: ['injury-findings', 'protected-location'] };

  it('is withheld from the requester, and released by two officers in two signed calls', async () => {
    const answer = await desk.ask(asked);
    const id = await desk.caseOf(answer.body.id);
    const first = await desk.decide(id, [place]);
    const { id: proposal } = first.body as { id: string };
    const path = `/v1/releases/${id}/decision/${proposal}/approval`;

    expect(answer.body.items.find(({ category }) => category === 'protected-location')).toMatchObject({
      status: 'withheld',
    });
    expect(first).toMatchObject({ status: 202, body: { status: 'awaiting-second' } });
    expect(await desk.inboxOf(answer.body.id)).toBeUndefined();
    expect(await desk.nurse.post(path, { officer: 'nnt-300' })).toMatchObject({ status: 403 });
    expect(await desk.second.post(path, { officer: 'nnt-rel-1' })).toMatchObject({ status: 200 });
    expect((await desk.inboxOf(answer.body.id))?.record['protected-location']).toMatchObject({
      kind: 'sensitive-record',
      address: [{ line1: '4 Hidden Lane' }],
    });
    expect(await desk.second.post(path, { officer: 'nnt-rel-1' })).toMatchObject({ status: 409 });
  });

  it('is not released by a second who is kin, nor by a proposal that another has replaced', async () => {
    const { id } = await desk.waiting(asked);
    const { id: replaced } = (await desk.decide(id, [place])).body as { id: string };
    await desk.decide(id, [place]);
    const approval = (proposal: string) => `/v1/releases/${id}/decision/${proposal}/approval`;

    expect(await desk.second.post(approval(replaced), { officer: 'nnt-rel-1' })).toMatchObject({ status: 404 });
    expect(
      await world.client('northmoor-nhs-trust', 'nnt-kin').post(approval(replaced), { officer: 'nnt-kin' }),
    ).toMatchObject({ status: 404 });
  });
});

describe('what changes before a release', () => {
  const record = async (path: string, body: object): Promise<string> => {
    const reply = await world.client('northmoor-council', 'nmc-mgr-1').post(path, {
      subject: { identifiers: [{ system: 'nhs-number', value: '9990000018' }] },
      officer: 'nmc-mgr-1',
      ...body,
    });
    expect(reply.status).toBe(201);
    return (reply.body as { id: string }).id;
  };

  it('stops it where an objection stands, and lets it pass once that is withdrawn and the case is read again', async () => {
    const { id } = await desk.waiting();
    const items = [await desk.sentence(id)];
    const objection = await record('/v1/objections', { ground: 'the parent objects' });
    const stopped = await desk.decide(id, items);
    const { stops, texts } = await desk.read(id);
    await world
      .client('northmoor-council', 'nmc-mgr-1')
      .post(`/v1/objections/${objection}/withdrawal`, { officer: 'nmc-mgr-1' });

    expect(stopped).toMatchObject({ status: 422, body: { stops: [{ check: 'objection-respected' }] } });
    expect(stops).toHaveLength(1);
    expect(texts).toEqual([]);
    expect(await desk.decide(id, items)).toMatchObject({ status: 409 });
    expect(await desk.decide(id, [await desk.sentence(id)])).toMatchObject({ status: 200 });
  });

  it('is shown before it is decided on where it stops nothing: a hold', async () => {
    const { id } = await desk.waiting();
    const items = [await desk.sentence(id)];
    const hold = await record('/v1/holds', { reason: 'the record is disputed' });

    expect(await desk.decide(id, items)).toMatchObject({ status: 409 });
    expect((await desk.read(id)).weighs).toContainEqual(
      expect.objectContaining({ check: 'hold-respected', detail: expect.stringContaining(hold) }),
    );
    expect(await desk.decide(id, [await desk.sentence(id)])).toMatchObject({ status: 200 });
    expect(
      await world.client('northmoor-council', 'nmc-mgr-1').post(`/v1/holds/${hold}/release`, { officer: 'nmc-mgr-1' }),
    ).toMatchObject({ status: 201 });
  });
});

describe('a claim of one’s own', () => {
  it('opens a case alike for a child the agencies know and for one nobody knows', async () => {
    const claim = async (nhsNumber: string, caseReference: string) => {
      const claimed = await world.client('northmoor-police', 'np-5200').post('/v1/involvements', {
        subject: { identifiers: [{ system: 'nhs-number', value: nhsNumber }] },
        ...{ caseReference, process: 'child-s47-enquiry', agency: 'northmoor-police', team: 'np-ppu' },
        ...{ role: 'investigating-officer', from: new Date().toISOString().slice(0, 10) },
      });
      expect(claimed).toMatchObject({ status: 201, body: { status: 'claimed' } });
      const officer = { id: 'np-5200', role: 'police-inspector' };
      return desk.ask({ subject: { role: 'child', nhsNumber }, caseReference, officer }, 'np-5200');
    };
    const known = await claim('9990000018', 'np-claim-1');
    const unknown = await claim('9990000573', 'np-claim-2');
    const rows = await rowsOf<{ categories: string[]; sealed: number }>(
      'northmoor-nhs-trust',
      `SELECT categories, length(sealed) AS sealed FROM gateway.release_case WHERE exchange_id = ANY ($1::uuid[])`,
      [[known.body.id, unknown.body.id]],
    );
    const shown = await desk.read(await desk.caseOf(unknown.body.id));

    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(blanked(unknown.bytes.toString())).toBe(blanked(known.bytes.toString()));
    expect(rows).toHaveLength(2);
    expect(rows[0]?.categories).toEqual(rows[1]?.categories);
    // The trust holds nothing of that number, and says so to its own officer alone.
    expect(shown.proposed.map(({ source }) => source)).toEqual(['not-held', 'not-held']);
  });
});

describe('reading a case', () => {
  it('is a consultation on the custodian’s record, and none of it on the requester’s', async () => {
    const { id, exchange } = await desk.waiting();
    await desk.read(id);
    const look = async (agency: string, officer: string) =>
      (
        (
          await world
            .client(agency, officer)
            .get('/v1/disclosures?kind=consult&officer=nnt-300', { headers: { 'x-log-purpose': 'lawfulness' } })
        ).body as { disclosures: readonly { purpose: string; categories: readonly string[] }[] }
      ).disclosures;

    expect((await look('northmoor-nhs-trust', 'nnt-ig-1'))[0]).toMatchObject({
      purpose: 'child-s47-enquiry',
      categories: expect.arrayContaining(['injury-findings']),
    });
    expect(await look('northmoor-police', 'np-ig-1')).toEqual([]);
    expect((await statusOf(exchange)).disclosures).toHaveLength(1);
  });

  it('asks the trust on behalf of its own officer', async () => {
    const { id } = await desk.waiting();
    const before = world.trust.asked.length;
    await desk.read(id);
    const [asked] = world.trust.asked.slice(before);
    const claims = JSON.parse(Buffer.from(asked?.onBehalfOf?.split('.')[1] ?? '', 'base64url').toString()) as object;

    expect(claims).toMatchObject({ requester: 'northmoor-nhs-trust', officer: 'nnt-300' });
  });
});

describe('the inbox', () => {
  const delivered = async () => {
    const { id, exchange } = await desk.waiting();
    await desk.decide(id, [await desk.sentence(id)]);
    const message = await desk.inboxOf(exchange);
    if (message === undefined) throw new Error('nothing was delivered');
    return { message, exchange };
  };
  const acknowledge = (messageId: string, officer = 'np-4471') =>
    world
      .client('northmoor-police', officer)
      .post(`/v1/inbox/${messageId}/acknowledgement`, { officer, action: 'taken-on' });

  it('keeps a message until one of the team acknowledges it; then its content is gone and the log stays', async () => {
    const { message, exchange } = await delivered();

    expect(await acknowledge(message.messageId)).toMatchObject({ status: 201, body: { action: 'taken-on' } });
    expect(await desk.inboxOf(exchange)).toBeUndefined();
    expect(await acknowledge(message.messageId)).toMatchObject({ status: 409 });
    const [row] = await rowsOf<{ sealed: Buffer | null; keys: number }>(
      'northmoor-police',
      `SELECT m.sealed, (SELECT count(*)::int FROM gateway.entry_key k WHERE k.entry = m.id) AS keys
       FROM gateway.inbox_message m WHERE m.id = $1`,
      [message.messageId],
    );
    expect(row).toEqual({ sealed: null, keys: 0 });
    expect((await statusOf(exchange)).disclosures).toContain(message.disclosureId);
    const acks = (
      await world
        .client('northmoor-nhs-trust', 'nnt-ig-1')
        .get('/v1/disclosures?kind=ack', { headers: { 'x-log-purpose': 'lawfulness' } })
    ).body as { disclosures: readonly object[] };
    expect(acks.disclosures[0]).toMatchObject({ counterpart: 'northmoor-police', kind: 'ack' });
  });

  it('is the team’s: another team and another agency see nothing of it', async () => {
    const { message, exchange } = await delivered();

    expect(await desk.inboxOf(exchange, world.client('northmoor-police', 'np-6001'))).toBeUndefined();
    expect(await acknowledge(message.messageId, 'np-6001')).toMatchObject({ status: 404 });
    expect(await desk.inboxOf(exchange, world.client('northmoor-council', 'nmc-sw-1'))).toBeUndefined();
  });

  it('is read a page at a time', async () => {
    await delivered();
    await delivered();
    const first = (await desk.police.get('/v1/inbox?limit=1')).body as { messages: Delivered[]; next: string };
    const second = (await desk.police.get(`/v1/inbox?limit=1&cursor=${first.next}`)).body as { messages: Delivered[] };

    expect(first.messages).toHaveLength(1);
    expect(second.messages[0]?.messageId).not.toBe(first.messages[0]?.messageId);
  });
});

describe('two gateways', () => {
  it('decide one case at once: one release, one message', async () => {
    const other = await world.another();
    const { id, exchange } = await desk.waiting();
    const items = [await desk.sentence(id)];
    const rival = world.clientOf(other, 'northmoor-nhs-trust', 'nnt-rel-1');
    const replies = await Promise.all([desk.decide(id, items), desk.decide(id, items, rival, 'nnt-rel-1')]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [{ n } = { n: 0 }] = await rowsOf<{ n: number }>(
      'northmoor-police',
      'SELECT count(*)::int AS n FROM gateway.inbox_message WHERE exchange_id = $1',
      [exchange],
    );
    expect(n).toBe(1);
  });

  it('a retry under the key through the other finds the answer of one that died after its commit', async () => {
    const other = await world.another();
    const { id } = await desk.waiting();
    const items = [await desk.sentence(id)];
    const key = 'a-key-that-outlives-its-gateway';
    const first = await desk.decide(id, items, desk.nurse, 'nnt-300', key);
    const retry = await desk.decide(id, items, world.clientOf(other, 'northmoor-nhs-trust', 'nnt-300'), 'nnt-300', key);

    expect(retry.bytes.equals(first.bytes)).toBe(true);
  });
});

describe('cases past their time', () => {
  it('are listed as overdue and counted', async () => {
    const { id } = await desk.waiting();
    await world.database.asSuperuser(
      `UPDATE gateway.release_case SET due_at = now() - interval '1 hour' WHERE id = '${id}'`,
    );
    const { releases } = (await desk.nurse.get('/v1/releases?status=overdue')).body as {
      releases: readonly { id: string; status: string }[];
    };
    const measures = await (await fetch(`${world.publicUrl}/metrics`)).text();

    expect(releases.map((one) => one.id)).toContain(id);
    expect(releases.every(({ status }) => status === 'overdue')).toBe(true);
    expect(Number(/^gateway_releases_overdue (\d+)$/m.exec(measures)?.[1])).toBeGreaterThan(0);
  });
});

describe('a case that nobody decided in time', () => {
  it('is brought once before the alternate contact and the data protection officer, and says so in the queue', async () => {
    const { id, exchange } = await desk.waiting();
    await world.database.asSuperuser(
      `UPDATE gateway.release_case SET due_at = now() - interval '1 minute' WHERE id = '${id}'`,
    );
    const escalation = world.gateway.app.get(ReleaseEscalation, { strict: false });
    await Promise.all([escalation.sweep(), escalation.sweep()]);
    await escalation.sweep();
    const { releases } = (await desk.nurse.get('/v1/releases?status=overdue&limit=200')).body as {
      releases: readonly { id: string; escalatedAt?: string }[];
    };
    const governance = world.client('northmoor-nhs-trust', 'nnt-ig-1');
    const { alerts } = (await governance.get('/v1/alerts?limit=200')).body as {
      alerts: readonly { kind: string; disclosureId: string; addressed: readonly string[]; rules: readonly string[] }[];
    };
    const { disclosures } = await statusOf(exchange);
    const raised = alerts.filter(
      ({ kind, disclosureId }) => kind === 'release-overdue' && disclosures.includes(disclosureId),
    );
    const measures = await (await fetch(`${world.publicUrl}/metrics`)).text();

    expect(releases.find((one) => one.id === id)).toMatchObject({ escalatedAt: expect.any(String) as string });
    expect(raised).toMatchObject([
      {
        counterpart: 'northmoor-police',
        rules: ['urgent'],
        addressed: [expect.any(String), 'data-protection-officer'],
      },
    ]);
    expect(measures).toMatch(/^gateway_alerts_total\{kind="release-overdue"\} [1-9]/m);
    // It is open still, and is decided as any other.
    expect(await desk.decide(id, [await desk.sentence(id)])).toMatchObject({ status: 200 });
  });
});

describe('what an emergency leaves to a person', () => {
  it('is released while nobody has reviewed the override, though its officer may use no other', async () => {
    const emergency = {
      purpose: 'child-emergency-protection',
      caseReference: 'np-2026-0301',
      urgency: 'emergency',
      officer: { id: 'np-4471', role: 'police-ppu-officer' },
      function: { power: 'ca04-s11', text: 'attendance at the address' },
      emergency: {
        reason: 'immediate-risk-to-life',
        text: 'an unseen child behind a locked door; nobody answers at the trust',
        categories: ['injury-findings'],
      },
    };
    const { id, exchange } = await desk.waiting(emergency);
    const other = await desk.ask({
      ...emergency,
      caseReference: 'np-2026-0302',
      subject: { role: 'child', nhsNumber: '9990000085' },
    });
    const released = await desk.decide(id, [await desk.sentence(id)]);

    expect(other).toMatchObject({ status: 403, body: { reason: 'override-unreviewed' } });
    expect(released).toMatchObject({ status: 200 });
    expect(await desk.inboxOf(exchange)).toMatchObject({
      record: { 'injury-findings': { clinicalNarrative: expect.stringContaining(SENTENCE) as string } },
    });
  });
});

describe('the facts of a person’s decision', () => {
  it('are kept as those of any other', async () => {
    const { id } = await desk.waiting();
    const { disclosureId } = (await desk.decide(id, [await desk.sentence(id)])).body as { disclosureId: string };
    const kept = await rowsOf<{ disclosure_id: string }>(
      'northmoor-nhs-trust',
      'SELECT disclosure_id FROM gateway.decision_facts WHERE agency = $1 AND disclosure_id = $2',
      ['northmoor-nhs-trust', disclosureId],
    );

    expect(kept).toHaveLength(1);
  });
});

describe('a retry of the ask', () => {
  it('leaves one case, about its latest answer', async () => {
    const key = 'a-key-for-an-ask-that-waits';
    const body = anAsk({ categories: ['injury-findings'], questions: [], textFor: ['injury-findings'] });
    const first = (await desk.police.post('/v1/exchanges/requests', body, { idempotencyKey: key })).body as AskAnswer;
    const second = (await desk.police.post('/v1/exchanges/requests', body, { idempotencyKey: key })).body as AskAnswer;
    const rows = await rowsOf<{ disclosure_id: string }>(
      'northmoor-nhs-trust',
      'SELECT disclosure_id FROM gateway.release_case WHERE exchange_id = $1',
      [first.id],
    );

    expect(rows).toEqual([{ disclosure_id: second.disclosureId }]);
  });
});
