import { anAgency, daysAgo, expectTold, ScenarioWorld, type ScenarioAsk } from '../../support/scenario-world.js';

// Domain 6-5 and 6-13: Mr Eden, who can decide for himself, and after his death. docs/law.md says where the rest of them is.

const ADULTS = { agency: 'northmoor-council', officer: 'nmc-eo-1', second: 'nmc-lead-1' };
const IDENTITY = { familyName: 'Eden-Test', givenNames: 'Arthur', birthDate: '1944-11-02' };

const coded = (system: string, code: string, display?: string) => ({
  coding: [{ system, code, ...(display !== undefined && { display }) }],
});

/** The practice's record of him. */
const practice = [
  {
    resourceType: 'Patient',
    id: 'eden',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000360' }],
    name: [{ use: 'official', family: 'Eden-Test', given: ['Arthur'] }],
    gender: 'male',
    birthDate: '1944-11-02',
  },
  {
    resourceType: 'Flag',
    id: 'eden-concern',
    status: 'active',
    category: [coded('https://gateway.example/CodeSystem/safeguarding-flag-category', 'safeguarding-concern')],
    code: coded('https://gateway.example/CodeSystem/nature-of-concern', 'financial'),
    subject: { reference: 'Patient/eden' },
    period: { start: daysAgo(8) },
  },
];

/** The force's: threats, told of by the carer. */
const force = [
  {
    nhsNumber: '9990000360',
    nominal: { surname: 'Eden-Test', forenames: 'Arthur', dateOfBirth: '02/11/1944', gender: 'M' },
    occurrences: [
      {
        ref: 'NP/TEST/0205',
        reportedAt: `${daysAgo(1)}T10:00:00Z`,
        classification: 'Threats to an adult at risk',
        result: 'Under investigation',
        involvement: 'VIC',
        childrenPresent: 'N',
        officerNotes: 'Free text that no one may see without a person’s release.',
      },
    ],
    warnings: [],
  },
];

let scenario: ScenarioWorld;
beforeAll(async () => {
  scenario = await ScenarioWorld.open({
    agencies: [
      anAgency(
        { id: 'willow-house', kind: 'charity', teams: [{ id: 'wh-home', kind: 'provider', name: 'The home' }] },
        [{ id: 'wh-lead', name: 'Nia Nutwood', role: 'care-home-manager', team: 'wh-home' }],
      ),
      anAgency(
        { id: 'northmoor-coroner', kind: 'court', teams: [{ id: 'cor-office', kind: 'court', name: 'Office' }] },
        [{ id: 'cor-1', name: 'Cora Cobnut', role: 'court-officer', team: 'cor-office' }],
      ),
      anAgency({ id: 'speak-up', kind: 'charity', teams: [{ id: 'su-adv', kind: 'advocate', name: 'Advocates' }] }, [
        { id: 'su-1', name: 'Ada Alder', role: 'advocate', team: 'su-adv' },
      ]),
    ],
    officers: {
      'northmoor-council': [
        { id: 'nmc-sam', name: 'Saul Samphire', role: 'safeguarding-adults-manager', team: 'nmc-asc' },
      ],
    },
    cases: [
      {
        reference: 'nm-eden-1',
        process: 'adult-s42-concern',
        subject: 'mr-eden',
        lead: ADULTS,
        involvements: [
          { agency: 'northmoor-council', team: 'nmc-asc', role: 'enquiry', from: 8 },
          { agency: 'willow-house', team: 'wh-home', role: 'provider', from: 8 },
        ],
      },
      {
        reference: 'nm-eden-3',
        process: 'adult-s42-enquiry',
        subject: 'mr-eden',
        lead: ADULTS,
        involvements: [{ agency: 'northmoor-council', team: 'nmc-asc', role: 'enquiry', from: 3 }],
      },
      {
        reference: 'nm-eden-2',
        process: 'adult-sar-s44',
        subject: 'mr-eden',
        lead: ADULTS,
        involvements: [
          { agency: 'northmoor-sab', team: 'sab-board', role: 'review', from: 0 },
          { agency: 'northmoor-coroner', team: 'cor-office', role: 'investigation', from: 0 },
        ],
      },
    ],
    deposits: [
      {
        agency: 'willow-house',
        officer: 'wh-lead',
        subject: 'mr-eden',
        asOf: 1,
        reviewIn: 30,
        content: {
          'core-identity': IDENTITY,
          'present-concern': { natureOfConcern: 'financial', raisedOn: daysAgo(8), raisedBy: 'health' },
          financial: {
            managedBy: 'family',
            debts: [{ kind: 'care fees', amountPounds: 1200 }],
            affordabilityConcern: 'yes',
            exploitationIndicator: 'likely',
          },
        },
      },
    ],
    records: { 'hill-gp': practice, 'northmoor-police': force },
  });
}, 120_000);
afterAll(() => scenario.close());

const NOT_RELEVANT = 'withheld: not-relevant-to-purpose';

describe('6-5: an adult with capacity says "don’t tell anyone"; later he is found to be threatened', () => {
  const concern = (changes: Partial<ScenarioAsk> & Pick<ScenarioAsk, 'of' | 'categories'>): ScenarioAsk => ({
    by: 'northmoor-council/nmc-eo-1',
    about: 'mr-eden',
    as: 'adult-at-risk',
    purpose: 'adult-s42-concern',
    caseReference: 'nm-eden-1',
    power: 'care-s42',
    ...changes,
  });
  const wholeRecord = ['core-identity', 'present-concern', 'full-medical-record'] as const;
  const refused = { wishes: { agreed: false } };

  it.each(['hill-gp/hgp-practice', 'northmoor-police/np-ppu'] as const)(
    'his no stands: %s gives nothing, the answer says what is left to offer him and when to ask again',
    async (of) => {
      const told = await scenario.ask(concern({ of, categories: wholeRecord, with: refused }));
      expectTold(told, {
        status: 403,
        reason: 'adult-refused-no-override',
        items: {
          'core-identity': 'withheld',
          'present-concern': 'withheld',
          'full-medical-record': 'withheld: excessive-scope',
        },
        record: {},
        custodian: {
          kind: 'deny',
          outcome: 'refused',
          policyRow: 'POL-024',
          findings: ['wishes-respected: adult-refused-no-override'],
          codes: {
            'core-identity': 'adult-refused-no-override',
            'present-concern': 'adult-refused-no-override',
            'full-medical-record': 'excessive-scope',
          },
          releasedLeaves: [],
        },
        requester: { kind: 'deny', outcome: 'refused', refusal: 'adult-refused-no-override' },
      });
      expect(told.remedy).toMatch(/^offer the adult other ways to be kept safe.* within 7 days .*`coercion-or-duress`/);
      const { escalation } = told.reply.body as { escalation: { contact: { name: string } } };
      expect(escalation.contact.name).toMatch(/^Duty desk, /);
    },
  );

  const overridden = { wishes: { agreed: false, override: 'coercion-or-duress' } };

  it('no officer overrides him who is not a manager', async () => {
    const of = 'willow-house/wh-home';
    expectTold(await scenario.ask(concern({ of, categories: ['core-identity', 'financial'], with: overridden })), {
      status: 403,
      reason: 'override-not-managers',
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', findings: ['wishes-respected: override-not-managers'] },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'override-not-managers' },
    });
  });

  it.each<{
    who: string;
    stage?: 'enquiry';
    of: ScenarioAsk['of'];
    categories: readonly string[];
    override: string;
    items: Readonly<Record<string, string>>;
    record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    codes: Readonly<Record<string, string>>;
    basis: Readonly<Record<string, string>>;
  }>([
    {
      who: 'the home, which is no public authority, says that he is likely exploited and not what he owes',
      of: 'willow-house/wh-home',
      categories: ['core-identity', 'present-concern', 'financial'],
      override: 'coercion-or-duress',
      items: { 'core-identity': 'released', 'present-concern': 'released', financial: 'minimised' },
      record: {
        'core-identity': IDENTITY,
        'present-concern': { natureOfConcern: 'financial', raisedOn: daysAgo(8), raisedBy: 'health' },
        financial: { affordabilityConcern: 'yes', exploitationIndicator: 'likely' },
      },
      codes: { financial: 'minimised-for-purpose' },
      basis: { power: 'common-law-public-interest', article6: '6-1-ea' },
    },
    {
      who: 'the practice gives the concern and never the whole record',
      of: 'hill-gp/hgp-practice',
      categories: wholeRecord,
      override: 'coercion-or-duress',
      items: {
        'core-identity': 'released',
        'present-concern': 'released',
        'full-medical-record': 'withheld: excessive-scope',
      },
      record: {
        'core-identity': { ...IDENTITY, sex: 'male', nhsNumber: '9990000360' },
        'present-concern': { natureOfConcern: 'financial', raisedOn: daysAgo(8), raisedBy: 'health' },
      },
      codes: { 'full-medical-record': 'excessive-scope' },
      basis: { power: 'care-s6-7', article6: '6-1-e' },
    },
    {
      who: 'once it is an enquiry, the police say in short what was reported',
      stage: 'enquiry',
      of: 'northmoor-police/np-ppu',
      categories: ['core-identity', 'police-incidents'],
      override: 'serious-crime',
      items: { 'core-identity': 'released', 'police-incidents': 'minimised' },
      record: {
        'core-identity': { ...IDENTITY, sex: 'male' },
        'police-incidents': {
          callOuts: [{ on: daysAgo(1), type: 'Threats to an adult at risk', role: 'victim', personAs: 'victim' }],
          callOutOutcomes: [
            { on: daysAgo(1), type: 'Threats to an adult at risk', outcome: 'Under investigation', personAs: 'victim' },
          ],
        },
      },
      codes: { 'police-incidents': 'minimised-for-purpose' },
      basis: { power: 'care-s6-7', article6: '6-1-e' },
    },
  ])('overridden by a manager for a ground of the list: $who', async (expected) => {
    const { stage, of, categories, override, items, record, codes, basis } = expected;
    const enquiry = { purpose: 'adult-s42-enquiry', caseReference: 'nm-eden-3' };
    const policyRow = stage === undefined ? 'POL-024' : 'POL-025';
    const wishes = { agreed: false, override };
    const told = await scenario.ask({
      ...concern({ by: 'northmoor-council/nmc-sam', of, categories, with: { wishes } }),
      ...(stage !== undefined && enquiry),
    });
    expectTold(told, {
      status: 200,
      outcome: 'partly-released',
      items,
      record,
      custodian: { kind: 'partial', outcome: 'partly-released', policyRow, findings: [], codes },
      requester: { kind: 'partial', outcome: 'partly-released', policyRow },
    });
    expect(told.custodian.basis).toMatchObject({
      ...basis,
      article9: '9-2-g',
      schedule1: 'p18',
      p18Reason: 'would-prejudice-protection',
    });
    // The log says that his wishes are on record and what overrode them, and none of his words.
    for (const { details } of [told.custodian, told.requester]) expect(details['ask']).toMatchObject({ wishes });
  });
});

describe('6-5: asking him would put him at greater risk, for the grandson answers his telephone', () => {
  const notAsked = (by: ScenarioAsk['by'], reason: string, changes: Readonly<Record<string, unknown>> = {}) =>
    scenario.ask({
      by,
      of: 'hill-gp/hgp-practice',
      about: 'mr-eden',
      as: 'adult-at-risk',
      purpose: 'adult-s42-concern',
      caseReference: 'nm-eden-1',
      power: 'care-s42',
      categories: ['core-identity', 'present-concern'],
      with: { wishes: { sought: false, reason }, ...changes },
    });
  const findingsOf = ({ details }: { details: Readonly<Record<string, unknown>> }): readonly object[] =>
    (details['decision'] as { findings: readonly { check: string }[] }).findings.filter(
      ({ check }) => check === 'wishes-respected',
    );

  it('a manager says that he was not asked and why: it is given, and both records hold the reason and its law', async () => {
    const told = await notAsked('northmoor-council/nmc-sam', 'greater-risk-to-adult');

    expectTold(told, {
      status: 200,
      items: { 'core-identity': 'released', 'present-concern': 'released' },
      custodian: { outcome: 'released', policyRow: 'POL-024', findings: [] },
      requester: { outcome: 'released' },
    });
    for (const { details } of [told.custodian, told.requester])
      expect(details['ask']).toMatchObject({ wishes: { sought: false, reason: 'greater-risk-to-adult' } });
    expect(findingsOf(told.custodian)).toMatchObject([
      {
        outcome: 'open',
        citation: 'Care Act guidance chapter 14; golden rule 2',
        detail: 'the adult was not asked: `greater-risk-to-adult`',
      },
    ]);
  });

  it.each([
    ['an officer does not decide that', 'greater-risk-to-adult', {}, 'not-sought-not-managers'],
    [
      'nor is he out of reach where there is time',
      'cannot-be-reached-in-time',
      { urgency: 'routine' },
      'not-sought-not-urgent',
    ],
  ])('%s', async (_what, reason, changes, refusal) => {
    expectTold(await notAsked('northmoor-council/nmc-eo-1', reason, changes), {
      status: 403,
      reason: refusal,
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', findings: [`wishes-respected: ${refusal}`] },
      requester: { kind: 'deny', outcome: 'refused', refusal },
    });
  });

  it('an officer may say that he cannot be reached where time is short', async () => {
    const told = await notAsked('northmoor-council/nmc-eo-1', 'cannot-be-reached-in-time', { urgency: 'urgent' });
    expect(told.items).toEqual({ 'core-identity': 'released', 'present-concern': 'released' });
  });

  it('a reason that is in no list is malformed, and told the list', async () => {
    const by = 'northmoor-council/nmc-sam';
    const body = scenario.bodyOf({
      by,
      of: 'hill-gp/hgp-practice',
      about: 'mr-eden',
      as: 'adult-at-risk',
      purpose: 'adult-s42-concern',
      caseReference: 'nm-eden-1',
      power: 'care-s42',
      categories: ['core-identity'],
      with: { wishes: { sought: false, reason: 'inconvenient' } },
    });
    expect(await scenario.client(by).post('/v1/exchanges/requests', body)).toMatchObject({
      status: 400,
      body: {
        errors: [
          { pointer: '/wishes/reason', detail: expect.stringMatching(/`lacks-capacity`.*`cannot-be-reached-in-time`/) },
        ],
      },
    });
  });
});

describe('6-13: Mr Eden has died; a coroner, the adults board and the grandson ask', () => {
  beforeAll(async () => {
    const recorded = await scenario.post('northmoor-council/nmc-eo-1', '/v1/protections', 'mr-eden', {
      kind: 'deceased',
      evidence: 'registered; certificate seen',
    });
    expect(recorded.status).toBe(201);
  });
  const dead = {
    living: 'deceased',
    dutyOfConfidence: true,
    regime: { subject: 'confidence-only', thirdParties: 'uk-gdpr' },
  };
  const about = { about: 'mr-eden', as: 'adult-at-risk', of: 'northmoor-council/nmc-asc' } as const;
  const statusOf = (details: Readonly<Record<string, unknown>>): unknown =>
    (details['decision'] as { subjectStatus?: unknown } | undefined)?.subjectStatus;

  it('the coroner’s notice is a duty, carried out to the letter by a person', async () => {
    const told = await scenario.ask({
      ...about,
      by: 'northmoor-coroner/cor-1',
      purpose: 'court',
      caseReference: 'nm-eden-2',
      power: 'court',
      categories: ['core-identity', 'present-concern', 'case-narrative'],
      with: {
        kind: 'court-order',
        notice: null,
        court: {
          court: 'Northmoor Coroner',
          judge: 'the Senior Coroner',
          date: daysAgo(2),
          scope: ['core-identity', 'present-concern'],
          document: 'notice 7 under Coroners and Justice Act 2009 Schedule 5',
        },
      },
    });
    expectTold(told, {
      status: 202,
      outcome: 'awaiting-release',
      items: {
        'core-identity': 'in-review',
        'present-concern': 'in-review',
        'case-narrative': 'withheld: excessive-scope',
      },
      record: {},
      custodian: {
        kind: 'request',
        outcome: 'awaiting-release',
        policyRow: 'POL-047',
        findings: ['order-scope: excessive-scope (case-narrative)', 'kind-reviewed: person-decides'],
        releasedLeaves: [],
      },
      requester: { kind: 'request', outcome: 'awaiting-release' },
    });
    expect(told.custodian.basis).toMatchObject({ power: 'court', article6: '6-1-c', confidentiality: 'court-order' });
    expect(statusOf(told.custodian.details)).toEqual(dead);

    const release = scenario.client('northmoor-council/nmc-sam');
    const { releases } = (await release.get('/v1/releases?status=due')).body as {
      releases: readonly { id: string; exchange: string }[];
    };
    const waiting = releases.find(({ exchange }) => exchange === told.id)?.id ?? '';
    const shown = (await release.get(`/v1/releases/${waiting}`)).body as { proposed: readonly { category: string }[] };
    expect(shown.proposed.map(({ category }) => category)).toEqual(['core-identity', 'present-concern']);
    const decided = await release.post(`/v1/releases/${waiting}/decision`, {
      decision: 'release',
      items: [{ category: 'core-identity', decision: 'release', reason: 'the notice names it' }],
      officer: 'nmc-sam',
    });
    expect(decided.status).toBe(200);
    const { messages } = (await scenario.client('northmoor-coroner/cor-1').get('/v1/inbox')).body as {
      messages: readonly { of: string; record: unknown }[];
    };
    expect(messages.find(({ of }) => of === told.id)?.record).toEqual({
      'core-identity': { ...IDENTITY, sex: 'male', nhsNumber: '9990000360' },
    });
  });

  it('the board’s request is a duty for its own review; his health waits for a person, advice of lawyers stays shut', async () => {
    const told = await scenario.ask({
      ...about,
      by: 'northmoor-sab/sab-mgr',
      purpose: 'adult-sar-s44',
      caseReference: 'nm-eden-2',
      power: 'care-s45',
      categories: [
        'core-identity',
        'capacity-and-wishes',
        'mental-health',
        'full-medical-record',
        'legally-privileged',
      ],
      with: { notice: { given: false, waivedReason: 'subject-uncontactable', reviewOn: daysAgo(-14) } },
    });
    expectTold(told, {
      status: 200,
      outcome: 'partly-released',
      items: {
        'core-identity': 'released',
        'capacity-and-wishes': 'released',
        'mental-health': 'in-review',
        'full-medical-record': 'in-review',
        'legally-privileged': 'withheld',
      },
      record: {
        'core-identity': { ...IDENTITY, sex: 'male', nhsNumber: '9990000360' },
        'capacity-and-wishes': {
          capacityAssessments: [{ decision: 'Managing his account', on: daysAgo(7), outcome: 'has-capacity' }],
          wishesAsked: 'asked-and-expressed',
        },
      },
      obligations: ['purpose-bound', 'no-onward-disclosure', 'consult-owner-before-sar'],
      custodian: {
        kind: 'partial',
        outcome: 'partly-released',
        policyRow: 'POL-027',
        basis: {
          power: 'care-s45',
          article6: '6-1-c',
          article9: '9-2-g',
          schedule1: 'p6',
          article10: 'p6',
          confidentiality: 'statute',
          regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
        },
        findings: [
          'bars-absent: lpp (legally-privileged)',
          'bars-absent: person-decides (mental-health full-medical-record)',
        ],
      },
      requester: { kind: 'partial', outcome: 'partly-released', policyRow: 'POL-027' },
    });
    expect(statusOf(told.custodian.details)).toEqual(dead);
    // That he died is the custodian's to know: the board's record holds what its answer said.
    expect(JSON.stringify(told.requester.details)).not.toContain('deceased');
  });

  it('the grandson, through an advocate, has no power to ask: no grant, and himself the one who is said to have harmed', async () => {
    const told = await scenario.ask({
      ...about,
      by: 'speak-up/su-1',
      purpose: 'subject-access',
      caseReference: 'su-eden-1',
      power: 'gdpr-article-15',
      categories: ['core-identity', 'full-medical-record'],
    });
    expectTold(told, {
      status: 403,
      reason: 'no-legal-power',
      items: { 'core-identity': NOT_RELEVANT, 'full-medical-record': 'withheld: excessive-scope' },
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        policyRow: undefined,
        basis: undefined,
        findings: [
          'purpose-permitted: no-legal-power',
          'need-to-know: no-open-involvement',
          'bars-absent: person-decides (full-medical-record)',
        ],
        releasedLeaves: [],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'no-legal-power' },
    });
    expect(statusOf(told.custodian.details)).toEqual(dead);
  });
});
