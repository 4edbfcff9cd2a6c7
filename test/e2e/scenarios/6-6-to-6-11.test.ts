import { readPeople } from '../../../src/cli/demo/world.js';
import { blanked } from '../../support/asks.js';
import { CONFIGURATION } from '../../support/gateway-world.js';
import type { ShownCase } from '../../support/release-desk.js';
import { anAgency, daysAgo, expectTold, ScenarioWorld, type ScenarioAsk } from '../../support/scenario-world.js';

// Domain 6-6, 6-8 and 6-11, as far as they are decisions: docs/law.md says where the rest is.

const COUNCIL = { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' };

/** Who Cara was before she was adopted. Another number, another name, and no row anywhere that joins them. */
const BORN = { nhsNumber: '9990000646', familyName: 'Birthname-Test', givenName: 'Lily', birthDate: '2019-02-20' };
/** Who she is. */
const CARA = { familyName: 'Eastvale-Test', givenNames: 'Cara', birthDate: '2019-02-20' };

/** What an old practice still holds under the number she was born with. */
const OLD_PATIENT = {
  resourceType: 'Patient',
  id: 'lily',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: BORN.nhsNumber }],
  name: [{ use: 'official', family: BORN.familyName, given: [BORN.givenName] }],
  birthDate: BORN.birthDate,
};

/** What the council knows of Mia: where to reach her, and the help she agreed to. */
const MIA = {
  nhsNumber: '9990000220',
  demographics: {
    name: { first: 'Mia', last: 'Northmoor-Test' },
    dateOfBirth: '1994-08-09',
    sex: 'female',
    nhsNumber: '9990000220',
  },
  contactMethods: { phones: [{ number: '01632 960901', type: 'mobile', safe: true }], safeToContact: true },
  referral: { concernType: 'neglect', receivedDate: daysAgo(70), sourceType: 'self', assertion: 'assessment' },
};

let scenario: ScenarioWorld;
beforeAll(async () => {
  scenario = await ScenarioWorld.open({
    agencies: [
      anAgency(
        {
          id: 'bluebell-parenting',
          kind: 'charity',
          teams: [{ id: 'bp-course', kind: 'vcs', name: 'Parenting course' }],
        },
        [{ id: 'bp-1', name: 'Bea Bramble', role: 'charity-safeguarding-lead', team: 'bp-course' }],
      ),
      anAgency(
        { id: 'little-acorns', kind: 'education', teams: [{ id: 'la-nursery', kind: 'early-years', name: 'Nursery' }] },
        [{ id: 'la-dsl', name: 'Lark Linden', role: 'dsl', team: 'la-nursery' }],
      ),
      anAgency(
        { id: 'northmoor-lscp', kind: 'council', teams: [{ id: 'lscp-data', kind: 'lscp', name: 'Partnership' }] },
        [{ id: 'lscp-1', name: 'Lee Larch', role: 'lscp-reviewer', team: 'lscp-data' }],
      ),
    ],
    cases: [
      {
        reference: 'nm-help-1',
        process: 'child-early-help',
        subject: 'mia',
        lead: COUNCIL,
        involvements: [{ agency: 'bluebell-parenting', team: 'bp-course', role: 'course', from: 60 }],
      },
      {
        reference: 'np-knife-1',
        process: 'criminal-investigation',
        subject: 'dan',
        lead: { agency: 'northmoor-police', officer: 'np-lead-1', second: 'np-mgr-1' },
        involvements: [{ agency: 'northmoor-police', team: 'np-cid', role: 'investigation', from: 1 }],
      },
      {
        reference: 'nm-uncle-1',
        process: 'child-s47-enquiry',
        subject: 'ben',
        lead: COUNCIL,
        involvements: [{ agency: 'northmoor-police', team: 'np-ppu', role: 'investigation', from: 1 }],
      },
      {
        reference: 'nm-cara-1',
        process: 'child-s47-enquiry',
        subject: 'cara',
        lead: COUNCIL,
        involvements: [{ agency: 'northmoor-police', team: 'np-ppu', role: 'investigation', from: 1 }],
      },
    ],
    records: {
      'hill-gp': [OLD_PATIENT],
      'northmoor-council': [...readPeople(CONFIGURATION, 'northmoor-council'), MIA],
    },
  });
}, 120_000);
afterAll(() => scenario.close());

const NOT_RELEVANT = 'withheld: not-relevant-to-purpose';

describe('6-6: a mother who agreed to early help withdraws', () => {
  const course: ScenarioAsk = {
    by: 'bluebell-parenting/bp-1',
    of: 'northmoor-council/nmc-csc',
    about: 'mia',
    as: 'parent-carer',
    purpose: 'child-early-help',
    caseReference: 'nm-help-1',
    power: 'own-functions',
    categories: ['core-identity', 'contact-details', 'present-concern'],
    with: { notice: { given: true } },
  };
  const onConsent = {
    power: 'ca89-s17',
    article6: '6-1-a',
    article9: '9-2-a',
    article10: 'p29',
    confidentiality: 'consent',
    regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
  };
  const inShort = {
    'core-identity': { recordMatched: true },
    'contact-details': { safeToContact: true },
    'present-concern': { concernInShort: 'neglect', concernRaisedOn: daysAgo(70) },
  };
  const enquiry: ScenarioAsk = {
    by: 'northmoor-council/nmc-sw-1',
    of: 'northmoor-police/np-ppu',
    about: 'mia',
    as: 'parent-carer',
    purpose: 'child-s47-enquiry',
    caseReference: 'nm-2026-0419',
    power: 'ca89-s47-enquiry',
    categories: ['core-identity', 'domestic-abuse'],
  };
  let consent: string;
  let before: string;

  it('while she agrees, the parenting course has in short what she agreed to, on her consent', async () => {
    const recorded = await scenario.post('northmoor-council/nmc-lead-1', '/v1/consents', 'mia', {
      scope: ['core-identity', 'contact-details', 'present-concern'],
      recipients: ['bluebell-parenting'],
      purpose: 'child-early-help',
      obtained: { by: 'nmc-sw-1', on: daysAgo(60), how: 'explained at home; she signed' },
    });
    expect(recorded.status).toBe(201);
    consent = (recorded.body as { id: string }).id;
    const told = await scenario.ask(course);
    before = told.disclosureId;
    expectTold(told, {
      status: 200,
      items: { 'core-identity': 'minimised', 'contact-details': 'minimised', 'present-concern': 'minimised' },
      record: inShort,
      obligations: ['purpose-bound', 'no-onward-disclosure'],
      custodian: { kind: 'partial', outcome: 'partly-released', policyRow: 'POL-054', basis: onConsent, findings: [] },
      requester: { kind: 'partial', outcome: 'partly-released', policyRow: 'POL-054' },
    });
  });

  it('once she withdraws it stops at once, on no other basis; nobody at the council can stand in for her', async () => {
    const withdrawn = await scenario.client('northmoor-council/nmc-lead-1').post(`/v1/consents/${consent}/withdrawal`, {
      officer: 'nmc-lead-1',
      at: new Date().toISOString(),
      note: 'she rang and said no more',
    });
    expect(withdrawn.status).toBeLessThan(300);
    const told = await scenario.ask(course);
    const gone = 'consent-standing: consent-not-standing (core-identity contact-details present-concern)';
    expectTold(told, {
      status: 202,
      outcome: 'awaiting-release',
      items: { 'core-identity': 'in-review', 'contact-details': 'in-review', 'present-concern': 'in-review' },
      record: {},
      custodian: {
        kind: 'request',
        outcome: 'awaiting-release',
        policyRow: 'POL-054',
        basis: onConsent,
        findings: [gone, gone],
        releasedLeaves: [],
      },
      requester: { kind: 'request', outcome: 'awaiting-release', releasedLeaves: [] },
    });

    const manager = scenario.client('northmoor-council/nmc-mgr-2');
    const { releases } = (await manager.get('/v1/releases?status=due&limit=100')).body as {
      releases: readonly { id: string; exchange: string }[];
    };
    const waiting = releases.find(({ exchange }) => exchange === told.id)?.id ?? '';
    expect(((await manager.get(`/v1/releases/${waiting}`)).body as ShownCase).proposed).toEqual([]);
    const released = await manager.post(`/v1/releases/${waiting}/decision`, {
      decision: 'release',
      items: [{ category: 'contact-details', decision: 'minimise', reason: 'the course expects her' }],
      officer: 'nmc-mgr-2',
    });
    expect(released).toMatchObject({ status: 400, body: { errors: [{ pointer: '/items/0' }] } });
  });

  it('is re-labelled by nobody: the same under the public task is refused with the basis that is hers to give', async () => {
    const told = await scenario.ask({ ...course, with: { ...course.with, basis: { article6: '6-1-e' } } });
    expectTold(told, {
      status: 403,
      reason: 'invalid-basis-combination',
      remedy: 'the custodian relies on 6-1-a with 9-2-a, and p29 for article 10: cite that, or leave `basis` out',
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', policyRow: 'POL-054', releasedLeaves: [] },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'invalid-basis-combination' },
    });
  });

  it('leaves what was lawful then as it was, and what rests on statute untouched', async () => {
    const then = await scenario.sliceOf('bluebell-parenting', before, 'requester');
    expect(then).toMatchObject({ kind: 'partial', outcome: 'partly-released' });
    expect(then.details['releasedLeaves']).toHaveLength(4);
    expectTold(await scenario.ask(enquiry), {
      status: 200,
      items: { 'core-identity': 'released', 'domestic-abuse': 'minimised' },
      record: {
        'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Mia', birthDate: '1994-08-09', sex: 'female' },
        'domestic-abuse': { known: true, latestOn: daysAgo(12), riskGrade: 'medium' },
      },
      custodian: { kind: 'partial', policyRow: 'POL-014', findings: [] },
      requester: { kind: 'partial', outcome: 'partly-released' },
    });
  });

  it('is no threshold: nobody may ask of her child for that; a slap that a nursery sees is a contact of its own', async () => {
    const triage: ScenarioAsk = {
      by: 'northmoor-council/nmc-sw-1',
      of: 'oak-academy/oak-school',
      about: 'ava',
      as: 'child',
      purpose: 'child-mash-triage',
      caseReference: 'nm-slap-1',
      power: 'ca04-s10',
      categories: ['core-identity', 'present-concern'],
      with: { notice: { given: true } },
    };
    expectTold(await scenario.ask(triage), {
      status: 403,
      reason: 'request-refused',
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', findings: ['need-to-know: no-open-involvement'] },
      requester: { kind: 'deny', outcome: 'refused', refusal: undefined, policyRow: undefined },
    });

    const opened = await scenario.post('northmoor-council/nmc-lead-1', '/v1/involvements', 'ava', {
      caseReference: 'nm-slap-1',
      process: 'child-mash-triage',
      agency: 'northmoor-council',
      team: 'nmc-csc',
      role: 'triage',
      from: daysAgo(0),
      officer: undefined,
    });
    const { id } = opened.body as { id: string };
    await scenario
      .client('northmoor-council/nmc-mgr-1')
      .post(`/v1/involvements/${id}/confirmation`, { officer: 'nmc-mgr-1' });
    const told = await scenario.ask(triage);
    expectTold(told, {
      status: 200,
      items: { 'core-identity': 'released', 'present-concern': 'released' },
      record: {
        'core-identity': { familyName: 'Northmoor-Test', givenNames: 'Ava', birthDate: '2022-05-01', sex: 'female' },
        'present-concern': {
          natureOfConcern: 'physical',
          raisedOn: daysAgo(4),
          raisedBy: 'school',
          basisOfKnowledge: 'seen',
        },
      },
      custodian: { kind: 'disclose', outcome: 'released', policyRow: 'POL-005', findings: [] },
      requester: { kind: 'disclose', outcome: 'released' },
    });
    expect(told.custodian.basis).toMatchObject({ article6: '6-1-e', schedule1: 'p18' });
    expect(told.custodian.ask).toMatchObject({ notice: { given: true } });
  });
});

describe('6-8: a force fishes for everyone who was treated for a knife wound', () => {
  const wounds: ScenarioAsk = {
    by: 'northmoor-police/np-4471',
    of: 'northmoor-nhs-trust/nnt-acute',
    about: 'dan',
    as: 'suspect',
    purpose: 'serious-violence-duty',
    caseReference: 'np-violence-1',
    power: 'pcsc-s16',
    categories: ['core-identity', 'address', 'injury-findings'],
  };

  it('an ask is about one person: many at once are malformed, and counts are asked of nobody here', async () => {
    const many = { ...scenario.bodyOf(wounds), subject: [{ role: 'suspect' }, { role: 'suspect' }] };
    const { status, body } = await scenario.client(wounds.by).post('/v1/exchanges/requests', many);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ pointer: '/subject' }] });
  });

  it('the serious violence duty gives no patient to the police, known or not', async () => {
    const known = await scenario.ask(wounds);
    expectTold(known, {
      status: 403,
      reason: 'no-legal-power',
      items: {
        'core-identity': 'withheld: no-legal-power',
        address: 'withheld: no-legal-power',
        'injury-findings': 'withheld: no-legal-power',
      },
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        policyRow: undefined,
        findings: [
          'purpose-permitted: no-legal-power',
          'bars-absent: no-legal-power (core-identity address injury-findings)',
          'need-to-know: no-open-involvement',
        ],
        releasedLeaves: [],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'no-legal-power' },
    });
    expect(known.remedy).toContain('cda-s17a');
    const stranger = await scenario.ask({ ...wounds, about: '9990050023' });
    expect(blanked(stranger.reply.bytes.toString())).toBe(blanked(known.reply.bytes.toString()));
  });

  it('nor to the partnership, which is offered what names nobody', async () => {
    const told = await scenario.ask({
      ...wounds,
      by: 'northmoor-lscp/lscp-1',
      categories: ['core-identity', 'police-incidents'],
    });
    expectTold(told, {
      status: 403,
      reason: 'invalid-basis-combination',
      remedy: 'ask for depersonalised information under cda-s17a, or about a named person under their own purpose',
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', policyRow: 'POL-042', releasedLeaves: [] },
      requester: { kind: 'deny', outcome: 'refused', refusal: 'invalid-basis-combination' },
    });
  });

  it('a named suspect of a serious crime is asked about in the ordinary way, and a person at the trust decides', async () => {
    const told = await scenario.ask({
      ...wounds,
      by: 'northmoor-police/np-6001',
      purpose: 'criminal-investigation',
      caseReference: 'np-knife-1',
      power: 'common-law-policing',
      categories: ['core-identity', 'injury-findings', 'full-medical-record'],
      with: {
        kind: 'police-law-enforcement',
        police: {
          offence: 'wounding with intent',
          crimeReference: 'NP/C/TEST/77',
          supervisor: { id: 'np-5200', rank: 'inspector' },
          strictNecessity: 'no witness; the wound alone places him there',
          onwardUse: 'the Crown Prosecution Service',
        },
      },
    });
    expectTold(told, {
      status: 202,
      outcome: 'awaiting-release',
      items: { 'core-identity': 'in-review', 'injury-findings': 'in-review', 'full-medical-record': 'in-review' },
      record: {},
      custodian: {
        kind: 'request',
        outcome: 'awaiting-release',
        policyRow: 'POL-031',
        // The force leads its own case: nobody else vouches for it.
        findings: ['kind-reviewed: person-decides', 'need-to-know: involvement-unconfirmed'],
        releasedLeaves: [],
      },
      requester: { kind: 'request', outcome: 'awaiting-release' },
    });
    expect(told.custodian.basis).toMatchObject({
      schedule1: 'p10',
      confidentiality: 'public-interest-serious-crime',
      regime: { custodian: 'uk-gdpr', requester: 'part-3' },
    });
  });
});

describe('6-11: a child who was adopted has another name and another number', () => {
  const uncle: ScenarioAsk = {
    by: 'northmoor-police/np-4471',
    of: 'hill-gp/hgp-practice',
    about: BORN.nhsNumber,
    as: 'child',
    purpose: 'child-s47-enquiry',
    caseReference: 'nm-uncle-1',
    power: 'ca04-s11',
    categories: ['core-identity', 'present-concern'],
    with: { subject: { role: 'child', ...BORN } },
  };
  beforeAll(async () => {
    const recorded = await scenario.post('northmoor-council/nmc-lead-1', '/v1/protections', 'cara', {
      kind: 'adoption',
      evidence: 'order of 2023',
    });
    expect(recorded.status).toBe(201);
  });

  it('(a) by her birth name, from a birth uncle’s case, she is nobody: answered as for somebody who never was', async () => {
    const told = await scenario.ask(uncle);
    expectTold(told, {
      status: 403,
      reason: 'request-refused',
      items: {},
      record: {},
      custodian: {
        kind: 'deny',
        outcome: 'refused',
        findings: ['need-to-know: no-open-involvement', 'subject-identified: identity-unmatched'],
        codes: { 'core-identity': 'withheld', 'present-concern': 'withheld' },
        releasedLeaves: [],
      },
      requester: { kind: 'deny', outcome: 'refused', refusal: undefined, policyRow: undefined },
    });
    const nobody = { role: 'child', ...BORN, nhsNumber: '9990050031', familyName: 'Nevertest-Test' };
    const miss = await scenario.ask({ ...uncle, about: nobody.nhsNumber, with: { subject: nobody } });
    expect(blanked(miss.reply.bytes.toString())).toBe(blanked(told.reply.bytes.toString()));
    expect(miss.reply.bytes.length).toBe(told.reply.bytes.length);
  });

  it('(a) no line of any log and no row of any table holds either of her numbers, or who she was', async () => {
    const rows = await scenario.gateway.database.everythingStored();
    const kept = [rows, ...scenario.gateway.logged].join('\n');
    expect(rows.length).toBeGreaterThan(10_000);
    for (const told of [BORN.nhsNumber, '9990000158', BORN.familyName, CARA.familyName])
      for (const form of [told, Buffer.from(told).toString('hex'), Buffer.from(told).toString('base64url')])
        expect(kept).not.toContain(form);
  });

  it('(c) an enquiry in her adoptive home goes its ordinary way, under who she is now', async () => {
    expectTold(
      await scenario.ask({
        ...uncle,
        about: 'cara',
        of: 'northmoor-council/nmc-csc',
        caseReference: 'nm-cara-1',
        categories: ['core-identity', 'aliases'],
        with: {},
      }),
      {
        status: 200,
        items: { 'core-identity': 'released', aliases: NOT_RELEVANT },
        record: {
          'core-identity': { ...CARA, sex: 'female', nhsNumber: '9990000158', upn: 'Z801200019044' },
        },
        custodian: { kind: 'partial', policyRow: 'POL-056', findings: [] },
        requester: { kind: 'partial', outcome: 'partly-released' },
      },
    );
  });

  it('(c) both numbers in one ask name nobody', async () => {
    const both = { role: 'child', nhsNumber: BORN.nhsNumber, upn: 'Z801200019044' };
    const told = await scenario.ask({ ...uncle, caseReference: 'nm-cara-1', with: { subject: both } });
    expectTold(told, {
      status: 403,
      reason: 'request-refused',
      record: {},
      custodian: { kind: 'deny', outcome: 'refused', releasedLeaves: [] },
      requester: { kind: 'deny', outcome: 'refused', refusal: undefined },
    });
  });

  it('(d) the link cannot be asked for at all: the same 400 for her and for anybody', async () => {
    const link = { ...uncle, categories: ['adoption-link'], with: {} };
    const askedOf = async (about: string): Promise<string> => {
      const { status, bytes } = await scenario
        .client(uncle.by)
        .post('/v1/exchanges/requests', scenario.bodyOf({ ...link, about }));
      expect(status).toBe(400);
      return blanked(bytes.toString());
    };
    expect(await askedOf('cara')).toBe(await askedOf('9990050031'));
  });
});
