import { LEFT_OUT } from '../../../src/core/redaction/cut-text.js';
import { readRecords } from '../../../src/cli/demo/world.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { CONFIGURATION } from '../../support/gateway-world.js';
import type { Delivered, ShownCase } from '../../support/release-desk.js';
import { anAgency, daysAgo, expectTold, ScenarioWorld, type ScenarioAsk } from '../../support/scenario-world.js';

// Domain 6-1 to 6-4, as far as they are decisions: docs/law.md says where the rest is.

const COUNCIL = { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' };

/** What the practice wrote of the ear. Only its second sentence is anybody's to pass on. */
const SENTENCE = 'Bruise to the pinna of the left ear, two centimetres.';
const NARRATIVE = `CANARY-neighbour Mrs Oldacre rang the practice. ${SENTENCE} CANARY-brother Ben was at home as well.`;
const CANARIES = ['CANARY-neighbour', 'Oldacre', 'CANARY-brother', 'CANARY-termination'];

const coded = (system: string, code: string, display: string): JsonObject => ({ coding: [{ system, code, display }] });

/** The demonstration's records of a practice, on days that lie in the period asked for. */
const demonstration = JSON.parse(
  JSON.stringify(readRecords(CONFIGURATION, 'hill-gp'))
    .replaceAll('2026-11-19', daysAgo(3))
    .replaceAll('2026-09-14', daysAgo(70)),
) as readonly JsonObject[];

/** The practice's records: the child's with its narrative, her mother's with a termination of 2015, her father's. */
const practice: readonly JsonObject[] = [
  ...demonstration.map((resource) =>
    resource['id'] === 'ava-bruise' ? { ...resource, note: [{ text: NARRATIVE }] } : resource,
  ),
  {
    resourceType: 'Condition',
    id: 'mia-2015',
    clinicalStatus: { coding: [{ code: 'resolved' }] },
    category: [{ coding: [{ code: 'sexual-health' }] }],
    code: coded('http://snomed.info/sct', '386639001', 'CANARY-termination'),
    subject: { reference: 'Patient/mia' },
    recordedDate: '2015-06-02',
  },
  {
    resourceType: 'Patient',
    id: 'dan',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000298' }],
    name: [{ use: 'official', family: 'Northmoor-Test', given: ['Dan'] }],
    gender: 'male',
    birthDate: '1991-01-30',
  },
];

let scenario: ScenarioWorld;
beforeAll(async () => {
  const police = (subject: string) => ({
    reference: `nm-joint-${subject}`,
    process: 'child-s47-enquiry',
    subject,
    lead: COUNCIL,
    involvements: [
      { agency: 'northmoor-police', team: 'np-ppu', officers: ['np-4471'], role: 'investigating-officer', from: 1 },
    ],
  });
  scenario = await ScenarioWorld.open({
    agencies: [
      anAgency(
        { id: 'northmoor-0-19', kind: 'health', teams: [{ id: 'n019-visitors', kind: 'nhs-comm', name: 'Visitors' }] },
        [{ id: 'n019-hv', name: 'Hollis Hazelby', role: 'health-visitor', team: 'n019-visitors' }],
      ),
    ],
    officers: {
      'northmoor-council': [{ id: 'nmc-chair', name: 'Caro Chestnut', role: 'conference-chair', team: 'nmc-csc' }],
    },
    cases: [
      police('mia'),
      police('dan'),
      {
        reference: 'nm-contact-1',
        process: 'child-mash-triage',
        subject: 'ava',
        lead: COUNCIL,
        involvements: [
          { agency: 'northmoor-council', team: 'nmc-csc', role: 'triage', from: 0 },
          { agency: 'northmoor-police', team: 'np-ppu', role: 'triage', from: 0 },
          { agency: 'hill-gp', team: 'hgp-practice', role: 'practice', from: 0 },
          { agency: 'oak-academy', team: 'oak-school', role: 'school', from: 0 },
        ],
      },
      {
        reference: 'nm-conference-1',
        process: 'child-cp-conference',
        subject: 'ava',
        lead: COUNCIL,
        involvements: [
          { agency: 'northmoor-council', team: 'nmc-csc', role: 'chair', from: 0 },
          { agency: 'northmoor-0-19', team: 'n019-visitors', role: 'health-visitor', from: 0 },
        ],
      },
    ],
    deposits: [
      {
        agency: 'northmoor-0-19',
        officer: 'n019-hv',
        subject: 'ava',
        asOf: 1,
        reviewIn: 30,
        content: {
          'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Ava', birthDate: '2022-05-01' },
          'present-concern': {
            natureOfConcern: 'physical',
            raisedOn: daysAgo(6),
            raisedBy: 'health',
            basisOfKnowledge: 'seen',
          },
        },
      },
    ],
    records: { 'hill-gp': practice },
  });
}, 120_000);
afterAll(() => scenario.close());

/** What everybody whose words count is told of a child. */
const AVA = { familyName: 'Northmoor-Test', givenNames: 'Ava', birthDate: '2022-05-01' };
const CONCERN = { natureOfConcern: 'physical', raisedOn: daysAgo(3), raisedBy: 'health' };
const FINDINGS = {
  findings: [
    {
      finding: 'Contusion',
      snomed: '125667009',
      bodySite: 'Ear structure',
      observedOn: daysAgo(3),
      consistentWithAccount: 'no',
    },
  ],
};
const MISSED = { missedAppointments: [{ on: daysAgo(70), service: 'Paediatric service', outcome: 'was-not-brought' }] };
const NOT_RELEVANT = 'withheld: not-relevant-to-purpose';

/** The practice's named GP, to whom alone what waits there goes. */
const namedGp = () => scenario.client('hill-gp/hgp-named');

async function waitingAtPractice(exchange: string): Promise<string> {
  const { body } = await namedGp().get('/v1/releases?status=due&limit=100');
  const { releases } = body as { releases: readonly { id: string; exchange: string; namedRole?: string }[] };
  const found = releases.find((one) => one.exchange === exchange);
  expect(found?.namedRole).toBe('named-gp');
  return found?.id ?? '';
}

async function inboxOf(exchange: string): Promise<Delivered | undefined> {
  const { body } = await scenario.client('northmoor-police/np-4471').get('/v1/inbox?limit=100');
  return (body as { messages: readonly Delivered[] }).messages.find(({ of }) => of === exchange);
}

/** What an agency's record says a person decided, and who they were. */
async function decidedAtPractice(
  disclosure: string,
): Promise<{ kind: string; outcome: string; by: string | undefined }> {
  const { kind, outcome, details } = await scenario.sliceOf('hill-gp', disclosure, 'custodian');
  const { findings } = details['decision'] as { findings: readonly { check: string; detail: string }[] };
  return { kind, outcome, by: findings.find(({ check }) => check === 'decided-by-person')?.detail };
}

describe('6-1: the police strand of a joint enquiry asks the practice for the full records of a child, her mother and her father', () => {
  const enquiry = (about: string, as: string, changes: Partial<ScenarioAsk>): ScenarioAsk => ({
    by: 'northmoor-police/np-4471',
    of: 'hill-gp/hgp-practice',
    about,
    as,
    purpose: 'child-s47-enquiry',
    caseReference: about === 'ava' ? 'nm-2026-0417' : `nm-joint-${about}`,
    power: 'ca04-s11',
    categories: [],
    ...changes,
  });
  const basis = {
    power: 'ca04-s11',
    article6: '6-1-e',
    article9: '9-2-g',
    schedule1: 'p18',
    p18Reason: 'would-prejudice-protection',
    article10: 'p18',
    confidentiality: 'public-interest-serious-harm',
    regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
  };
  const notice = { given: false, waivedReason: 'increased-risk-to-child', reviewOn: daysAgo(-14) };

  it('of the child what shows injury and pattern is given, the whole record is asked to be narrowed, the referrer is withheld', async () => {
    const told = await scenario.ask(
      enquiry('ava', 'child', {
        categories: [
          'core-identity',
          'present-concern',
          'injury-findings',
          'professionals-involved',
          'health-summary',
          'full-medical-record',
          'referrer-identity',
          'third-party',
        ],
        with: {
          questions: [{ category: 'health-summary', code: 'missed-appointments' }],
          textFor: ['injury-findings'],
        },
      }),
    );
    expectTold(told, {
      status: 200,
      outcome: 'partly-released',
      items: {
        'core-identity': 'released',
        'present-concern': 'released',
        'injury-findings': 'released + text',
        'professionals-involved': 'released',
        'health-summary': 'minimised',
        'full-medical-record': 'in-review: excessive-scope',
        'referrer-identity': NOT_RELEVANT,
        'third-party': 'in-review',
      },
      record: {
        'core-identity': { ...AVA, sex: 'female', nhsNumber: '9990000018', nhsNumberStatus: 'verified' },
        'present-concern': CONCERN,
        'injury-findings': FINDINGS,
        'professionals-involved': {
          professionals: [
            {
              name: 'Safeguarding team',
              role: 'Named nurse for safeguarding',
              agency: 'Northmoor NHS Trust, 01632 960410',
            },
          ],
        },
        'health-summary': MISSED,
      },
      obligations: ['purpose-bound', 'consult-owner-before-evidential-use', 'consult-owner-before-sar'],
      custodian: {
        kind: 'partial',
        outcome: 'partly-released',
        policyRow: 'POL-013',
        basis,
        findings: [],
        codes: {
          'health-summary': 'minimised-for-purpose',
          'full-medical-record': 'excessive-scope',
          'referrer-identity': 'not-relevant-to-purpose',
          'third-party': 'person-decides',
        },
        requesterOfficer: 'np-4471',
      },
      requester: { kind: 'partial', outcome: 'partly-released', policyRow: 'POL-013', refusal: undefined },
    });
    expect(told.custodian.ask).toMatchObject({ notice, subjectRole: 'child' });
    expect(told.reply.bytes.toString()).toContain('ask for injury-findings, and for health-summary with the questions');

    // The narrative: the named GP reads it and passes on the one sentence that is about the ear.
    const waiting = await waitingAtPractice(told.id);
    const { texts } = (await namedGp().get(`/v1/releases/${waiting}`)).body as ShownCase;
    const [text] = texts.filter(({ leaf }) => leaf === 'injury-findings.clinicalNarrative');
    const start = NARRATIVE.indexOf(SENTENCE);
    const decided = await namedGp().post(`/v1/releases/${waiting}/decision`, {
      decision: 'release',
      items: [
        {
          category: 'injury-findings',
          decision: 'release',
          reason: 'shows the injury; who rang, and who else was at home, stays ours',
          segments: [{ leaf: text?.leaf, digest: text?.digest, start, end: start + SENTENCE.length }],
        },
        { category: 'full-medical-record', decision: 'withhold', reason: 'excessive-scope' },
      ],
      officer: 'hgp-named',
    });
    expect(decided.status).toBe(200);
    const { disclosureId } = decided.body as { disclosureId: string };
    const message = await inboxOf(told.id);
    expect(message?.record).toEqual({
      'injury-findings': { clinicalNarrative: `${LEFT_OUT}${SENTENCE}${LEFT_OUT}` },
    });
    expect(await decidedAtPractice(disclosureId)).toEqual({
      kind: 'partial',
      outcome: 'partly-released',
      by: 'decided at the custodian by `hgp-named`',
    });
    const seen = [told.reply.bytes, decided.bytes, JSON.stringify(message), ...scenario.gateway.logged].join('\n');
    for (const canary of CANARIES) expect(seen).not.toContain(canary);
  });

  it('her mother is asked about in her own right: what bears on her care is minimised, what is not relevant is withheld by the named GP', async () => {
    const told = await scenario.ask(
      enquiry('mia', 'parent-carer', {
        categories: [
          'core-identity',
          'mental-health',
          'substance-use',
          'sexual-health',
          'hiv-sti',
          'counselling-notes',
          'full-medical-record',
        ],
      }),
    );
    expectTold(told, {
      status: 200,
      outcome: 'partly-released',
      items: {
        'core-identity': 'released',
        'mental-health': 'minimised',
        'substance-use': 'minimised',
        'sexual-health': 'in-review',
        'hiv-sti': NOT_RELEVANT,
        'counselling-notes': NOT_RELEVANT,
        'full-medical-record': 'in-review: excessive-scope',
      },
      record: {
        'core-identity': {
          familyName: 'Northmoor-Test',
          givenNames: 'Mia',
          birthDate: '1994-08-09',
          sex: 'female',
          nhsNumber: '9990000220',
          nhsNumberStatus: 'verified',
        },
        'mental-health': { currentDiagnoses: [{ condition: 'Postpartum depression' }] },
        'substance-use': { useAffectsCare: 'yes' },
      },
      custodian: {
        kind: 'partial',
        policyRow: 'POL-013',
        basis,
        findings: [],
        codes: {
          'mental-health': 'minimised-for-purpose',
          'substance-use': 'minimised-for-purpose',
          'sexual-health': 'person-decides',
          'hiv-sti': 'not-relevant-to-purpose',
          'counselling-notes': 'not-relevant-to-purpose',
          'full-medical-record': 'excessive-scope',
        },
      },
      requester: { kind: 'partial', outcome: 'partly-released', refusal: undefined },
    });
    expect(told.custodian.ask).toMatchObject({ notice, subjectRole: 'parent-carer' });

    const waiting = await waitingAtPractice(told.id);
    const refused = await namedGp().post(`/v1/releases/${waiting}/decision`, {
      decision: 'refuse',
      items: [
        { category: 'sexual-health', decision: 'withhold', reason: 'not-relevant-to-purpose' },
        { category: 'full-medical-record', decision: 'withhold', reason: 'excessive-scope' },
      ],
      officer: 'hgp-named',
    });
    const message = await inboxOf(told.id);
    expect(message).toMatchObject({ outcome: 'withheld', record: {}, disclosure: null });
    expect(Object.fromEntries((message?.items ?? []).map((item) => [item.category, item]))).toMatchObject({
      'sexual-health': { status: 'withheld', reason: 'not-relevant-to-purpose' },
      'full-medical-record': { status: 'withheld', reason: 'excessive-scope' },
    });
    expect(await decidedAtPractice((refused.body as { disclosureId: string }).disclosureId)).toEqual({
      kind: 'deny',
      outcome: 'withheld',
      by: 'decided at the custodian by `hgp-named`',
    });
    const seen = [told.reply.bytes, refused.bytes, JSON.stringify(message), ...scenario.gateway.logged].join('\n');
    for (const canary of CANARIES) expect(seen).not.toContain(canary);
  });

  it('her father is refused until the ask says why he, and answered of himself alone then', async () => {
    const asked = enquiry('dan', 'alleged-source', { categories: ['core-identity', 'full-medical-record'] });
    expectTold(await scenario.ask({ ...asked, with: { necessity: ' ' } }), {
      status: 403,
      reason: 'necessity-missing',
      remedy: 'say in `necessity` why this, why now and why no less',
      items: {
        'core-identity': 'withheld: necessity-missing',
        'full-medical-record': 'withheld: necessity-missing',
      },
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        findings: ['form-complete: necessity-missing'],
        releasedLeaves: [],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'necessity-missing', releasedLeaves: [] },
    });
    expectTold(
      await scenario.ask({ ...asked, with: { necessity: 'He was alone with her when the ear was bruised.' } }),
      {
        status: 200,
        items: { 'core-identity': 'released', 'full-medical-record': 'in-review: excessive-scope' },
        record: {
          'core-identity': {
            familyName: 'Northmoor-Test',
            givenNames: 'Dan',
            birthDate: '1991-01-30',
            sex: 'male',
            nhsNumber: '9990000298',
          },
        },
        custodian: { kind: 'partial', basis, findings: [], codes: { 'full-medical-record': 'excessive-scope' } },
        requester: { kind: 'partial', outcome: 'partly-released' },
      },
    );
  });
});

describe('6-2: the trust has flagged the child as a cause for concern', () => {
  const flagged = {
    of: 'northmoor-nhs-trust/nnt-acute',
    about: 'ava',
    as: 'child',
    categories: ['protection-status', 'present-concern'],
  } as const;
  const triage = { purpose: 'child-mash-triage', caseReference: 'nm-contact-1' } as const;
  const concernOnly = {
    status: 200,
    items: { 'protection-status': 'not-held', 'present-concern': 'released' },
    record: { 'present-concern': CONCERN },
  } as const;

  it('the council has the concern of it, and no word that she is on a plan', async () => {
    expectTold(
      await scenario.ask({ ...flagged, ...triage, by: 'northmoor-council/nmc-sw-1', power: 'ca89-s47-enquiry' }),
      {
        ...concernOnly,
        custodian: { kind: 'disclose', policyRow: 'POL-004', findings: [], codes: {} },
        requester: { kind: 'disclose', outcome: 'released' },
      },
    );
  });

  it('the practice has it as well, for direct care', async () => {
    expectTold(await scenario.ask({ ...flagged, ...triage, by: 'hill-gp/hgp-gp-1', power: 'ca04-s11' }), {
      ...concernOnly,
      custodian: {
        kind: 'disclose',
        policyRow: 'POL-052',
        basis: {
          power: 'hsca-251b',
          article6: '6-1-e',
          article9: '9-2-h',
          schedule1: 'p2',
          article10: 'p2',
          confidentiality: 'implied-consent-direct-care',
          regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
        },
        findings: [],
      },
      requester: { kind: 'disclose', outcome: 'released' },
    });
  });

  it('the school has none of it', async () => {
    expectTold(await scenario.ask({ ...flagged, ...triage, by: 'oak-academy/oak-dsl', power: 'edu02-s175-157' }), {
      status: 403,
      reason: 'no-legal-power',
      items: { 'protection-status': NOT_RELEVANT, 'present-concern': NOT_RELEVANT },
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        policyRow: undefined,
        findings: ['purpose-permitted: no-legal-power'],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'no-legal-power' },
    });
  });
});

/** A contact about which her parents are not told. */
const untold = {
  given: false,
  waivedReason: 'prejudice-criminal-investigation-or-evidence',
  reviewOn: daysAgo(-7),
};
const contact = {
  about: 'ava',
  as: 'child',
  purpose: 'child-mash-triage',
  caseReference: 'nm-contact-1',
  with: { notice: untold },
} as const;

describe('6-3: a school has referred the child, and must not be known to her family', () => {
  it('the council has what the school sees of her, not who at it referred; why the parents are not told is on record', async () => {
    const told = await scenario.ask({
      ...contact,
      by: 'northmoor-council/nmc-sw-1',
      of: 'oak-academy/oak-school',
      power: 'ca04-s10',
      categories: ['core-identity', 'education-behaviour', 'present-concern', 'case-narrative', 'referrer-identity'],
    });
    expectTold(told, {
      status: 200,
      items: {
        'core-identity': 'released',
        'education-behaviour': 'minimised',
        'present-concern': 'released',
        'case-narrative': 'in-review',
        'referrer-identity': NOT_RELEVANT,
      },
      record: {
        'core-identity': { ...AVA, sex: 'female' },
        'education-behaviour': { exclusionsInTwelveMonths: 0 },
        'present-concern': {
          natureOfConcern: 'physical',
          raisedOn: daysAgo(4),
          raisedBy: 'school',
          basisOfKnowledge: 'seen',
        },
      },
      custodian: {
        kind: 'partial',
        policyRow: 'POL-005',
        findings: [],
        codes: {
          'education-behaviour': 'minimised-for-purpose',
          'case-narrative': 'person-decides',
          'referrer-identity': 'not-relevant-to-purpose',
        },
      },
      requester: { kind: 'partial', outcome: 'partly-released' },
    });
    for (const { details } of [told.custodian, told.requester])
      expect(details['ask']).toMatchObject({ notice: untold });
  });

  const feedback: ScenarioAsk = {
    ...contact,
    by: 'oak-academy/oak-dsl',
    of: 'northmoor-council/nmc-csc',
    power: 'edu02-s175-157',
    categories: ['protection-status', 'present-concern', 'police-incidents', 'convictions', 'referrer-identity'],
  };

  it('its safeguarding lead has the level and the concern in short, and nothing of the police', async () => {
    expectTold(await scenario.ask(feedback), {
      status: 200,
      items: {
        'protection-status': 'released',
        'present-concern': 'minimised',
        'police-incidents': NOT_RELEVANT,
        convictions: NOT_RELEVANT,
        'referrer-identity': NOT_RELEVANT,
      },
      record: {
        'protection-status': {
          status: 'child-in-need',
          start: daysAgo(150),
          responsibleAuthority: 'Northmoor Council',
          officeTelephone: '01632 960010',
          outOfHoursTelephone: '01632 960011',
        },
        'present-concern': { concernInShort: 'physical', concernRaisedOn: daysAgo(3) },
      },
      custodian: { kind: 'partial', policyRow: 'POL-007b', findings: [] },
      requester: { kind: 'partial', outcome: 'partly-released' },
    });
  });

  it('nobody else at the school has it', async () => {
    const told = await scenario.ask({ ...feedback, by: 'oak-academy/oak-mgr-1' });
    expectTold(told, {
      status: 403,
      reason: 'requester-role-invalid',
      remedy: 'ask through the `dsl` of your team',
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', findings: ['officer-in-role: requester-role-invalid'] },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'requester-role-invalid' },
    });
  });
});

describe('6-4: the chair of the child protection conference collects what each agency reports', () => {
  const report = {
    by: 'northmoor-council/nmc-chair',
    about: 'ava',
    as: 'child',
    purpose: 'child-cp-conference',
    caseReference: 'nm-conference-1',
    power: 'ca89-s47-enquiry',
  } as const;
  const obligations = [
    'purpose-bound',
    'parent-edition-only',
    'consult-owner-before-evidential-use',
    'consult-owner-before-sar',
  ];

  it.each<{
    who: string;
    of: ScenarioAsk['of'];
    categories: readonly string[];
    changes?: ScenarioAsk['with'];
    items: Readonly<Record<string, string>>;
    record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    power: string;
  }>([
    {
      who: 'the practice',
      of: 'hill-gp/hgp-practice',
      categories: ['core-identity', 'injury-findings', 'health-summary'],
      changes: { questions: [{ category: 'health-summary', code: 'missed-appointments' }] },
      items: { 'core-identity': 'released', 'injury-findings': 'released', 'health-summary': 'minimised' },
      record: {
        'core-identity': { ...AVA, sex: 'female', nhsNumber: '9990000018', nhsNumberStatus: 'verified' },
        'injury-findings': FINDINGS,
        'health-summary': MISSED,
      },
      power: 'ca89-s47',
    },
    {
      who: 'the school',
      of: 'oak-academy/oak-school',
      categories: ['core-identity', 'education-behaviour', 'case-narrative'],
      items: { 'core-identity': 'released', 'education-behaviour': 'minimised', 'case-narrative': 'in-review' },
      record: { 'core-identity': { ...AVA, sex: 'female' }, 'education-behaviour': { exclusionsInTwelveMonths: 0 } },
      power: 'ca04-s10',
    },
    {
      who: 'the health visitor',
      of: 'northmoor-0-19/n019-visitors',
      categories: ['core-identity', 'present-concern'],
      items: { 'core-identity': 'released', 'present-concern': 'released' },
      record: {
        'core-identity': AVA,
        'present-concern': {
          natureOfConcern: 'physical',
          raisedOn: daysAgo(6),
          raisedBy: 'health',
          basisOfKnowledge: 'seen',
        },
      },
      power: 'ca89-s47',
    },
    {
      who: 'the police, whose intelligence and informant go to a person for the confidential annex or nowhere',
      of: 'northmoor-police/np-ppu',
      categories: ['core-identity', 'domestic-abuse', 'intelligence', 'referrer-identity'],
      items: {
        'core-identity': 'released',
        'domestic-abuse': 'minimised',
        intelligence: 'in-review',
        'referrer-identity': NOT_RELEVANT,
      },
      record: {
        'core-identity': { ...AVA, sex: 'female' },
        'domestic-abuse': { known: true, latestOn: daysAgo(12), riskGrade: 'medium' },
      },
      power: 'ca04-s10',
    },
  ])('$who', async ({ of, categories, changes, items, record, power }) => {
    const told = await scenario.ask({ ...report, of, categories, ...(changes !== undefined && { with: changes }) });
    const isWhole = Object.values(items).every((item) => item === 'released');
    const outcome = isWhole ? 'released' : 'partly-released';
    expectTold(told, {
      status: 200,
      outcome,
      items,
      record,
      obligations,
      custodian: { kind: isWhole ? 'disclose' : 'partial', outcome, policyRow: 'POL-017', findings: [] },
      requester: { kind: isWhole ? 'disclose' : 'partial', outcome, policyRow: 'POL-017' },
    });
    expect(told.custodian.basis).toMatchObject({ power, article6: '6-1-e', article9: '9-2-g', schedule1: 'p18' });
  });

  it('a parent’s edition is no ask of an agency’s: no team of anybody’s is a parent', async () => {
    const told = await scenario.ask({
      ...report,
      by: 'northmoor-police/np-4473',
      of: 'northmoor-council/nmc-csc',
      power: 'ca04-s11',
      categories: ['core-identity', 'present-concern'],
    });
    expectTold(told, {
      status: 403,
      reason: 'no-legal-power',
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        findings: ['purpose-permitted: no-legal-power', 'need-to-know: no-open-involvement'],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'no-legal-power' },
    });
  });
});

// Last: from here on what anyone says of a concern about the child waits for a person.
describe('6-3: a school that asked to stay unknown to the family', () => {
  it('once its wish to stay unknown is on record, what could tell of it waits for a person', async () => {
    const recorded = await scenario.post('northmoor-council/nmc-lead-1', '/v1/protections', 'ava', {
      kind: 'referrer-anonymity',
      evidence: 'the referral form says so',
    });
    expect(recorded.status).toBe(201);
    expectTold(
      await scenario.ask({
        ...contact,
        by: 'northmoor-police/np-4473',
        of: 'northmoor-council/nmc-csc',
        power: 'ca04-s11',
        categories: ['core-identity', 'present-concern', 'referrer-identity'],
      }),
      {
        status: 200,
        items: { 'core-identity': 'released', 'present-concern': 'in-review', 'referrer-identity': NOT_RELEVANT },
        record: {
          'core-identity': { ...AVA, sex: 'female', nhsNumber: '9990000018', upn: 'A801200022101' },
        },
        custodian: {
          kind: 'partial',
          policyRow: 'POL-006',
          findings: ['bars-absent: person-decides (present-concern referrer-identity)'],
          codes: { 'present-concern': 'person-decides', 'referrer-identity': 'not-relevant-to-purpose' },
        },
        requester: { kind: 'partial', outcome: 'partly-released' },
      },
    );
  });
});
