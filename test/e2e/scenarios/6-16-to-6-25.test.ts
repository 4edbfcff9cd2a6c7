import { readPeople } from '../../../src/cli/demo/world.js';
import { CONFIGURATION } from '../../support/gateway-world.js';
import type { Delivered, ShownCase } from '../../support/release-desk.js';
import {
  anAgency,
  daysAgo,
  expectTold,
  ScenarioWorld,
  type Party,
  type ScenarioAsk,
  type Told,
} from '../../support/scenario-world.js';

// Domain 6-16, 6-18, 6-22 and 6-25, as far as they are decisions: docs/law.md says where the rest is.

const COUNCIL = { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' };
const FORCE = { agency: 'northmoor-police', officer: 'np-lead-1', second: 'np-mgr-1' };

/** What the council's own record of Cara holds since it placed her in Eastvale. */
const PLACED = {
  addresses: {
    current: [
      { line1: '9 Hidden Close', town: 'Eastvale', postcode: 'ZZ99 4WZ', startDate: '2024-03-11', type: 'placement' },
    ],
    previous: [],
    localAuthority: 'Eastvale',
  },
};

/** Her safeguarding file at the school she leaves. */
const AT_SCHOOL = {
  upn: 'Z801200019044',
  nhsNumber: '9990000158',
  whereaboutsRestricted: false,
  pupil: { legalSurname: 'Eastvale-Test', legalForenames: 'Cara', dob: '20/02/2019', sex: 'F' },
  attendance: {
    schoolName: 'Oak Academy (Northmoor)',
    schoolUrn: '999901',
    enrolmentStatus: 'L',
    admissionDate: '04/09/2023',
    percentage: '96.1',
    absences: [],
  },
  conduct: { suspensions: [], senStatus: 'K', incidents: [], suspensionsInTwelveMonths: 0 },
  concern: { category: 'Emotional', loggedOn: '12/06/2026', basis: 'Pupil said', record: 'unseen free text' },
};

let scenario: ScenarioWorld;
beforeAll(async () => {
  scenario = await ScenarioWorld.open({
    teams: { 'eastvale-council': [{ id: 'evc-placed', kind: 'other-la', name: 'Children placed here by others' }] },
    officers: {
      'eastvale-council': [{ id: 'evc-placed-1', name: 'Olwen Orrell', role: 'social-worker', team: 'evc-placed' }],
    },
    agencies: [
      anAgency({ id: 'beck-school', kind: 'education', teams: [{ id: 'beck-staff', kind: 'school', name: 'Staff' }] }, [
        { id: 'beck-dsl', name: 'Bryony Beck', role: 'dsl', team: 'beck-staff' },
      ]),
      anAgency(
        { id: 'moor-rape-crisis', kind: 'charity', teams: [{ id: 'mrc-support', kind: 'vcs', name: 'Support' }] },
        [{ id: 'mrc-lead', name: 'Rosalind Reed', role: 'charity-safeguarding-lead', team: 'mrc-support' }],
      ),
    ],
    people: [
      {
        id: 'noa',
        name: 'Noa Otherby-Test',
        familyName: 'Otherby-Test',
        givenName: 'Noa',
        birthDate: '2017-10-03',
        identifiers: [{ system: 'nhs-number', value: '9990050015' }],
      },
    ],
    cases: [
      {
        reference: 'nm-placed-1',
        process: 'child-lac-care',
        subject: 'cara',
        lead: COUNCIL,
        involvements: [
          { agency: 'eastvale-council', team: 'evc-placed', role: 'council-of-placement', from: 20 },
          { agency: 'northmoor-nhs-trust', team: 'nnt-acute', role: 'health-assessment', from: 20 },
          { agency: 'beck-school', team: 'beck-staff', role: 'new-school', from: 2 },
        ],
      },
      {
        reference: 'nm-moves-1',
        process: 'la-transfer',
        subject: 'ben',
        lead: COUNCIL,
        involvements: [{ agency: 'eastvale-council', team: 'evc-placed', role: 'receiving-council', from: 1 }],
      },
      {
        reference: 'np-rape-1',
        process: 'victim-information-request',
        subject: 'faye',
        lead: FORCE,
        involvements: [
          { agency: 'northmoor-police', team: 'np-cid', role: 'investigation', from: 10 },
          { agency: 'moor-rape-crisis', team: 'mrc-support', role: 'support', from: 10 },
        ],
      },
      ...['ava', 'noa'].map((subject) => ({
        reference: `np-encompass-${subject}`,
        process: 'op-encompass',
        subject,
        lead: FORCE,
        involvements: [{ agency: 'oak-academy', team: 'oak-school', role: 'school', from: 0 }],
      })),
    ],
    deposits: [
      {
        agency: 'moor-rape-crisis',
        officer: 'mrc-lead',
        subject: 'faye',
        asOf: 1,
        reviewIn: 90,
        content: {
          'present-concern': {
            natureOfConcern: 'sexual',
            raisedOn: daysAgo(36),
            raisedBy: 'self',
            basisOfKnowledge: 'told-by-subject',
            assertion: 'allegation',
          },
          'counselling-notes': {
            sessions: [
              { on: daysAgo(34), attended: true },
              { on: daysAgo(28), attended: false },
              { on: daysAgo(10), attended: true },
            ],
            attended: true,
          },
        },
        handling: { 'counselling-notes': ['do-not-tell-perpetrator', 'no-onward-disclosure'] },
      },
    ],
    records: {
      'northmoor-council': readPeople(CONFIGURATION, 'northmoor-council').map((person) =>
        person['nhsNumber'] === '9990000158' ? { ...person, ...PLACED } : person,
      ),
      'oak-academy': [...readPeople(CONFIGURATION, 'oak-academy'), AT_SCHOOL],
    },
  });
}, 120_000);
afterAll(() => scenario.close());

describe('6-16: an inspector at a door at 03:00, two children unseen, the council silent', () => {
  const named = ['protection-status', 'household', 'parental-responsibility'];

  it('has what the emergency names, the out-of-hours telephone with it, and nothing it does not name', async () => {
    const told = await scenario.ask({
      by: 'northmoor-police/np-5200',
      of: 'northmoor-council/nmc-csc',
      about: 'ava',
      as: 'child',
      purpose: 'child-emergency-protection',
      caseReference: 'np-0300',
      power: 'ca04-s11',
      categories: [...named, 'case-narrative', 'full-medical-record', 'protected-location', 'legally-privileged'],
      with: {
        urgency: 'emergency',
        emergency: {
          reason: 'immediate-risk-to-life',
          text: 'two children unseen behind a locked door; the duty desk has not answered for ten minutes',
          categories: named,
        },
      },
    });
    const releasedLeaves = [
      'household.members',
      'parental-responsibility.holders',
      'parental-responsibility.legalStatus',
      'protection-status.officeTelephone',
      'protection-status.outOfHoursTelephone',
      'protection-status.responsibleAuthority',
      'protection-status.start',
      'protection-status.status',
    ];
    expectTold(told, {
      status: 200,
      outcome: 'partly-released',
      items: {
        'protection-status': 'released',
        household: 'released',
        'parental-responsibility': 'released',
        'case-narrative': 'withheld',
        'full-medical-record': 'withheld: excessive-scope',
        'protected-location': 'withheld',
        'legally-privileged': 'withheld',
      },
      record: {
        'protection-status': {
          status: 'child-in-need',
          start: daysAgo(150),
          responsibleAuthority: 'Northmoor Council',
          officeTelephone: '01632 960010',
          outOfHoursTelephone: '01632 960011',
        },
        household: {
          members: [
            {
              familyName: 'Northmoor-Test',
              givenNames: 'Mia',
              birthDate: '1994-08-09',
              relationship: 'mother',
              livesWithSubject: true,
            },
            {
              familyName: 'Northmoor-Test',
              givenNames: 'Dan',
              birthDate: '1991-01-30',
              relationship: 'father',
              livesWithSubject: false,
            },
          ],
        },
        'parental-responsibility': {
          holders: [
            { name: 'Mia Northmoor-Test', relationship: 'mother', by: 'birth' },
            { name: 'Dan Northmoor-Test', relationship: 'father', by: 'registration' },
          ],
          legalStatus: 'none',
        },
      },
      obligations: ['purpose-bound', 'no-onward-disclosure', 'do-not-tell-perpetrator', 'ack-required'],
      custodian: {
        kind: 'override',
        outcome: 'partly-released',
        policyRow: 'POL-016',
        findings: [
          'bars-absent: lpp (legally-privileged)',
          'need-to-know: emergency-not-named (case-narrative full-medical-record protected-location legally-privileged)',
        ],
        codes: {
          'case-narrative': 'withheld',
          'full-medical-record': 'excessive-scope',
          'protected-location': 'protected-location',
          'legally-privileged': 'lpp',
        },
        releasedLeaves,
        requesterOfficer: 'np-5200',
      },
      requester: { kind: 'override', outcome: 'partly-released', policyRow: 'POL-016', releasedLeaves },
    });
    const { expiresAt, reviewDueAt } = told.reply.body as { expiresAt: string; reviewDueAt: string };
    for (const { details } of [told.custodian, told.requester])
      expect(details['override']).toMatchObject({ expiresAt, reviewDueAt });
  });
});

describe('6-18: Cara, under a care order to Northmoor, is placed in Eastvale', () => {
  const placed: ScenarioAsk = {
    by: 'eastvale-council/evc-placed-1',
    of: 'northmoor-council/nmc-csc',
    about: 'cara',
    as: 'child',
    purpose: 'child-lac-care',
    caseReference: 'nm-placed-1',
    power: 'ca89-s22',
    categories: [
      'core-identity',
      'protection-status',
      'professionals-involved',
      'parental-responsibility',
      'address',
      'protected-location',
      'third-party',
    ],
  };
  const identity = {
    familyName: 'Eastvale-Test',
    givenNames: 'Cara',
    birthDate: '2019-02-20',
    sex: 'female',
    nhsNumber: '9990000158',
    upn: 'Z801200019044',
  };
  /** Northmoor stays responsible, whoever asks. */
  const status = {
    status: 'looked-after',
    start: '2024-03-11',
    responsibleAuthority: 'Northmoor Council',
    officeTelephone: '01632 960010',
    outOfHoursTelephone: '01632 960011',
  };
  const professionals = {
    professionals: [
      {
        name: 'Gwil Greenhalgh',
        role: 'Social worker for looked-after children',
        agency: 'Northmoor Council',
        telephone: '01632 960013',
      },
    ],
  };
  const notRelevant = 'withheld: not-relevant-to-purpose';

  it('Eastvale is told who she is, that she is looked after and by whom, and no more: not where, not with whom', async () => {
    expectTold(await scenario.ask(placed), {
      status: 200,
      outcome: 'partly-released',
      items: {
        'core-identity': 'released',
        'protection-status': 'released',
        'professionals-involved': 'released',
        'parental-responsibility': notRelevant,
        address: notRelevant,
        'protected-location': 'withheld',
        'third-party': notRelevant,
      },
      record: { 'core-identity': identity, 'protection-status': status, 'professionals-involved': professionals },
      obligations: ['purpose-bound', 'no-onward-disclosure'],
      custodian: {
        kind: 'partial',
        policyRow: 'POL-053',
        findings: [],
        codes: {
          'parental-responsibility': 'not-relevant-to-purpose',
          address: 'not-relevant-to-purpose',
          'protected-location': 'protected-location',
          'third-party': 'not-relevant-to-purpose',
        },
      },
      requester: { kind: 'partial', outcome: 'partly-released', policyRow: 'POL-053' },
    });
  });

  it('the trust sees, to consent to her health assessment, that Northmoor holds parental responsibility', async () => {
    const told = await scenario.ask({ ...placed, by: 'northmoor-nhs-trust/nnt-300', power: 'ca04-s11' });
    expectTold(told, {
      status: 200,
      items: {
        'core-identity': 'released',
        'protection-status': 'released',
        'professionals-involved': 'released',
        'parental-responsibility': 'released',
        address: 'minimised',
        'protected-location': 'withheld',
        'third-party': notRelevant,
      },
      record: {
        'core-identity': identity,
        'protection-status': status,
        'professionals-involved': professionals,
        'parental-responsibility': {
          holders: [{ name: 'Northmoor Council', relationship: 'local authority', by: 'care-order' }],
          legalStatus: 'c2',
          orders: [{ type: 'care', court: 'Northmoor Family Court (test)', start: '2024-03-11' }],
        },
        address: { localAuthority: 'Eastvale' },
      },
      custodian: { kind: 'partial', policyRow: 'POL-020', findings: [] },
      requester: { kind: 'partial', policyRow: 'POL-020' },
    });
  });

  it('an emergency department sees the marker, of Northmoor and not of Eastvale, and nothing beside it', async () => {
    const told = await scenario.ask({
      ...placed,
      by: 'northmoor-nhs-trust/nnt-211',
      purpose: 'cpis-alert',
      power: 'ca04-s11',
    });
    expectTold(told, {
      status: 200,
      record: { 'protection-status': status, 'professionals-involved': professionals },
      obligations: ['purpose-bound', 'nopat'],
      custodian: { kind: 'partial', policyRow: 'POL-021', findings: [] },
      requester: { kind: 'partial', policyRow: 'POL-021' },
    });
  });

  it('her new school has her safeguarding file from the old one, its free text and other children left out', async () => {
    const told = await scenario.ask({
      ...placed,
      by: 'beck-school/beck-dsl',
      of: 'oak-academy/oak-school',
      purpose: 'school-transfer',
      power: 'edu02-s175-157',
      categories: ['core-identity', 'education-attendance', 'education-behaviour', 'present-concern', 'third-party'],
      with: { subject: { role: 'child', nhsNumber: '9990000158', upn: 'Z801200019044' }, textFor: ['present-concern'] },
    });
    expectTold(told, {
      status: 200,
      items: {
        'core-identity': 'released',
        'education-attendance': 'released',
        'education-behaviour': 'minimised',
        'present-concern': 'released + text',
        'third-party': 'in-review',
      },
      record: {
        'core-identity': { familyName: 'Eastvale-Test', givenNames: 'Cara', birthDate: '2019-02-20', sex: 'female' },
        'education-attendance': {
          placement: 'Oak Academy (Northmoor)',
          establishmentUrn: '999901',
          onRollSince: '2023-09-04',
          attendancePercent: 96.1,
        },
        'education-behaviour': { exclusionsInTwelveMonths: 0 },
        'present-concern': {
          natureOfConcern: 'emotional',
          raisedOn: '2026-06-12',
          raisedBy: 'school',
          basisOfKnowledge: 'told-by-subject',
        },
      },
      obligations: ['purpose-bound', 'no-onward-disclosure', 'ack-required', 'consult-owner-before-sar'],
      custodian: {
        kind: 'partial',
        policyRow: 'POL-022',
        codes: { 'education-behaviour': 'minimised-for-purpose', 'third-party': 'person-decides' },
      },
      requester: { kind: 'partial', policyRow: 'POL-022' },
    });
  });

  it('a family that moves of itself is another thing: the council it moves to takes the whole case on', async () => {
    const told = await scenario.ask({
      ...placed,
      about: 'ben',
      purpose: 'la-transfer',
      caseReference: 'nm-moves-1',
      power: 'ca89-s27',
      categories: ['parental-responsibility', 'present-concern', 'case-narrative', 'third-party', 'protected-location'],
    });
    expectTold(told, {
      status: 200,
      items: {
        'parental-responsibility': 'released',
        'present-concern': 'released',
        'case-narrative': 'in-review',
        'third-party': 'in-review',
        'protected-location': 'withheld',
      },
      record: {
        'parental-responsibility': {
          holders: [{ name: 'Nora Northmoor-Test', relationship: 'grandmother', by: 'court-order' }],
          legalStatus: 'none',
          orders: [{ type: 'special-guardianship', court: 'Northmoor Family Court (test)', start: '2019-05-20' }],
        },
        'present-concern': {
          natureOfConcern: 'exploitation',
          raisedOn: daysAgo(6),
          raisedBy: 'police',
          assertion: 'assessment',
          whereaboutsNow: 'home',
        },
      },
      obligations: ['purpose-bound', 'ack-required', 'consult-owner-before-sar'],
      custodian: { kind: 'partial', policyRow: 'POL-023', findings: [] },
      requester: { kind: 'partial', policyRow: 'POL-023' },
    });
  });

  it('where the placement is not to be known, a person decides on all that could give it away', async () => {
    const recorded = await scenario.post('northmoor-council/nmc-mgr-1', '/v1/protections', 'cara', {
      kind: 'protected-address',
      evidence: { reference: 'held on the council’s file' },
    });
    expect(recorded.status).toBe(201);
    const told = await scenario.ask({ ...placed, by: 'northmoor-nhs-trust/nnt-300', power: 'ca04-s11' });
    expectTold(told, {
      status: 200,
      items: {
        'core-identity': 'released',
        'protection-status': 'released',
        'professionals-involved': 'in-review',
        'parental-responsibility': 'released',
        address: 'in-review',
        'protected-location': 'withheld',
        'third-party': notRelevant,
      },
      custodian: { findings: ['bars-absent: person-decides (professionals-involved address)'] },
      requester: { kind: 'partial' },
    });
    expect(Object.keys(told.record).sort()).toEqual(['core-identity', 'parental-responsibility', 'protection-status']);
  });
});

describe('6-20: a father asks for his child’s file, and for who received his own', () => {
  it('no agency asks in a person’s stead: their own access is between them and each controller', async () => {
    const told = await scenario.ask({
      by: 'northmoor-council/nmc-sw-1',
      of: 'northmoor-police/np-ppu',
      about: 'ava',
      as: 'child',
      purpose: 'subject-access',
      caseReference: 'nm-2026-0417',
      power: 'gdpr-article-15',
      categories: ['core-identity', 'police-incidents', 'domestic-abuse'],
    });
    const notRelevant = 'withheld: not-relevant-to-purpose';
    expectTold(told, {
      status: 403,
      reason: 'no-legal-power',
      remedy: 'ask for a purpose that policy provides between these two kinds of team',
      items: { 'core-identity': notRelevant, 'police-incidents': notRelevant, 'domestic-abuse': notRelevant },
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        policyRow: undefined,
        findings: ['purpose-permitted: no-legal-power'],
        releasedLeaves: [],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'no-legal-power', releasedLeaves: [] },
    });
  });

  it('of his own, those who governs may read of their own records who had it; nobody else’s are in the list', async () => {
    const asked = await scenario.ask({
      by: 'northmoor-police/np-4471',
      of: 'northmoor-council/nmc-csc',
      about: 'ava',
      as: 'child',
      purpose: 'child-s47-enquiry',
      caseReference: 'nm-2026-0417',
      power: 'ca04-s11',
      categories: ['protection-status'],
    });
    const listOf = async (governs: Party): Promise<string> => {
      const reply = await scenario
        .client(governs)
        .get('/v1/disclosures?limit=200', { headers: { 'x-log-purpose': 'lawfulness' } });
      expect(reply.status).toBe(200);
      return reply.bytes.toString();
    };
    expect(await listOf('northmoor-council/nmc-ig-1')).toContain(asked.disclosureId);
    expect(await listOf('fern-refuge/fern-ig-1')).not.toContain(asked.disclosureId);
  });
});

describe('6-22: a detective asks a rape crisis centre for Faye’s counselling notes', () => {
  const held = {
    reasonToBelieveHeld: 'she told the officer that she has had support there',
    lineOfEnquiry: 'what she first said of it, and when',
  };
  const rebutted = {
    ...held,
    notice: { given: true, on: daysAgo(1) },
    counselling: {
      probativeValue: 'the first account, two days after',
      rebuttal: 'no other record of it exists; she was asked',
    },
  };
  const asked = (victim: object): Promise<Told> =>
    scenario.ask({
      by: 'northmoor-police/np-6001',
      of: 'moor-rape-crisis/mrc-support',
      about: 'faye',
      as: 'victim',
      purpose: 'victim-information-request',
      caseReference: 'np-rape-1',
      power: 'pcsc-s44a',
      categories: ['counselling-notes', 'present-concern'],
      with: {
        kind: 'victim-information',
        notice: null,
        period: { from: daysAgo(40), to: daysAgo(25) },
        police: { supervisor: { id: 'np-5200', rank: 'inspector' } },
        victim,
      },
    });
  const ALWAYS = ['kind-reviewed: person-decides', 'need-to-know: involvement-unconfirmed'];

  it.each([
    {
      because: 'she had no written notice',
      victim: { ...held, counselling: rebutted.counselling },
      reason: 'vir-notice-missing',
      remedy: 'give the victim written notice, or state the exception in `victim.notice`',
    },
    {
      because: 'it is to assess her credibility, which rebuts no presumption',
      victim: { ...held, notice: rebutted.notice, lineOfEnquiry: 'to assess credibility' },
      reason: 'vir-counselling-presumption',
      remedy: 'state its substantial probative value and what rebuts the presumption',
    },
  ])('refused when $because: $reason', async ({ victim, reason, remedy }) => {
    expectTold(await asked(victim), {
      status: 403,
      reason,
      remedy,
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        policyRow: 'POL-032',
        findings: [`form-complete: ${reason}`, ...ALWAYS],
        codes: { 'counselling-notes': reason, 'present-concern': reason },
        releasedLeaves: [],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: reason, releasedLeaves: [] },
    });
  });

  describe('with notice, and the presumption rebutted', () => {
    const lead = () => scenario.client('moor-rape-crisis/mrc-lead');

    async function waiting(): Promise<{ readonly told: Told; readonly id: string }> {
      const told = await asked(rebutted);
      const { body } = await lead().get('/v1/releases?status=due');
      const { releases } = body as { releases: readonly { id: string; exchange: string }[] };
      return { told, id: releases.find(({ exchange }) => exchange === told.id)?.id ?? '' };
    }

    async function delivered(exchange: string): Promise<Delivered | undefined> {
      const { body } = await scenario.client('northmoor-police/np-6001').get('/v1/inbox?limit=100');
      return (body as { messages: readonly Delivered[] }).messages.find(({ of }) => of === exchange);
    }

    it('it waits for a person there, and both records hold the rebuttal and who stood behind it', async () => {
      const { told } = await waiting();
      expectTold(told, {
        status: 202,
        outcome: 'awaiting-release',
        items: { 'counselling-notes': 'in-review', 'present-concern': 'in-review' },
        record: {},
        custodian: {
          kind: 'request',
          outcome: 'awaiting-release',
          policyRow: 'POL-032',
          findings: ALWAYS,
          releasedLeaves: [],
        },
        requester: { kind: 'request', outcome: 'awaiting-release', releasedLeaves: [] },
      });
      expect(told.custodian.basis).toMatchObject({
        power: 'common-law-public-interest',
        article6: '6-1-ea',
        schedule1: 'p10',
        confidentiality: 'public-interest-serious-crime',
        regime: { custodian: 'uk-gdpr', requester: 'part-3' },
      });
      for (const { details } of [told.custodian, told.requester])
        expect(details['ask']).toMatchObject({
          victim: rebutted,
          police: { supervisor: { id: 'np-5200', rank: 'inspector' } },
        });
    });

    it('the centre may refuse: the request makes no duty', async () => {
      const { told, id } = await waiting();
      const answer = await lead().post(`/v1/releases/${id}/decision`, {
        decision: 'refuse',
        items: [{ category: 'counselling-notes', decision: 'withhold', reason: 'she asked us not to' }],
        officer: 'mrc-lead',
      });
      expect(answer).toMatchObject({ status: 200, body: { outcome: 'withheld' } });
      const message = await delivered(told.id);
      expect(message).toMatchObject({ kind: 'released', outcome: 'withheld', record: {}, disclosure: null });
      for (const [agency, side] of [
        ['moor-rape-crisis', 'custodian'],
        ['northmoor-police', 'requester'],
      ] as const)
        expect(await scenario.sliceOf(agency, message?.disclosureId ?? '', side)).toMatchObject({
          kind: 'deny',
          outcome: 'withheld',
        });
      expect(JSON.stringify(message)).not.toContain('she asked us not to');
    });

    it('or give what bears on the line of enquiry and keep the notes', async () => {
      const { told, id } = await waiting();
      const shown = (await lead().get(`/v1/releases/${id}`)).body as ShownCase;
      expect(shown.proposed.map(({ category, source }) => [category, source])).toEqual([
        ['counselling-notes', 'held'],
        ['present-concern', 'held'],
      ]);
      const answer = await lead().post(`/v1/releases/${id}/decision`, {
        decision: 'release',
        items: [
          { category: 'present-concern', decision: 'release', reason: 'when she first spoke of it' },
          { category: 'counselling-notes', decision: 'withhold', reason: 'nothing of hers bears on that' },
        ],
        officer: 'mrc-lead',
      });
      expect(answer).toMatchObject({ status: 200, body: { outcome: 'partly-released' } });
      const message = await delivered(told.id);
      expect(message).toMatchObject({
        outcome: 'partly-released',
        items: [
          { category: 'counselling-notes', status: 'withheld' },
          { category: 'present-concern', status: 'released' },
        ],
        record: {
          'present-concern': {
            natureOfConcern: 'sexual',
            raisedOn: daysAgo(36),
            raisedBy: 'self',
            basisOfKnowledge: 'told-by-subject',
            assertion: 'allegation',
          },
        },
      });
      expect(Object.keys(message?.record ?? {})).toEqual(['present-concern']);
      const slice = await scenario.sliceOf('moor-rape-crisis', message?.disclosureId ?? '', 'custodian');
      expect(slice).toMatchObject({ kind: 'partial', outcome: 'partly-released' });
    });

    it('or only the days on which she came, of the period asked, on the centre’s own conditions', async () => {
      const { told, id } = await waiting();
      await lead().get(`/v1/releases/${id}`);
      const answer = await lead().post(`/v1/releases/${id}/decision`, {
        decision: 'release',
        items: [
          {
            category: 'counselling-notes',
            decision: 'release',
            reason: 'when she first came bears on the first account',
          },
          { category: 'present-concern', decision: 'withhold', reason: 'the force has it from her' },
        ],
        officer: 'mrc-lead',
      });
      expect(answer).toMatchObject({ status: 200, body: { outcome: 'partly-released' } });
      const message = await delivered(told.id);
      expect(message?.record).toEqual({
        'counselling-notes': {
          sessions: [
            { on: daysAgo(34), attended: true },
            { on: daysAgo(28), attended: false },
          ],
        },
      });
      expect(message).toMatchObject({
        conditions: { 'counselling-notes': ['do-not-tell-perpetrator', 'no-onward-disclosure'] },
      });
      const slice = await scenario.sliceOf('moor-rape-crisis', message?.disclosureId ?? '', 'custodian');
      expect(slice).toMatchObject({
        kind: 'partial',
        details: {
          releasedLeaves: ['counselling-notes.sessions'],
          conditions: { 'counselling-notes': ['do-not-tell-perpetrator', 'no-onward-disclosure'] },
        },
      });
    });
  });
});

describe('6-25: Operation Encompass, the school hears before the child comes in', () => {
  const told: ScenarioAsk = {
    by: 'oak-academy/oak-dsl',
    of: 'northmoor-police/np-ppu',
    about: 'ava',
    as: 'child',
    purpose: 'op-encompass',
    caseReference: 'np-encompass-ava',
    power: 'edu02-s175-157',
    categories: [
      'core-identity',
      'present-concern',
      'police-incidents',
      'staff-safety',
      'bail-and-orders',
      'domestic-abuse',
      'convictions',
      'arrests-and-allegations',
    ],
    with: { period: { from: daysAgo(14), to: daysAgo(0) } },
  };

  it('that it happened, when, that she was there and how to keep safe; of the adults nothing', async () => {
    expectTold(await scenario.ask(told), {
      status: 200,
      outcome: 'partly-released',
      items: {
        'core-identity': 'released',
        'present-concern': 'minimised',
        'police-incidents': 'minimised',
        'staff-safety': 'minimised',
        'bail-and-orders': 'in-review',
        'domestic-abuse': 'withheld: not-relevant-to-purpose',
        convictions: 'withheld: not-relevant-to-purpose',
        'arrests-and-allegations': 'withheld: not-relevant-to-purpose',
      },
      obligations: ['purpose-bound', 'no-onward-disclosure', 'do-not-tell-perpetrator'],
      custodian: {
        kind: 'partial',
        policyRow: 'POL-039',
        findings: [],
        codes: {
          'present-concern': 'minimised-for-purpose',
          'police-incidents': 'minimised-for-purpose',
          'staff-safety': 'minimised-for-purpose',
          'bail-and-orders': 'person-decides',
          'domestic-abuse': 'not-relevant-to-purpose',
          convictions: 'not-relevant-to-purpose',
          'arrests-and-allegations': 'not-relevant-to-purpose',
        },
      },
      requester: { kind: 'partial', policyRow: 'POL-039' },
    });
  });

  it('on the statutory duty, released to the lead alone: a colleague of theirs is sent to them', async () => {
    const { custodian, record } = await scenario.ask(told);
    expect(custodian.basis).toMatchObject({
      power: 'daa-s49a',
      article6: '6-1-c',
      confidentiality: 'lawful-authority',
    });
    expect(record).toMatchObject({
      'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Ava', birthDate: '2022-05-01', sex: 'female' },
      'present-concern': { concernInShort: 'domestic-abuse', concernRaisedOn: daysAgo(12) },
      'staff-safety': { hazardTypes: [{ hazard: 'dogs', on: daysAgo(200) }] },
    });
    expect(record['police-incidents']?.['callOuts']).toEqual([
      expect.objectContaining({ on: daysAgo(12), type: 'Domestic incident, no offence', role: 'present' }),
    ]);
    expect(JSON.stringify(record['police-incidents'])).not.toMatch(/outcome/i);
    expectTold(await scenario.ask({ ...told, by: 'oak-academy/oak-lead-1' }), {
      status: 403,
      reason: 'requester-role-invalid',
      remedy: 'ask through the `dsl` of your team',
      record: {},
      custodian: { kind: 'deny', findings: ['officer-in-role: requester-role-invalid'], releasedLeaves: [] },
      requester: { kind: 'deny', refusal: 'requester-role-invalid', releasedLeaves: [] },
    });
  });

  it('a brother under another surname is matched exactly or not at all, on a record of his own', async () => {
    const noa = { ...told, about: 'noa', caseReference: 'np-encompass-noa' };
    const named = (familyName: string) => ({
      ...noa,
      with: { ...told.with, subject: { role: 'child', nhsNumber: '9990050015', familyName } },
    });
    const matched = await scenario.ask(named('Otherby-Test'));
    expectTold(matched, {
      status: 200,
      record: {},
      custodian: { kind: 'partial', findings: [] },
      requester: { kind: 'partial' },
    });
    const guessed = await scenario.ask(named('Northmoor-Test'));
    expectTold(guessed, {
      status: 403,
      reason: 'request-refused',
      items: {},
      record: {},
      custodian: { kind: 'deny', findings: ['subject-identified: identity-ambiguous'], releasedLeaves: [] },
      requester: { kind: 'deny', outcome: 'refused', refusal: undefined, releasedLeaves: [] },
    });
    expect(guessed.disclosureId).not.toBe(matched.disclosureId);
  });
});
