import { setTimeout as pause } from 'node:timers/promises';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { WithdrawalSweep } from '../../src/exchange/inbox/withdrawal-sweep.js';
import { Database } from '../../src/platform/database/database.js';
import type { Reply } from '../support/agency-client.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { changesOfAuthority } from '../support/changes-of-authority.js';
import { raceWorld, type RaceWorld, type Trial } from '../support/race-world.js';
import { ReleaseDesk, recordOf, SENTENCE, type Delivered } from '../support/release-desk.js';

const TRUST = 'northmoor-nhs-trust';
const COUNCIL = 'northmoor-council';

let race: RaceWorld;
let desk: ReleaseDesk;
beforeAll(async () => {
  race = await raceWorld();
  // In the background nothing is ended unless a test asks for it.
  for (const { app } of [race.world.gateway, race.asking, race.changing])
    await app.get(WithdrawalSweep, { strict: false }).onApplicationShutdown();
  desk = new ReleaseDesk(race.world);
});
afterAll(() => race.close());
afterEach(() => {
  for (const wire of [race.askingWire, race.changingWire]) letPass(wire);
});

function letPass(wire: RaceWorld['askingWire']): void {
  wire.commits = 'pass';
  wire.release();
}

/** A consent to the force's enquiry about its child, as the council obtained it. */
async function consentTo(
  { child, force }: Trial,
  scope: readonly string[] = ['injury-findings'],
  recipient = force,
): Promise<string> {
  const reply = await race.world.client(COUNCIL, 'nmc-mgr-1').post('/v1/consents', {
    subject: child,
    scope,
    recipients: [recipient],
    purpose: 'child-s47-enquiry',
    obtained: { by: 'nmc-mgr-1', on: new Date().toISOString().slice(0, 10), how: 'agreed at home' },
  });
  expect(reply.status).toBe(201);
  return (reply.body as { id: string }).id;
}

const withdraw = (consent: string): Promise<Reply> =>
  race.client(COUNCIL, 'nmc-mgr-1').post(`/v1/consents/${consent}/withdrawal`, { officer: 'nmc-mgr-1', note: 'rang' });

const sweep = (): Promise<unknown> =>
  Promise.all([race.world.gateway, race.asking].map(({ app }) => app.get(WithdrawalSweep, { strict: false }).sweep()));

interface Released {
  readonly exchange: string;
  readonly disclosureId: string;
  readonly trial: Trial;
}

/** A release of one sentence about the force's child, which nobody of the force has read yet. */
async function released(trial: Trial): Promise<Released> {
  const nhsNumber = trial.child.identifiers[0]?.value ?? '';
  race.world.trust.hold(JSON.parse(JSON.stringify(recordOf()).replaceAll('9990000018', nhsNumber)) as never);
  const asked = await trial.client(trial.officer).post(
    '/v1/exchanges/requests',
    anAsk({
      subject: { role: 'child', nhsNumber },
      caseReference: trial.force.replace('force', 'race'),
      officer: { id: trial.officer, role: 'police-ppu-officer' },
      categories: ['injury-findings', 'protection-plan'],
      questions: [],
      textFor: ['injury-findings'],
    }),
  );
  const { id: exchange } = asked.body as AskAnswer;
  const id = await desk.caseOf(exchange);
  const decided = await desk.decide(id, [await desk.sentence(id)]);
  expect(decided).toMatchObject({ status: 200 });
  await leftToInbox(trial, exchange);
  return { trial, exchange, disclosureId: (decided.body as { disclosureId: string }).disclosureId };
}

/** Waits until it was found that the force has no system to send to: that holds its anchor as well, and is not what is tried. */
async function leftToInbox({ force }: Trial, exchange: string): Promise<void> {
  const look = (): Promise<readonly object[]> =>
    race.world.gateway.app
      .get(Database)
      .within({ parties: [force as AgencyId] }, (tx) =>
        tx.sql(`SELECT FROM gateway.delivery WHERE exchange_id = $1 AND route IS NULL`, [exchange]),
      );
  while ((await look()).length > 0) await pause(20);
}

const inboxOf = ({ trial }: Released): Promise<Reply> =>
  trial.client(trial.officer, race.asking).get('/v1/inbox?limit=100');

const shownIn = (reply: Reply): readonly Delivered[] => {
  expect(reply.status).toBe(200);
  return (reply.body as { messages: readonly Delivered[] }).messages;
};
const shown = async (message: Released): Promise<readonly Delivered[]> => shownIn(await inboxOf(message));

const said = [
  { record: { 'injury-findings': { clinicalNarrative: expect.stringContaining(SENTENCE) as string } } },
] as const;

async function rowOf({ trial: { force }, exchange }: Released) {
  const [row] = await race.world.gateway.app.get(Database).within({ parties: [force as AgencyId] }, (tx) =>
    tx.sql<{ id: string; because: string | null; content: boolean; basis: boolean; keys: number; consents: string[] }>(
      `SELECT m.id, m.ended_because AS because, m.sealed IS NOT NULL AS content, m.rests_on IS NOT NULL AS basis, m.consents,
         (SELECT count(*)::int FROM gateway.entry_key k WHERE k.entry = m.id) AS keys
       FROM gateway.inbox_message m WHERE m.exchange_id = $1`,
      [exchange],
    ),
  );
  if (row === undefined) throw new Error('nothing was delivered');
  return row;
}

/** Each side's records of what became of the message, as the two have them on record. */
async function stoppedIn({ trial: { force }, disclosureId }: Released) {
  const slices = await race.world.gateway.app
    .get(Database)
    .within({ parties: [force as AgencyId, TRUST as AgencyId] }, (tx) =>
      tx.sql<{ side: string; kind: string; outcome: string; disclosure: string; officer: Buffer | null }>(
        `SELECT side, kind, outcome, disclosure_id AS disclosure, officer_ref AS officer FROM gateway.slice
       WHERE about = $1 AND kind = 'deny' ORDER BY side`,
        [disclosureId],
      ),
    );
  return slices;
}

interface Slice {
  readonly outcome: string;
  readonly about: string;
  readonly details: {
    readonly withheldUnseen: object;
    readonly because: readonly { readonly check: string; readonly detail: string }[];
  };
}

/** What the trust's information governance reads of one disclosure. */
async function trustsRecordOf(disclosureId: string) {
  const reply = await race.world
    .client(TRUST, 'nnt-ig-1')
    .get(`/v1/disclosures/${disclosureId}`, { headers: { 'x-log-purpose': 'lawfulness' } });
  expect(reply.status).toBe(200);
  const { records, outcomes } = reply.body as { records: readonly [Slice]; outcomes: readonly { outcome: string }[] };
  return { ...records[0], outcomes: outcomes.map(({ outcome }) => outcome) };
}

/** What an agency's information governance reads of each change of its own. */
async function administeredBy(agency: string, officer: string): Promise<readonly string[]> {
  const client = race.world.client(agency, officer);
  const look = { headers: { 'x-log-purpose': 'lawfulness' } };
  const listed = await client.get('/v1/disclosures?kind=administer&limit=200', look);
  expect(listed.status).toBe(200);
  const { disclosures } = listed.body as { disclosures: readonly { id: string }[] };
  const records: string[] = [];
  for (const { id } of disclosures) records.push((await client.get(`/v1/disclosures/${id}`, look)).bytes.toString());
  return records;
}

const statusOf = async ({ trial, exchange }: Released) =>
  (await trial.client(trial.officer).get(`/v1/exchanges/requests/${exchange}`)).body as {
    outcome: string;
    items: Delivered['items'];
    disclosures: readonly string[];
  };

describe('6-6: a message that nobody was shown, once the consent behind it is withdrawn', () => {
  it('is not shown; its content is gone, and both parties have it on record, the trust with the reason', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    const before = await rowOf(message);
    expect((await withdraw(consent)).status).toBe(201);

    expect(before).toMatchObject({ because: null, content: true, basis: true, keys: 1, consents: [consent] });
    expect(await shown(message)).toEqual([]);
    expect(await rowOf(message)).toMatchObject({ because: 'withheld', content: false, basis: false, keys: 0 });
    const [custodians, recipients] = await stoppedIn(message);
    expect([custodians, recipients]).toMatchObject([
      { side: 'custodian', outcome: 'withheld', officer: null },
      { side: 'requester', outcome: 'withheld', officer: null },
    ]);
    const { disclosureId } = message;
    expect(await trustsRecordOf(custodians?.disclosure ?? '')).toMatchObject({
      outcome: 'withheld',
      about: disclosureId,
      details: {
        withheldUnseen: { messageId: before.id, disclosureId },
        because: [{ check: 'consent-standing', detail: expect.stringContaining(consent) as string }],
      },
    });
    expect((await trustsRecordOf(disclosureId)).outcomes).toEqual(['sent', 'not_sent']);
  });

  it('the force learns that it was withheld and not why; what the answer gave stays given', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    const { id } = await rowOf(message);
    await withdraw(consent);
    await shown(message);
    const { disclosures, ...status } = await statusOf(message);
    const told = await trial
      .client(trial.officer)
      .post(`/v1/inbox/${id}/acknowledgement`, { officer: trial.officer, action: 'read' });

    expect(status).toEqual({
      id: message.exchange,
      outcome: 'partly-released',
      items: [
        expect.objectContaining({ category: 'injury-findings', status: 'released', text: 'withheld' }),
        expect.objectContaining({ category: 'protection-plan', status: 'withheld' }),
      ],
    });
    expect(disclosures).toHaveLength(3);
    expect(told).toMatchObject({ status: 409, body: { detail: expect.stringContaining('withheld') as string } });
    for (const bytes of [JSON.stringify(status), told.bytes.toString()])
      expect(bytes).not.toMatch(/consent|mother|ear/i);
  });

  it('is ended though nobody looks, once however many gateways look for it; the council has the effect on record', async () => {
    const [trial, other] = [await race.trial(), await race.trial()];
    const consent = await consentTo(trial);
    const message = await released(trial);
    const untouched = await released(other);
    await withdraw(consent);
    await sweep();

    expect(await rowOf(message)).toMatchObject({ because: 'withheld', content: false, keys: 0 });
    expect(await stoppedIn(message)).toHaveLength(2);
    expect(await rowOf(untouched)).toMatchObject({ because: null, content: true });
    const records = await administeredBy(COUNCIL, 'nmc-ig-1');
    const ofIt = records.filter((record) => record.includes(consent));
    expect(ofIt).toHaveLength(1);
    expect(ofIt[0]).toContain('{"effect":"withheld","on":"messages-nobody-was-shown"}');
    // Whose message ended is not the council's to know.
    expect(ofIt[0]).not.toContain(TRUST);
  });

  it('stands while another consent covers it, and rests on that one alone from then on', async () => {
    const trial = await race.trial();
    const [first, second] = [await consentTo(trial), await consentTo(trial)];
    const message = await released(trial);
    expect(await rowOf(message)).toMatchObject({ consents: expect.arrayContaining([first, second]) as string[] });
    await withdraw(first);
    await sweep();

    expect(await rowOf(message)).toMatchObject({ because: null, content: true, basis: true, consents: [second] });
    await withdraw(second);
    expect(await shown(message)).toEqual([]);
  });

  it.each([
    ['of another category', ['health-summary'], undefined],
    ['for another recipient', ['injury-findings'], 'hill-gp'],
  ])('is untouched by that of a consent %s: it rests on statute', async (_which, scope, recipient) => {
    const trial = await race.trial();
    const consent = await consentTo(trial, scope, recipient);
    const message = await released(trial);
    await withdraw(consent);
    await sweep();

    expect(await rowOf(message)).toMatchObject({ because: null, consents: [] });
    expect(await shown(message)).toMatchObject(said);
  });

  it('stands where the person who released it knew that the consent was gone', async () => {
    const trial = await race.trial();
    await withdraw(await consentTo(trial));
    const message = await released(trial);

    expect(await shown(message)).toMatchObject(said);
  });

  it('that somebody was shown is a disclosure of the past, and is not recalled', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    expect(await shown(message)).toMatchObject(said);
    await withdraw(consent);
    await sweep();

    expect(await rowOf(message)).toMatchObject({ because: null, content: true, basis: false });
    expect(await shown(message)).toMatchObject(said);
    expect(await stoppedIn(message)).toEqual([]);
  });

  it('and a refusal is shown, for it discloses nothing', async () => {
    const trial = await race.trial();
    const nhsNumber = trial.child.identifiers[0]?.value ?? '';
    const consent = await consentTo(trial);
    const asked = await trial.client(trial.officer).post(
      '/v1/exchanges/requests',
      anAsk({
        subject: { role: 'child', nhsNumber },
        caseReference: trial.force.replace('force', 'race'),
        officer: { id: trial.officer, role: 'police-ppu-officer' },
        categories: ['injury-findings'],
        questions: [],
        textFor: ['injury-findings'],
      }),
    );
    const { id: exchange } = asked.body as AskAnswer;
    const refusal = { decision: 'refuse', items: [], officer: 'nnt-300' };
    expect(await desk.nurse.post(`/v1/releases/${await desk.caseOf(exchange)}/decision`, refusal)).toMatchObject({
      status: 200,
    });
    await withdraw(consent);

    expect(await shown({ trial, exchange, disclosureId: '' })).toMatchObject([{ outcome: 'withheld', record: {} }]);
  });
});

describe('the jobs’ login', () => {
  it('sees the ids of an unread message that a consent stands behind, nothing in it, and no other message', async () => {
    const [trial, other] = [await race.trial(), await race.trial()];
    await consentTo(trial);
    const message = await released(trial);
    const [onConsent, onStatute] = [await rowOf(message), await rowOf(await released(other))];
    const jobs = await race.world.database.open('jobs');
    const seen = await jobs.outside((tx) =>
      tx.sql<{ id: string }>('SELECT id FROM gateway.inbox_message WHERE id = ANY ($1)', [
        [onConsent.id, onStatute.id],
      ]),
    );

    expect(seen).toEqual([{ id: onConsent.id }]);
    for (const column of ['sealed', 'rests_on', 'team', 'disclosure_id'])
      await expect(jobs.outside((tx) => tx.sql(`SELECT ${column} FROM gateway.inbox_message`))).rejects.toMatchObject({
        code: '42501',
      });
    // It decides nothing: what it may end is what is too old.
    const ending = `UPDATE gateway.inbox_message SET sealed = NULL, ended_at = now(), ended_because = 'withheld' WHERE id = $1`;
    await jobs.outside((tx) => tx.sql(ending, [onConsent.id]));
    expect(await rowOf(message)).toMatchObject({ because: null, content: true });
  });
});

describe('a message that the recipient’s own system has taken', () => {
  it('was disclosed: a withdrawal that comes after it ends nothing, and it is still to be read', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    await race.world.gateway.app.get(Database).within({ parties: [trial.force as AgencyId] }, (tx) =>
      tx.sql(
        `UPDATE gateway.delivery SET state = 'delivered', route = 'system', delivered_at = now(), due_at = NULL
           WHERE exchange_id = $1`,
        [message.exchange],
      ),
    );
    expect((await withdraw(consent)).status).toBe(201);
    await sweep();

    expect(await stoppedIn(message)).toEqual([]);
    expect(await shown(message)).toMatchObject(said);
  });
});

describe('a withdrawal against the first reading: the order of commits decides', () => {
  it('a reading waits for a withdrawal whose commit is under way, and obeys it', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    const withdrawn = withdraw(consent);
    await race.heldCommit(race.changingWire, 'alone', withdrawn);
    let isAnswered = false;
    const reading = inboxOf(message).finally(() => (isAnswered = true));
    await race.awaited('shared', reading);

    expect(isAnswered).toBe(false);
    letPass(race.changingWire);
    expect((await withdrawn).status).toBe(201);
    expect(shownIn(await reading)).toEqual([]);
    expect(await rowOf(message)).toMatchObject({ because: 'withheld' });
  });

  it('a withdrawal waits for a reading that is being committed, and comes after it', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    const reading = inboxOf(message);
    await race.heldCommit(race.askingWire, 'shared', reading);
    let isWithdrawn = false;
    const withdrawn = withdraw(consent).finally(() => (isWithdrawn = true));
    await race.awaited('alone', withdrawn);

    expect(isWithdrawn).toBe(false);
    letPass(race.askingWire);
    expect(shownIn(await reading)).toMatchObject(said);
    expect((await withdrawn).status).toBe(201);
    await sweep();
    expect(await stoppedIn(message)).toEqual([]);
    expect(await shown(message)).toMatchObject(said);
  });

  it('of two who look at once after it, and a sweep, one ends the message', async () => {
    const trial = await race.trial();
    const consent = await consentTo(trial);
    const message = await released(trial);
    await withdraw(consent);
    const first = inboxOf(message);
    await race.heldCommit(race.askingWire, 'shared', first);
    let isAnswered = false;
    const second = trial
      .client(trial.officer)
      .get('/v1/inbox?limit=100')
      .finally(() => (isAnswered = true));
    const swept = race.world.gateway.app.get(WithdrawalSweep, { strict: false }).sweep();
    // Long enough for either to have put an end of its own on record, were it not kept waiting.
    await pause(1_500);

    expect(isAnswered).toBe(false);
    letPass(race.askingWire);
    expect(shownIn(await first)).toEqual([]);
    expect(shownIn(await second)).toEqual([]);
    await swept;
    expect(await stoppedIn(message)).toHaveLength(2);
  });
});

describe('whatever else a release rests on is read again before it is first shown', () => {
  const others = changesOfAuthority.filter(({ table }) => table !== 'consent_withdrawal');

  it.each(others.map((kind) => [kind.name, kind] as const))('%s', async (_name, kind) => {
    const trial = await race.trial();
    const message = await released(trial);
    // A system keeps its token, also when its key is revoked meanwhile.
    const client = trial.client(trial.officer, race.asking);
    await client.get(`/v1/exchanges/requests/${message.exchange}`);
    const change = await kind.prepare(race, trial);
    await change();
    const reply = await client.get('/v1/inbox?limit=100').finally(() => kind.undo?.(race));
    const isUntouched = 'without' in kind.obeyed && !kind.obeyed.without.includes('injury-findings');

    if (isUntouched) {
      expect(shownIn(reply)).toMatchObject(said);
      return;
    }
    expect(reply.bytes.toString()).not.toContain(SENTENCE);
    // Some keep the force from even calling, or the gateway from deciding; then the message waits as it was.
    if (reply.status !== 200) {
      expect([401, 403, 503]).toContain(reply.status);
      expect(await rowOf(message)).toMatchObject({ because: null, content: true, basis: true });
      return;
    }
    expect(await rowOf(message)).toMatchObject({ because: 'withheld', content: false });
    const [custodians] = await stoppedIn(message);
    const { details } = await trustsRecordOf(custodians?.disclosure ?? '');
    expect(details.because.map(({ check }) => check)).toContain(kind.finding);
  });

  it('and what is not there to decide by denies', async () => {
    const message = await released(await race.trial());
    const { id } = await rowOf(message);
    await race.world.database.asSuperuser(
      `UPDATE gateway.inbox_message SET rests_on = NULL, rests_on_key = NULL WHERE id = '${id}'`,
    );

    expect(await shown(message)).toEqual([]);
    expect(await rowOf(message)).toMatchObject({ because: 'withheld', content: false });
    expect(await stoppedIn(message)).toMatchObject([{ outcome: 'withheld' }, { outcome: 'withheld' }]);
  });
});
