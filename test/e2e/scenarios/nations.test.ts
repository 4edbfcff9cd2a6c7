import type { DemoWorld } from '../../../src/cli/demo/world.js';
import type { Resource } from '../../../src/cli/stand-ins/fhir-search.js';
import {
  anAgency,
  daysAgo,
  expectTold,
  ScenarioWorld,
  type ScenarioAsk,
  type Told,
} from '../../support/scenario-world.js';

// Domain 2.9: councils of Wales, Scotland and Northern Ireland ask their own hospitals, each under the law that reaches there.

interface Child {
  readonly id: string;
  readonly system: string;
  readonly fhirSystem: string;
  readonly value: string;
}

const NIA: Child = {
  id: 'nia',
  system: 'nhs-number',
  fhirSystem: 'https://fhir.nhs.uk/Id/nhs-number',
  value: '9990050007',
};
const ISLA: Child = {
  id: 'isla',
  system: 'chi',
  fhirSystem: 'https://phfapi.digitalhealthplatform.net/fhir/chinumber',
  value: '0202199878',
};
const ORLA: Child = {
  id: 'orla',
  system: 'hc-number',
  fhirSystem: 'https://fhir.hscni.net/Id/hcn',
  value: '3200001003',
};

const SEEN_ON = daysAgo(4);

function recordOf({ id, fhirSystem, value }: Child): readonly Resource[] {
  const subject = { reference: `Patient/${id}` };
  const coded = (code: string, display: string) => ({ coding: [{ system: 'http://snomed.info/sct', code, display }] });
  const listed = { coding: [{ code: 'problem-list-item' }] };
  return [
    {
      resourceType: 'Patient',
      id,
      identifier: [{ system: fhirSystem, value }],
      name: [{ use: 'official', family: 'Nations-Test', given: [id] }],
      birthDate: '2019-02-02',
    },
    {
      resourceType: 'Observation',
      id: `${id}-exam`,
      status: 'final',
      category: [{ coding: [{ code: 'exam' }] }],
      code: coded('125667009', 'Contusion'),
      subject,
      effectiveDateTime: SEEN_ON,
    },
    {
      resourceType: 'Condition',
      id: `${id}-blood`,
      category: [listed],
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: coded('64779008', 'Blood coagulation disorder'),
      subject,
    },
  ];
}

/** A council of a nation, and its hospital. */
function partiesOf(jurisdiction: DemoWorld['agencies'][number]['jurisdiction'], name: string, worker: string) {
  return [
    anAgency(
      {
        id: `${name}-council`,
        kind: 'council',
        jurisdiction,
        teams: [{ id: `${name}-csc`, kind: 'la-csc', name: 'Children' }],
      },
      [{ id: `${name}-sw`, name: worker, role: 'social-worker', team: `${name}-csc` }],
    ),
    anAgency({
      id: `${name}-hospital`,
      kind: 'health',
      jurisdiction,
      teams: [{ id: `${name}-ward`, kind: 'nhs-acute', name: 'Ward' }],
      sources: [{ team: `${name}-ward`, adapter: 'fhir-r4' }],
    }),
  ];
}

function enquiryOf(name: string, { id }: Child): Omit<DemoWorld['cases'][number], 'story'> {
  const agency = `${name}-council`;
  return {
    reference: `${name}-1`,
    process: 'child-s47-enquiry',
    subject: id,
    lead: { agency, officer: `${agency}-lead-1`, second: `${agency}-mgr-1` },
    involvements: [{ agency, team: `${name}-csc`, role: 'lead-practitioner', from: 2 }],
  };
}

let scenario: ScenarioWorld;
beforeAll(async () => {
  scenario = await ScenarioWorld.open({
    agencies: [
      ...partiesOf('wales', 'afon', 'Afan Alltwen'),
      ...partiesOf('scotland', 'brae', 'Ban Balloch'),
      ...partiesOf('northern-ireland', 'lough', 'Fia Fanad'),
      anAgency(
        {
          id: 'brae-arrivals',
          kind: 'council',
          jurisdiction: 'scotland',
          teams: [{ id: 'brae-new', kind: 'nation-other', name: 'Families from elsewhere' }],
        },
        [{ id: 'brae-new-sw', name: 'Eilidh Ewes', role: 'case-lead', team: 'brae-new' }],
      ),
      anAgency(
        {
          id: 'brae-adults',
          kind: 'council',
          jurisdiction: 'scotland',
          teams: [{ id: 'brae-asc', kind: 'la-asc', name: 'Adults' }],
        },
        [{ id: 'brae-co', name: 'Col Corrie', role: 'enquiry-officer', team: 'brae-asc' }],
      ),
    ],
    people: [NIA, ISLA, ORLA].map(({ id, system, value }) => ({
      id,
      name: `${id} Nations-Test`,
      familyName: 'Nations-Test',
      givenName: id,
      birthDate: '2019-02-02',
      identifiers: [{ system, value }],
    })),
    cases: [
      enquiryOf('afon', NIA),
      enquiryOf('brae', ISLA),
      enquiryOf('lough', ORLA),
      {
        reference: 'nm-moved-1',
        process: 'la-transfer',
        subject: 'ben',
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [{ agency: 'brae-arrivals', team: 'brae-new', role: 'receiving-council', from: 2 }],
      },
      {
        reference: 'brae-2',
        process: 'adult-s42-enquiry',
        subject: 'mr-eden',
        lead: { agency: 'brae-adults', officer: 'brae-adults-lead-1', second: 'brae-adults-mgr-1' },
        involvements: [{ agency: 'brae-adults', team: 'brae-asc', role: 'council-officer', from: 2 }],
      },
    ],
    records: { 'northmoor-nhs-trust': [NIA, ISLA, ORLA].flatMap(recordOf) },
  });
});
afterAll(() => scenario.close());

function enquire(name: string, subject: object, power: string, purpose = 'child-s47-enquiry'): Promise<Told> {
  return scenario.ask({
    by: `${name}-council/${name}-sw`,
    of: `${name}-hospital/${name}-ward`,
    about: '',
    as: 'child',
    purpose,
    caseReference: `${name}-1`,
    categories: ['core-identity', 'injury-findings', 'health-summary', 'full-medical-record', 'hiv-sti'],
    power,
    with: {
      subject: { role: 'child', ...subject },
      questions: [{ category: 'health-summary', code: 'bleeding-disorder' }],
    },
  });
}

/** What each council gets: the lists are those of England, the law is the nation's own. */
function expectAnswered(told: Told, { id, value, system }: Child, row: string, basis: object): void {
  const nhsNumber = system === 'nhs-number' ? { nhsNumber: value } : {};
  const leaves = [
    'core-identity.birthDate',
    'core-identity.familyName',
    'core-identity.givenNames',
    ...Object.keys(nhsNumber).map((leaf) => `core-identity.${leaf}`),
    'health-summary.bleedingDisorder',
    'injury-findings.findings',
  ];
  expectTold(told, {
    status: 200,
    outcome: 'partly-released',
    items: {
      'core-identity': 'released',
      'injury-findings': 'released',
      'health-summary': 'minimised',
      'full-medical-record': 'in-review: excessive-scope',
      'hiv-sti': 'withheld: not-relevant-to-purpose',
    },
    record: {
      'core-identity': { familyName: 'Nations-Test', givenNames: id, birthDate: '2019-02-02', ...nhsNumber },
      'injury-findings': { findings: [{ finding: 'Contusion', snomed: '125667009', observedOn: SEEN_ON }] },
      'health-summary': { bleedingDisorder: 'present' },
    },
    custodian: {
      kind: 'partial',
      outcome: 'partly-released',
      policyRow: row,
      basis: {
        article6: '6-1-e',
        article9: '9-2-g',
        schedule1: 'p18',
        p18Reason: 'would-prejudice-protection',
        article10: 'p18',
        regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
        ...basis,
      },
      findings: [],
      codes: {
        'health-summary': 'minimised-for-purpose',
        'full-medical-record': 'excessive-scope',
        'hiv-sti': 'not-relevant-to-purpose',
      },
      releasedLeaves: leaves,
    },
    requester: { kind: 'partial', outcome: 'partly-released', policyRow: row, releasedLeaves: leaves },
  });
}

/** Refused for the power it names, with those that would serve there. */
function expectOutOfReach(told: Told, reason: string, wouldServe: string): void {
  expectTold(told, {
    status: 403,
    reason,
    remedy: `name the power your task rests on; policy here rests on ${wouldServe}`,
    record: {},
    custodian: { kind: 'deny', outcome: 'refused', findings: [`power-held: ${reason}`], releasedLeaves: [] },
    requester: { kind: 'deny', outcome: 'refused', refusal: reason, releasedLeaves: [] },
  });
}

describe('Wales', () => {
  const child = { nhsNumber: NIA.value };

  it('section 47 of the Children Act 1989 applies: the health board assists the council’s enquiry as in England', async () => {
    const told = await enquire('afon', child, 'ca89-s47-enquiry');
    expectAnswered(told, NIA, 'POL-012-wales', { power: 'ca89-s47', confidentiality: 'statute' });
  });

  it('at the front door the duty to report a child at risk carries it: sections 128 and 130 of the 2014 Act', async () => {
    const { custodian, status } = await enquire('afon', child, 'ca89-s47-enquiry', 'child-mash-triage');
    expect({ status, row: custodian.policyRow, power: custodian.basis?.['power'] }).toEqual({
      status: 200,
      row: 'POL-004-wales',
      power: 'sswba-s128-130',
    });
  });

  it('section 11 of the Children Act 2004 is English: cited by a council of Wales it is refused', async () => {
    expectOutOfReach(
      await enquire('afon', child, 'ca04-s11'),
      'jurisdiction-mismatch',
      '`ca89-s47`, `sswba-s128-130`, `common-law-public-interest`',
    );
  });
});

describe('Scotland', () => {
  const child = { chiNumber: ISLA.value };

  it('public task and public interest carry it, for a child known by CHI number', async () => {
    const told = await enquire('brae', child, 'common-law-public-interest');
    expectAnswered(told, ISLA, 'POL-012-scotland', {
      power: 'common-law-public-interest',
      confidentiality: 'public-interest-serious-harm',
    });
  });

  it('no section 47 reaches there: neither the enquiry’s nor the duty to assist', async () => {
    for (const power of ['ca89-s47-enquiry', 'ca89-s47'])
      expectOutOfReach(await enquire('brae', child, power), 'jurisdiction-mismatch', '`common-law-public-interest`');
  });

  const moved: ScenarioAsk = {
    by: 'brae-arrivals/brae-new-sw',
    of: 'northmoor-council/nmc-csc',
    about: 'ben',
    as: 'child',
    purpose: 'la-transfer',
    caseReference: 'nm-moved-1',
    categories: ['parental-responsibility', 'present-concern', 'protected-location', 'case-narrative', 'aliases'],
    power: 'common-law-public-interest',
  };

  it('a family that moves there is handed over, on public task and public interest and no English power', async () => {
    expectTold(await scenario.ask(moved), {
      status: 200,
      items: {
        'parental-responsibility': 'released',
        'present-concern': 'released',
        'protected-location': 'withheld',
        'case-narrative': 'in-review',
        aliases: 'withheld: not-relevant-to-purpose',
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
      custodian: {
        kind: 'partial',
        outcome: 'partly-released',
        policyRow: 'POL-051',
        basis: {
          power: 'common-law-public-interest',
          article6: '6-1-e',
          article9: '9-2-g',
          schedule1: 'p18',
          p18Reason: 'would-prejudice-protection',
          article10: 'p18',
          confidentiality: 'public-interest-serious-harm',
          regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
        },
        findings: [],
      },
      requester: { kind: 'partial', policyRow: 'POL-051' },
    });
  });

  it('section 47(11) and section 16LA name English bodies: cited for it, they are refused', async () => {
    expectOutOfReach(
      await scenario.ask({ ...moved, power: 'ca89-s47' }),
      'jurisdiction-mismatch',
      '`common-law-public-interest`',
    );
    expectOutOfReach(
      await scenario.ask({ ...moved, power: 'ca04-s16la' }),
      'policy-not-commenced',
      '`common-law-public-interest`',
    );
  });

  it('section 10 of the 2007 Act lets a council officer have records, but only a health professional inspects health’s', async () => {
    const told = await scenario.ask({
      by: 'brae-adults/brae-co',
      of: 'brae-hospital/brae-ward',
      about: 'mr-eden',
      as: 'adult-at-risk',
      purpose: 'adult-s42-enquiry',
      caseReference: 'brae-2',
      categories: ['core-identity', 'full-medical-record'],
      power: 'asp07-s5-10',
      with: { wishes: { agreed: true } },
    });
    expectTold(told, {
      status: 200,
      items: { 'core-identity': 'not-held', 'full-medical-record': 'in-review: excessive-scope' },
      record: {},
      custodian: {
        policyRow: 'POL-025-scotland',
        findings: [],
        codes: { 'full-medical-record': 'excessive-scope' },
        releasedLeaves: [],
      },
      requester: { policyRow: 'POL-025-scotland', releasedLeaves: [] },
    });
    expect(told.custodian.basis).toMatchObject({ power: 'asp07-s5-10', article6: '6-1-e' });
  });
});

describe('Northern Ireland', () => {
  const child = { hcNumber: ORLA.value };

  it('article 66 of the 1995 Order carries it, for a child known by Health and Care number', async () => {
    const told = await enquire('lough', child, 'cno95-art66');
    expectAnswered(told, ORLA, 'POL-012-ni', { power: 'cno95-art66', confidentiality: 'statute' });
  });

  it('section 47 of the Children Act 1989 does not reach there', async () => {
    expectOutOfReach(
      await enquire('lough', child, 'ca89-s47'),
      'jurisdiction-mismatch',
      '`cno95-art66`, `common-law-public-interest`',
    );
  });
});
