import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { Database } from '../../src/platform/database/database.js';
import type { Reply } from '../support/agency-client.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { changesOfAuthority, type ChangeOfAuthority, type Obeyed } from '../support/changes-of-authority.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { raceWorld, type RaceWorld, type Trial } from '../support/race-world.js';

const TRUST = 'northmoor-nhs-trust';
/** What the trust's record says in each category and nothing else of an answer does. */
const SAID = {
  'core-identity': 'Northmoor-Test',
  'injury-findings': 'Contusion',
  household: 'mother',
  'health-summary': 'Traumatic injury',
  'professionals-involved': 'Named nurse',
} as const;

describe('I9: whatever a release rests on is read again, under lock, in the transaction that commits it', () => {
  let race: RaceWorld;
  beforeAll(async () => {
    race = await raceWorld();
  });
  afterAll(() => race.close());

  describe.each(changesOfAuthority)('$name', (kind) => {
    let trial: Trial;
    let change: () => Promise<void>;
    let isUndone: boolean;
    const undo = async (): Promise<void> => {
      if (isUndone) return;
      isUndone = true;
      await kind.undo?.(race);
    };
    beforeEach(async () => {
      isUndone = false;
      trial = await race.trial();
      change = await kind.prepare(race, trial);
      await race.order.beginAnew();
    });
    afterEach(async () => {
      for (const wire of [race.askingWire, race.changingWire]) {
        wire.commits = 'pass';
        wire.release();
      }
      race.source.release();
      await undo();
    });

    it('is obeyed when it is committed while the custodian’s system holds its answer', async () => {
      const ask = await trial.ask();
      race.source.hold();
      const answer = ask();
      await race.source.answered();
      await change();
      race.source.release();
      const reply = await answer;

      expectObeyed(reply, kind.obeyed);
      await expectOrder(reply, kind, ['change', 'entry']);
      expectObeyed(await (await trial.ask())(), kind.next ?? kind.obeyed);
      // A custodian that is suspended cannot look at its records until it is not.
      await undo();
      await expectRecorded(reply, kind, trial);
    });

    it('is waited for, and obeyed, when its commit is under way', async () => {
      const ask = await trial.ask();
      const changed = change();
      await race.heldCommit(race.changingWire, 'alone', changed);
      let isAnswered = false;
      const answer = ask().finally(() => (isAnswered = true));
      await race.awaited('shared', answer);

      expect(isAnswered).toBe(false);
      expect(race.order.heard).toEqual([]);
      letPass(race.changingWire);
      await changed;
      const reply = await answer;
      expectObeyed(reply, kind.obeyed);
      await expectOrder(reply, kind, ['change', 'entry']);
      await undo();
      await expectRecorded(reply, kind, trial);
    });

    it('waits for a release that is being committed, and comes after it', async () => {
      const ask = await trial.ask();
      const answer = ask();
      await race.heldCommit(race.askingWire, 'shared', answer);
      let isChanged = false;
      const changed = change().finally(() => (isChanged = true));
      await race.awaited('alone', changed);

      expect(isChanged).toBe(false);
      expect(race.order.heard).toEqual([]);
      letPass(race.askingWire);
      const reply = await answer;
      await changed;
      expect(reply).toMatchObject({ status: 200, body: { outcome: 'partly-released' } });
      expect(contentOf(reply)).toEqual(Object.keys(SAID));
      await expectOrder(reply, kind, ['entry', 'change']);
      expectObeyed(await (await trial.ask())(), kind.next ?? kind.obeyed);
    });
  });

  it('a release holds policy, both agencies and the person, and nothing else', async () => {
    const trial = await race.trial();
    const answer = (await trial.ask())();
    await race.heldCommit(race.askingWire, 'shared', answer);
    const locks = await race.locks();
    letPass(race.askingWire);

    expect((await answer).status).toBe(200);
    expect(locks.map(({ anchor }) => anchor.replace(/^subject:.*/, 'subject')).sort()).toEqual([
      `agency:${trial.force}`,
      `agency:${TRUST}`,
      'policy:published',
      'subject',
    ]);
  });

  function letPass(wire: RaceWorld['askingWire']): void {
    wire.commits = 'pass';
    wire.release();
  }

  /** In which order the server committed the change and, where there is one, the record of the answer. */
  async function expectOrder(
    reply: Reply,
    { table }: ChangeOfAuthority,
    expected: readonly ('change' | 'entry')[],
  ): Promise<void> {
    const { disclosureId } = reply.body as Partial<AskAnswer>;
    const names = { change: `change ${table}`, entry: `entry ${disclosureId ?? ''}` };
    const wanted = expected.map((which) => names[which]).filter((name) => name !== 'entry ');
    await race.order.until(...wanted);
    expect(race.order.heard.filter((name) => wanted.includes(name))).toEqual(wanted);
  }

  /** Both parties' records have the outcome, and the custodian's the reason. */
  async function expectRecorded(reply: Reply, { obeyed, finding }: ChangeOfAuthority, trial: Trial): Promise<void> {
    if (finding === undefined || 'problem' in obeyed) return;
    const { disclosureId } = reply.body as AskAnswer;
    const slices = await race.world.gateway.app
      .get(Database)
      .within({ parties: [trial.force as AgencyId, TRUST as AgencyId] }, (tx) =>
        tx.sql<{ side: string; outcome: string }>(
          'SELECT side, outcome FROM gateway.slice WHERE disclosure_id = $1 ORDER BY side',
          [disclosureId],
        ),
      );
    const outcome = outcomeOf(obeyed);
    expect(slices).toEqual([
      { side: 'custodian', outcome },
      { side: 'requester', outcome },
    ]);
    const looked = await race
      .client(TRUST, 'nnt-ig-1')
      .get(`/v1/disclosures/${disclosureId}`, { headers: { 'x-log-purpose': 'lawfulness' } });
    expect(looked.status).toBe(200);
    const { records } = looked.body as { records: [{ details: { decision: { findings: object[] } } }] };
    expect(records[0].details.decision.findings).toContainEqual(
      expect.objectContaining({ check: finding, outcome: expect.stringMatching(/^(shut|person)$/) }),
    );
  }
});

function outcomeOf(obeyed: Exclude<Obeyed, { readonly problem: string }>): string {
  if ('refused' in obeyed) return 'refused';
  return 'leftToPerson' in obeyed ? 'awaiting-release' : 'partly-released';
}

function expectObeyed(reply: Reply, obeyed: Obeyed): void {
  if ('refused' in obeyed) {
    expect(reply).toMatchObject({ status: 403, body: { reason: obeyed.refused } });
    expect(contentOf(reply)).toEqual([]);
  } else if ('leftToPerson' in obeyed) {
    expect(reply).toMatchObject({ status: 202, body: { outcome: 'awaiting-release' } });
    expect(contentOf(reply)).toEqual([]);
  } else if ('problem' in obeyed) {
    expect(reply).toMatchObject({ status: obeyed.status, body: { type: expect.stringContaining(obeyed.problem) } });
    expect(contentOf(reply)).toEqual([]);
  } else {
    const { items, record } = reply.body as AskAnswer;
    expect(reply.status).toBe(200);
    for (const category of obeyed.without) {
      expect(items.find((item) => item.category === category)?.status).toBe(obeyed.which);
      expect(record[category]).toBeUndefined();
    }
    expect(contentOf(reply)).toEqual(Object.keys(SAID).filter((category) => !obeyed.without.includes(category)));
  }
}

/** The categories of which anything stands in the bytes, headers included, plain or inside a token. */
function contentOf(reply: Reply): readonly string[] {
  const text = JSON.stringify(reply.headers) + reply.bytes.toString();
  const inTokens = text.split(/[^\w-]/).map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  const everything = [text, ...inTokens].join('\n');
  return Object.entries(SAID)
    .filter(([, said]) => everything.includes(said))
    .map(([category]) => category);
}

describe('I10: a proof is accepted once across gateways', () => {
  let world: GatewayWorld;
  let other: RunningGateway;
  beforeAll(async () => {
    world = await gatewayWorld();
    other = await world.another();
  });
  afterAll(() => world.close());

  it('one proof sent fifty times to two gateways: one accepted', async () => {
    const prepared = await world
      .client('northmoor-police', 'np-5200')
      .prepare('POST', '/v1/exchanges/requests', anAsk({ officer: { id: 'np-5200', role: 'police-inspector' } }));
    const senders = [world.client('northmoor-police', 'np-5200'), world.clientOf(other, 'northmoor-police', 'np-5200')];
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => senders[index % 2]?.send(prepared) as Promise<Reply>),
    );
    const statuses = replies.map(({ status }) => status);

    expect(statuses.filter((status) => status === 403)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(49);
  });
});
