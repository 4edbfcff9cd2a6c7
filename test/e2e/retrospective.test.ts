import type { Reply } from '../support/agency-client.js';
import { ScenarioWorld, type Party } from '../support/scenario-world.js';

// Domain 6-16: the gateway could not be asked, somebody told it by telephone, and it is entered afterwards with both times.

let world: ScenarioWorld;
beforeAll(async () => {
  world = await ScenarioWorld.open({
    conduct: {
      people: { most: 300, withinSeconds: 7200 },
      ways: { most: 100, withinSeconds: 86_400 },
      beyondOnePurpose: { officer: { most: 2, withinSeconds: 86_400 }, agency: { most: 40, withinSeconds: 86_400 } },
    },
  });
}, 120_000);
afterAll(() => world.close());

const TRUST: Party = 'northmoor-nhs-trust/nnt-300';
const AT_NIGHT = new Date(Date.now() - 5 * 3_600_000).toISOString();

const told = (changes: object = {}): object => ({
  recipient: { agency: 'northmoor-police', team: 'np-ppu', officer: 'np-4471', name: 'DC Invented' },
  subject: { role: 'child', nhsNumber: '9990000018' },
  purpose: 'child-emergency-protection',
  caseReference: 'np-0300',
  categories: ['present-concern', 'injury-findings'],
  disclosedAt: AT_NIGHT,
  means: 'telephone',
  outside: { reason: 'policy-unavailable', text: 'CANARY the gateway answered 503 for ten minutes' },
  urgency: 'emergency',
  basis: {
    power: 'common-law-public-interest',
    article6: '6-1-e',
    article9: '9-2-g',
    schedule1: 'p18',
    p18Reason: 'would-prejudice-protection',
  },
  necessity: 'two children unseen behind a locked door',
  notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: '2099-01-01' },
  handling: { 'present-concern': ['no-onward-disclosure'] },
  disclosedBy: 'nnt-211',
  officer: { id: 'nnt-300', role: 'named-doctor' },
  ...changes,
});

const enter = (changes: object = {}, by: Party = TRUST): Promise<Reply> =>
  world.client(by).post('/v1/disclosures/retrospective', told(changes));

const idOf = (reply: Reply): string => (reply.body as { id: string }).id;
const pointersOf = (reply: Reply): readonly string[] =>
  ((reply.body as { errors?: readonly { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);

describe('6-16: what was told by telephone while the gateway could not be asked', () => {
  it('is entered with both times, in both records and in the log, and nothing is released by it', async () => {
    const before = Date.now();
    const reply = await enter();
    expect(reply).toMatchObject({
      status: 201,
      body: {
        enteredRetrospectively: true,
        disclosedAt: AT_NIGHT,
        leaf: expect.stringMatching(/^[\w-]{43}$/) as string,
      },
    });
    const { enteredAt } = reply.body as { enteredAt: string };
    expect(Date.parse(enteredAt)).toBeGreaterThanOrEqual(before - 1000);
    expect(reply.body).not.toHaveProperty('record');

    const shared = {
      kind: 'disclose',
      outcome: 'recorded',
      emergency: true,
      decidedAt: enteredAt,
      categories: ['present-concern', 'injury-findings'],
      basis: { power: 'common-law-public-interest', article6: '6-1-e', article9: '9-2-g' },
    };
    const details = {
      enteredRetrospectively: true,
      disclosedAt: AT_NIGHT,
      enteredAt,
      means: 'telephone',
      outsideBecause: 'policy-unavailable',
      disclosedBy: 'nnt-211',
      recipient: { agency: 'northmoor-police', team: 'np-ppu', officer: 'np-4471', name: 'DC Invented' },
      conditions: { 'present-concern': ['no-onward-disclosure'] },
      releasedLeaves: [],
    };
    const custodian = await world.sliceOf('northmoor-nhs-trust', idOf(reply), 'custodian');
    expect(custodian).toMatchObject({ ...shared, counterpart: 'northmoor-police', details });
    expect(custodian.details).toMatchObject({ outside: { text: expect.stringContaining('CANARY') as string } });
    const recipient = await world.sliceOf('northmoor-police', idOf(reply), 'requester');
    expect(recipient).toMatchObject({ ...shared, counterpart: 'northmoor-nhs-trust', details });
    expect(JSON.stringify(recipient)).not.toContain('CANARY');
    expect(JSON.stringify([custodian, recipient])).not.toContain('9990000018');

    const proof = await world
      .client('northmoor-nhs-trust/nnt-ig-1')
      .get(`/v1/disclosures/${idOf(reply)}/proof`, { headers: { 'x-log-purpose': 'lawfulness' } });
    expect(proof).toMatchObject({ status: 200, body: { leaf: (reply.body as { leaf: string }).leaf } });
  });

  it('is found in look back, by whom it was told to and that nothing went through the gateway', async () => {
    const reply = await enter();
    const { body } = await world
      .client('northmoor-nhs-trust/nnt-ig-1')
      .get('/v1/disclosures?kind=disclose&outcome=recorded&recipient=northmoor-police&limit=200', {
        headers: { 'x-log-purpose': 'lawfulness' },
      });
    expect((body as { disclosures: readonly { id: string }[] }).disclosures.map(({ id }) => id)).toContain(idOf(reply));
    const { body: council } = await world
      .client('northmoor-council/nmc-ig-1')
      .get('/v1/disclosures?limit=200', { headers: { 'x-log-purpose': 'lawfulness' } });
    expect(JSON.stringify(council)).not.toContain(idOf(reply));
  });

  it('is entered of somebody nobody knows by the same answer', async () => {
    const blank = (reply: Reply): string =>
      reply.bytes.toString().replaceAll(/"(id|enteredAt|leaf)":"[^"]+"/g, '"$1":""');
    const known = await enter();
    const stranger = await enter({ subject: { role: 'child', nhsNumber: '9990000573' } });
    expect([known.status, stranger.status]).toEqual([201, 201]);
    expect(blank(stranger)).toBe(blank(known));
    const slice = await world.sliceOf('northmoor-nhs-trust', idOf(stranger), 'custodian');
    expect(slice).toMatchObject({ subject: null });
  });

  it('binds the recipient by its conditions, as if it had come through the gateway', async () => {
    await enter();
    const asked = await world.ask({
      by: 'northmoor-council/nmc-sw-1',
      of: 'northmoor-police/np-ppu',
      about: 'ava',
      as: 'child',
      purpose: 'child-cp-conference',
      caseReference: 'nm-2026-0417',
      categories: ['core-identity', 'present-concern'],
      power: 'ca89-s47-enquiry',
    });
    expect(asked.items).toMatchObject({ 'core-identity': 'released', 'present-concern': 'withheld' });
    expect(asked.custodian.findings).toContain('conditions-kept: received-on-conditions (present-concern)');
  });

  it('counts among what the recipient’s officer has of the person for other purposes', async () => {
    const ask = () =>
      world.ask({
        by: 'northmoor-police/np-4471',
        of: 'northmoor-nhs-trust/nnt-acute',
        about: 'cara',
        as: 'child',
        purpose: 'child-s47-enquiry',
        caseReference: 'nm-2026-0417',
        categories: ['core-identity'],
        power: 'ca04-s11',
      });
    const CEILING = 'ceiling-of-officer: pattern-suspect';
    const before = await ask();
    await enter({
      ...{ subject: { role: 'child', nhsNumber: '9990000158' }, handling: undefined, purpose: 'marac' },
      categories: ['convictions', 'financial', 'housing'],
    });
    const after = await ask();
    expect(before.custodian.findings).not.toContain(CEILING);
    expect(after.custodian.findings).toContain(CEILING);
  });
});

describe('an entry is refused, by pointer', () => {
  it.each([
    ['a time to come', { disclosedAt: '2099-01-01T00:00:00Z' }, ['/disclosedAt']],
    [
      'a recipient that is nobody',
      { recipient: { agency: 'no-such', team: 'np-ppu', name: 'X' } },
      ['/recipient/agency'],
    ],
    [
      'one’s own agency',
      { recipient: { agency: 'northmoor-nhs-trust', team: 'nnt-acute', name: 'X' } },
      ['/recipient/agency'],
    ],
    [
      'a team of somebody else',
      { recipient: { agency: 'northmoor-police', team: 'nmc-csc', name: 'X' } },
      ['/recipient/team'],
    ],
    ['nobody who was told', { recipient: { agency: 'northmoor-police', team: 'np-ppu' } }, ['/recipient']],
    ['a teller who was not there', { disclosedBy: 'np-4471' }, ['/disclosedBy']],
    ['what cannot be asked for', { categories: ['adoption-link'], handling: undefined }, ['/categories/0']],
    ['codes that are none', { purpose: 'gossip', basis: { power: 'none' } }, ['/purpose', '/basis/power']],
    [
      'paragraph 18 without its limb',
      { basis: { power: 'common-law-public-interest', schedule1: 'p18' } },
      ['/basis/p18Reason'],
    ],
    ['a condition on what was not told', { handling: { household: ['nopat'] } }, ['/handling/household']],
    [
      'a condition that needs a day',
      { handling: { 'present-concern': ['delete-by'] } },
      ['/handling/present-concern/0'],
    ],
    ['an identifier that is none', { subject: { role: 'child', nhsNumber: '9990000019' } }, ['/subject/nhsNumber']],
    ['nothing said of notice', { notice: { given: false } }, ['/notice']],
    ['no reason', { outside: { reason: 'policy-unavailable', text: ' ' } }, ['/outside/text']],
  ])('for %s', async (_what, changes, pointers) => {
    const reply = await enter(changes);
    expect(reply.status).toBe(400);
    expect(pointersOf(reply)).toEqual(pointers);
  });

  it('and for an officer who does not release', async () => {
    const reply = await enter({ officer: { id: 'nnt-ig-1' } }, 'northmoor-nhs-trust/nnt-ig-1');
    expect(reply.status).toBe(403);
  });
});
