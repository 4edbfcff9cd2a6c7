import { createPublicKey, verify } from 'node:crypto';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { AgencyClient, newKeyPair, type Reply } from '../../support/agency-client.js';
import { blanked } from '../../support/asks.js';
import {
  daysAgo,
  expectTold,
  ScenarioWorld,
  type Expected,
  type ScenarioAsk,
  type Told,
} from '../../support/scenario-world.js';

// The micro-vectors of domain 6.26 that are decisions, or reads of the record of one. docs/law.md says where the rest is.

const NHS = { ava: '9990000018', girl: '9990050023', woman: '9990050031', twin: '9990050058', nobody: '9990050066' };
const TWIN_UPN = 'L801200023101';
const OTHER_TWIN_UPN = 'A801200023102';
const CANARY = 'CANARY human immunodeficiency virus';

const yearsAgo = (years: number): string => {
  const [year = '', ...rest] = daysAgo(1).split('-');
  return [String(Number(year) - years), ...rest].join('-');
};

function patient(id: string, nhsNumber: string, family: string, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
    name: [{ use: 'official', family, given: [id] }],
    ...more,
  };
}

function condition(id: string, of: string, category: string, coding: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Condition',
    id,
    subject: { reference: `Patient/${of}` },
    category: [{ coding: [{ code: category }] }],
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: { coding: [{ system: 'http://snomed.info/sct', ...coding }] },
    ...more,
  };
}

const home = { use: 'home', line: ['1 Test Terrace'], city: 'Northmoor', postalCode: 'ZZ99 3WZ' };
const phone = { system: 'phone', value: '01632 960901', use: 'home' };
/** PDS S-flag: sensitive, with no address to be seen. */
const restricted = patient('ava', NHS.ava, 'Northmoor-Test', { meta: { security: [{ code: 'R' }] }, telecom: [phone] });

const records = (ava: JsonObject): readonly JsonObject[] => [
  ava,
  patient('mia', '9990000220', 'Northmoor-Test'),
  condition('mia-hiv', 'mia', 'problem-list-item', { code: '86406008', display: CANARY }),
  condition('mia-listed', 'mia', 'problem-list-item', { display: CANARY }, { meta: { security: [{ code: 'HIV' }] } }),
  condition('mia-asthma', 'mia', 'problem-list-item', { code: '195967001', display: 'Asthma' }),
  patient('girl', NHS.girl, 'Girl-Test', { birthDate: yearsAgo(17), address: [home] }),
  patient('woman', NHS.woman, 'Woman-Test', { birthDate: yearsAgo(19), address: [home] }),
];

let scenario: ScenarioWorld;
beforeAll(async () => {
  const lead = { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' };
  const person = (id: string, familyName: string, birthDate: string, identifiers: readonly JsonObject[]) => ({
    id,
    name: `${id} ${familyName}`,
    familyName,
    givenName: id,
    birthDate,
    identifiers: identifiers as never,
  });
  scenario = await ScenarioWorld.open({
    people: [
      person('girl', 'Girl-Test', yearsAgo(17), [{ system: 'nhs-number', value: NHS.girl }]),
      person('woman', 'Woman-Test', yearsAgo(19), [{ system: 'nhs-number', value: NHS.woman }]),
      person('twin', 'Twin-Test', '2016-06-06', [
        { system: 'nhs-number', value: NHS.twin },
        { system: 'upn', value: TWIN_UPN },
      ]),
      person('other-twin', 'Twin-Test', '2016-06-06', [{ system: 'upn', value: OTHER_TWIN_UPN }]),
    ],
    cases: ['mia', 'girl', 'woman', 'twin', 'other-twin', 'dan'].map((subject) => ({
      reference: `nm-${subject}`,
      process: 'child-s47-enquiry',
      subject,
      lead,
      involvements: [
        { agency: 'northmoor-police', team: 'np-ppu', role: 'public-protection', from: 3 },
        { agency: 'northmoor-police', team: 'np-cid', role: 'investigation', from: 3 },
      ],
    })),
    records: { 'northmoor-nhs-trust': records(restricted) },
  });
}, 120_000);
afterAll(() => scenario.close());

/** A public protection officer asks the trust in an enquiry; what a vector is about is named. */
function asked(changes: Partial<ScenarioAsk> & { readonly about: string }): ScenarioAsk {
  return {
    by: 'northmoor-police/np-4471',
    of: 'northmoor-nhs-trust/nnt-acute',
    as: 'child',
    purpose: 'child-s47-enquiry',
    caseReference: `nm-${changes.about}`,
    categories: ['core-identity'],
    power: 'ca04-s11',
    ...changes,
  };
}

const SAFEGUARDED = { caseReference: 'nm-2026-0417', purpose: 'missing', power: 'common-law-policing' } as const;
const DETECTIVE = {
  by: 'northmoor-police/np-6001',
  of: 'northmoor-council/nmc-csc',
  about: 'dan',
  as: 'suspect',
  purpose: 'criminal-investigation',
  power: 'common-law-policing',
} as const;
const CRIME = {
  kind: 'police-law-enforcement',
  police: {
    offence: 'assault occasioning actual bodily harm',
    crimeReference: 'NP/C/TEST/31',
    supervisor: { id: 'np-5200', rank: 'inspector' },
    strictNecessity: 'nothing less shows who was there',
    onwardUse: 'the prosecutor',
  },
};
const RELEASED_NAMES = ['core-identity.familyName', 'core-identity.givenNames', 'core-identity.nhsNumber'];

interface Vector {
  readonly vector: string;
  readonly says: string;
  readonly ask: ScenarioAsk;
  readonly expected: Expected;
}

const vectors: readonly Vector[] = [
  {
    vector: 'm1',
    says: 'a sensitive record without an address: kept from the officer, and never said to be not held',
    ask: asked({ ...SAFEGUARDED, about: 'ava', categories: ['core-identity', 'address', 'contact-details'] }),
    expected: {
      status: 200,
      items: { 'core-identity': 'released', address: 'unavailable', 'contact-details': 'unavailable' },
      record: { 'core-identity': { familyName: 'Northmoor-Test', givenNames: 'ava', nhsNumber: NHS.ava } },
      custodian: { kind: 'partial', policyRow: 'POL-043', findings: [], releasedLeaves: RELEASED_NAMES },
      requester: { kind: 'partial', outcome: 'partly-released', releasedLeaves: RELEASED_NAMES },
    },
  },
  {
    vector: 'm3',
    says: 'twins of one name and birth date, one’s NHS number given with the other’s UPN: ambiguous, and answered as no match',
    ask: asked({ about: 'twin', with: { subject: { role: 'child', nhsNumber: NHS.twin, upn: OTHER_TWIN_UPN } } }),
    expected: {
      status: 403,
      reason: 'request-refused',
      items: {},
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', findings: ['subject-identified: identity-ambiguous'] },
      requester: { kind: 'deny', outcome: 'refused', refusal: undefined, releasedLeaves: [] },
    },
  },
  {
    vector: 'm5',
    says: 'mutilation of a woman of nineteen: no duty of section 5B, and the route for adults is named',
    ask: asked({
      about: 'woman',
      purpose: 'fgm-report',
      power: 'common-law-policing',
      categories: ['core-identity', 'address'],
      with: { subject: { role: 'child', nhsNumber: NHS.woman, birthDate: yearsAgo(19) } },
    }),
    expected: {
      status: 403,
      reason: 'no-legal-power',
      remedy: 'ask about an adult under the purpose for adults at risk, or with what they agreed to',
      record: {},
      custodian: {
        kind: 'deny',
        policyRow: 'POL-040',
        // Without the duty neither article 6(1)(c) nor the statute that lifts confidence is met.
        findings: [
          'power-held: no-legal-power',
          'data-protection-met: no-dp-condition',
          'confidentiality-overridden: confidentiality-not-overridden',
        ],
        codes: { 'core-identity': 'no-legal-power', address: 'no-legal-power' },
        releasedLeaves: [],
      },
      requester: { kind: 'deny', refusal: 'no-legal-power', releasedLeaves: [] },
    },
  },
  {
    vector: 'm7',
    says: 'a mother with HIV, and the concern is neglect: denied, and not among the answers about her health',
    ask: asked({
      about: 'mia',
      as: 'parent-carer',
      categories: ['hiv-sti', 'health-summary'],
      with: { questions: [{ category: 'health-summary', code: 'long-term-conditions' }] },
    }),
    expected: {
      status: 200,
      items: { 'hiv-sti': 'withheld: not-relevant-to-purpose', 'health-summary': 'minimised' },
      record: { 'health-summary': { longTermConditions: [{ condition: 'Asthma' }] } },
      custodian: {
        kind: 'partial',
        policyRow: 'POL-013',
        findings: [],
        codes: { 'hiv-sti': 'not-relevant-to-purpose', 'health-summary': 'minimised-for-purpose' },
        releasedLeaves: ['health-summary.longTermConditions'],
      },
      requester: { kind: 'partial', releasedLeaves: ['health-summary.longTermConditions'] },
    },
  },
  {
    vector: 'm11',
    says: 'what a council holds of someone under public protection goes to those who manage them, who answer for its access',
    ask: asked({
      about: 'dan',
      of: 'northmoor-council/nmc-csc',
      as: 'suspect',
      purpose: 'mappa',
      power: 'cja03-s325',
      categories: ['core-identity', 'protection-plan', 'case-narrative'],
    }),
    expected: {
      status: 200,
      items: {
        'core-identity': 'not-held',
        'protection-plan': 'withheld: not-relevant-to-purpose',
        'case-narrative': 'in-review',
      },
      record: {},
      obligations: ['purpose-bound', 'no-onward-disclosure', 'consult-owner-before-sar'],
      custodian: { kind: 'partial', policyRow: 'POL-029', findings: [] },
      requester: { kind: 'partial', policyRow: 'POL-029' },
    },
  },
  {
    vector: 'm11',
    says: 'minutes asked of the force for someone’s own access: the council that was asked has no power to fetch them',
    ask: asked({
      by: 'northmoor-council/nmc-sw-1',
      of: 'northmoor-police/np-ppu',
      about: 'dan',
      as: 'suspect',
      purpose: 'subject-access',
      power: 'gdpr-article-15',
      categories: ['core-identity', 'protection-plan', 'case-narrative'],
    }),
    expected: {
      status: 403,
      reason: 'no-legal-power',
      record: {},
      custodian: { kind: 'deny', findings: ['purpose-permitted: no-legal-power', 'need-to-know: no-open-involvement'] },
      requester: { kind: 'deny', refusal: 'no-legal-power', releasedLeaves: [] },
    },
  },
  {
    vector: 'm13',
    says: 'a public protection officer asks for family-court material and names no route: withheld',
    ask: asked({
      about: 'ava',
      of: 'northmoor-council/nmc-csc',
      caseReference: 'nm-2026-0417',
      categories: ['protection-status', 'family-court'],
    }),
    expected: {
      status: 200,
      items: { 'protection-status': 'released', 'family-court': 'withheld' },
      custodian: {
        policyRow: 'POL-056',
        findings: ['court-route-given: fpr-route-missing (family-court)'],
        codes: { 'family-court': 'fpr-route-missing' },
      },
      requester: { kind: 'partial' },
    },
  },
  {
    vector: 'm13',
    says: 'as one who protects children, by that route: a person decides',
    ask: asked({
      about: 'ava',
      of: 'northmoor-council/nmc-csc',
      caseReference: 'nm-2026-0417',
      categories: ['protection-status', 'family-court'],
      with: { courtRoute: 'cp-professional' },
    }),
    expected: {
      status: 200,
      items: { 'protection-status': 'released', 'family-court': 'in-review' },
      custodian: {
        findings: ['court-route-given: person-decides (family-court)'],
        codes: { 'family-court': 'person-decides' },
      },
      requester: { kind: 'partial' },
    },
  },
  {
    vector: 'm13',
    says: 'a detective, by the same route: it is not theirs',
    ask: asked({
      ...DETECTIVE,
      categories: ['core-identity', 'family-court'],
      with: { ...CRIME, courtRoute: 'cp-professional' },
    }),
    expected: {
      status: 202,
      outcome: 'awaiting-release',
      items: { 'core-identity': 'in-review', 'family-court': 'withheld' },
      record: {},
      custodian: {
        kind: 'request',
        policyRow: 'POL-033',
        codes: { 'core-identity': 'person-decides', 'family-court': 'fpr-route-missing' },
        releasedLeaves: [],
      },
      requester: { kind: 'request', releasedLeaves: [] },
    },
  },
  {
    vector: 'm17',
    says: 'paragraph 18 cited with consent as the basis: it is for those who were not asked',
    ask: asked({
      about: 'ava',
      caseReference: 'nm-2026-0417',
      with: { basis: { article6: '6-1-a', schedule1: 'p18' } },
    }),
    expected: {
      status: 403,
      reason: 'invalid-basis-combination',
      record: {},
      custodian: { kind: 'deny', findings: ['data-protection-met: invalid-basis-combination'], releasedLeaves: [] },
      requester: { kind: 'deny', refusal: 'invalid-basis-combination', releasedLeaves: [] },
    },
  },
];

describe('micro-vectors', () => {
  it.each(vectors)('$vector: $says', async ({ ask, expected }) => {
    expectTold(await scenario.ask(ask), expected);
  });

  it('m1: an address that the system does hold is kept alike, nobody else is asked for it, and the custodian’s record says so', async () => {
    const ask = asked({ ...SAFEGUARDED, about: 'ava', categories: ['core-identity', 'address'] });
    const others = [...scenario.gateway.standIns.values()];
    const before = others.map(({ asked: list }) => list.length);
    const blank = await scenario.ask(ask);
    scenario.hold('northmoor-nhs-trust', records({ ...restricted, address: [home] }));
    const held = await scenario.ask(ask);
    scenario.hold('northmoor-nhs-trust', records(restricted));

    const shown = ({ status, items, record, reply }: Told) => ({ status, items, record, length: reply.bytes.length });
    expect(shown(held)).toEqual(shown(blank));
    expect(held.items).toEqual({ 'core-identity': 'released', address: 'unavailable' });
    expect(held.custodian.details['keptBack']).toEqual(['address.current']);
    expect(held.requester.details).not.toHaveProperty('keptBack');
    expect(others.map(({ asked: list }) => list.length)).toEqual(before);
  });

  it('m3: the twin without an NHS number cannot be asked about by name and birth date alone', async () => {
    const subject = { role: 'child', familyName: 'Twin-Test', givenName: 'other-twin', birthDate: '2016-06-06' };
    const body = scenario.bodyOf(asked({ about: 'other-twin', with: { subject } }));
    expect(await scenario.client('northmoor-police/np-4471').post('/v1/exchanges/requests', body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/subject', detail: 'must name the subject by at least one identifier' }] },
    });
  });

  it('m5: a girl of seventeen is reported; a birth date made younger matches nobody', async () => {
    const report = (about: 'girl' | 'woman', birthDate: string) =>
      scenario.ask(
        asked({
          about,
          purpose: 'fgm-report',
          power: 'common-law-policing',
          categories: ['core-identity', 'address'],
          with: { subject: { role: 'child', nhsNumber: NHS[about], birthDate } },
        }),
      );
    expectTold(await report('girl', yearsAgo(17)), {
      status: 200,
      items: { 'core-identity': 'released', address: 'released' },
      record: {
        'core-identity': {
          familyName: 'Girl-Test',
          givenNames: 'girl',
          nhsNumber: NHS.girl,
          birthDate: yearsAgo(17),
        },
        address: { current: [{ line1: '1 Test Terrace', town: 'Northmoor', postcode: 'ZZ99 3WZ', kind: 'home' }] },
      },
      custodian: { kind: 'disclose', policyRow: 'POL-040', findings: [] },
      requester: { kind: 'disclose', outcome: 'released' },
    });
    expectTold(await report('woman', yearsAgo(17)), {
      status: 403,
      reason: 'request-refused',
      custodian: { kind: 'deny', findings: ['subject-identified: identity-ambiguous'] },
      requester: { kind: 'deny', refusal: undefined },
    });
  });

  it('m7: nothing of it is in the answer, in what was signed, in either record or in a log line', async () => {
    const told = await scenario.ask(
      asked({
        about: 'mia',
        as: 'parent-carer',
        categories: ['hiv-sti', 'health-summary'],
        with: { questions: [{ category: 'health-summary', code: 'long-term-conditions' }] },
      }),
    );
    const { disclosure } = told.reply.body as { disclosure: string };
    const opened = disclosure.split('~').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const seen of [
      told.reply.bytes.toString(),
      ...opened,
      JSON.stringify([told.custodian.details, told.requester.details]),
      scenario.gateway.logged.join(''),
    ])
      expect(seen).not.toMatch(/CANARY|immunodeficiency|86406008/);
  });

  it('m9: a log of section 62 is not for ranking staff: neither a manager nor a fifth purpose may read it', async () => {
    const list = (officer: string, purpose: string): Promise<Reply> =>
      scenario
        .client(`northmoor-police/${officer}`)
        .get('/v1/disclosures?officer=np-4471&limit=200', { headers: { 'x-log-purpose': purpose } });
    const manager = await list('np-mgr-1', 'self-monitoring');
    const ranking = await list('np-ig-1', 'performance-management');

    expect(manager.status).toBe(403);
    expect(ranking.status).toBe(400);
    for (const { body } of [manager, ranking]) expect(body).not.toHaveProperty('disclosures');
    expect((await list('np-ig-1', 'self-monitoring')).status).toBe(200);
    const purpose = 'performance-management';
    const body = scenario.bodyOf(asked({ about: 'ava', caseReference: 'nm-2026-0417', purpose }));
    expect(await scenario.client('northmoor-police/np-4471').post('/v1/exchanges/requests', body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/purpose' }] },
    });
  });

  it('m17: the right basis is named and none is put in its place', async () => {
    const basis = { article6: '6-1-a', schedule1: 'p18' };
    const ask = asked({ about: 'ava', caseReference: 'nm-2026-0417', with: { basis } });
    const before = scenario.gateway.trust.asked.length;
    const told = await scenario.ask(ask);

    expect(told.remedy).toMatch(/consent/);
    expect(told.custodian.ask['basis']).toEqual(basis);
    expect(scenario.gateway.trust.asked).toHaveLength(before);
  });

  it('m19: an NHS number with two digits changed about is refused before anything is looked up', async () => {
    const transposed = '9990000081';
    const lines = await countOfRecords();
    const before = scenario.gateway.trust.asked.length;
    const body = scenario.bodyOf(asked({ about: transposed, caseReference: 'nm-2026-0417' }));
    expect(await scenario.client('northmoor-police/np-4471').post('/v1/exchanges/requests', body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/subject/nhsNumber', detail: 'must be a valid nhs-number' }] },
    });
    expect(scenario.gateway.trust.asked).toHaveLength(before);
    expect(await countOfRecords()).toBe(lines);
  });
});

/** How many records the trust has; reading them is none of its disclosures. */
async function countOfRecords(): Promise<number> {
  const { body } = await scenario
    .client('northmoor-nhs-trust/nnt-ig-1')
    .get('/v1/disclosures?limit=200&purpose=child-s47-enquiry', { headers: { 'x-log-purpose': 'lawfulness' } });
  return (body as { disclosures: readonly unknown[] }).disclosures.length;
}

describe('m23: a withheld field asked for by another path', () => {
  const mia = asked({ about: 'mia', as: 'parent-carer', categories: ['core-identity', 'hiv-sti'] });
  const withheld = 'withheld: not-relevant-to-purpose';

  it.each<[string, Partial<ScenarioAsk>]>([
    ['asked again', {}],
    ['of another team of the same custodian', { of: 'northmoor-nhs-trust/nnt-mh' }],
    ['with its free text', { with: { textFor: ['hiv-sti'] } }],
    ['as urgent', { with: { urgency: 'emergency' } }],
    ['over one day only', { with: { period: { from: daysAgo(1), to: daysAgo(1) } } }],
  ])('%s: the same decision in the same shape', async (_path, changes) => {
    const told = await scenario.ask({ ...mia, ...changes });
    expect({ status: told.status, item: told.items['hiv-sti'], code: told.custodian.codes['hiv-sti'] }).toEqual({
      status: 200,
      item: withheld,
      code: 'not-relevant-to-purpose',
    });
    expect(Object.keys(told.record)).toEqual(['core-identity']);
    expect(told.reply.bytes.toString()).not.toContain('CANARY');
  });

  it('explained: it would be withheld, for the same reason', async () => {
    const reply = await scenario.client('northmoor-police/np-4471').post('/v1/decisions/explain', scenario.bodyOf(mia));
    const { items } = reply.body as { items: readonly { category: string }[] };
    expect(items.find(({ category }) => category === 'hiv-sti')).toMatchObject({
      would: 'withhold',
      reason: 'not-relevant-to-purpose',
    });
  });

  it('by its status: what the answer said, and never content', async () => {
    const { id } = await scenario.ask(mia);
    const { body } = await scenario.client('northmoor-police/np-4471').get(`/v1/exchanges/requests/${id}`);
    expect(body).toMatchObject({ items: [{ category: 'core-identity' }, { category: 'hiv-sti', status: 'withheld' }] });
    expect(body).not.toHaveProperty('record');
  });

  it.each([
    '/patient',
    '/documents',
    '/v1/patient',
    '/fhir/R4/Patient?identifier=',
    '/fhir/R4/Condition?patient=',
    '/v1/subjects?search=',
  ])('%s is no path, of a person who is known and of one who is not', async (path) => {
    const police = scenario.client('northmoor-police/np-4471');
    const known = await police.get(`${path}9990000220`);
    const unknown = await police.get(`${path}${NHS.nobody}`);
    expect([401, 403, 404]).toContain(known.status);
    const plain = (reply: Reply): string => blanked(reply.bytes.toString()).replaceAll(/999\d{7}/g, '<number>');
    expect(plain(unknown)).toBe(plain(known));
    expect(plain(known)).not.toContain('CANARY');
  });

  it('in an error: a question that the category does not have names what it has, whoever it is about', async () => {
    const questions = [{ category: 'hiv-sti', code: 'positive' }];
    const police = scenario.client('northmoor-police/np-4471');
    const about = (subject: string) =>
      police.post('/v1/exchanges/requests', scenario.bodyOf({ ...mia, about: subject, with: { questions } }));
    const known = await about('mia');
    const unknown = await about(NHS.nobody);
    expect(known).toMatchObject({ status: 400 });
    expect(blanked(unknown.bytes.toString())).toBe(blanked(known.bytes.toString()));
  });
});

describe('m25: the keys of an agency are rolled over', () => {
  const administer = async (officer: 'np-adm-1' | 'np-adm-2', path: string, body: object): Promise<unknown> => {
    const reply = await scenario.client(`northmoor-police/${officer}`).post(path, body);
    expect(reply.status).toBeLessThan(300);
    return reply.body;
  };

  async function byTwo(path: string, body: object, client?: AgencyClient): Promise<void> {
    const { id } = (await administer('np-adm-1', path, body)) as { id: string };
    const approval = `${path}/${id}/approval`;
    if (client === undefined) await administer('np-adm-2', approval, { officer: 'np-adm-2' });
    else expect((await client.post(approval, { officer: 'np-adm-2' }, { officer: 'np-adm-2' })).status).toBe(200);
  }

  it('what the old one signed still verifies as of when it was signed; what it signs now is refused, and the new one’s is not', async () => {
    const keys = '/v1/agencies/northmoor-police/keys';
    const held = scenario.gateway.keys.agencies['northmoor-police'];
    if (held === undefined) throw new Error('the force has no keys');
    const old = held.signingKey.kid ?? '';
    const body = scenario.bodyOf(asked({ about: 'ava', caseReference: 'nm-2026-0417' }));
    const before = scenario.client('northmoor-police/np-4471');
    const signed = await before.prepare('POST', '/v1/exchanges/requests', body);
    const answered = await before.send(signed);
    expect(answered.status).toBe(200);

    const { publicJwk, privateJwk } = await newKeyPair('np-signing-next');
    await byTwo(keys, { kid: 'np-signing-next', use: 'signing', public: publicJwk });
    const renewed = new AgencyClient({
      clientId: 'northmoor-police-system',
      clientKey: held.clientKey,
      signingKey: privateJwk,
      publicUrl: scenario.gateway.publicUrl,
      address: `http://127.0.0.1:${String(scenario.gateway.gateway.port)}`,
      officer: 'np-4471',
    });
    await byTwo(
      `${keys}/${old}/revocation`,
      { effectiveFrom: new Date().toISOString(), reason: 'rolled over' },
      renewed,
    );

    const refused = await before.post('/v1/exchanges/requests', body);
    expect(refused).toMatchObject({ status: 401 });
    expect(refused.body).not.toHaveProperty('record');
    expect(await renewed.post('/v1/exchanges/requests', body)).toMatchObject({ status: 200 });

    const { body: listed } = await renewed.get(keys);
    const key = (listed as { keys: readonly Registered[] }).keys.find(({ kid }) => kid === old);
    const [header = '', , signature = ''] = (signed.headers['x-jws-signature'] as string).split('.');
    const { iat } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { iat: number };
    expect(Date.parse(key?.revokedFrom ?? '')).toBeGreaterThan(iat * 1000);
    expect(
      verify(
        'sha256',
        Buffer.concat([Buffer.from(`${header}.`), signed.body]),
        { key: createPublicKey({ key: key?.public ?? {}, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
  });
});

interface Registered {
  readonly kid: string;
  readonly public: JsonObject;
  readonly revokedFrom?: string;
}
