import { decide } from '../../../src/core/decision/decide.js';
import type { Decision, Finding } from '../../../src/core/decision/decision.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import type { PolicyRow, Requirement } from '../../../src/core/law/policy-row.js';
import { decided, factsOf, foundBy, law, policySet, type FactsWanted } from '../../support/facts-builder.js';

// What an officer of information governance reads in the custodian's slice, and what a refusal is made of: each finding
// whole, with the law it rests on, whether it rests on the person, and what would put it right.
const manager = (wishes: object | undefined, duties: string[]): FactsWanted => ({
  requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-asc', teamKind: 'la-asc' },
  custodian: { teamKind: 'nhs-gp' },
  officer: { team: 'nmc-asc', role: 'safeguarding-adults-manager', duties },
  involvements: [{ agency: 'northmoor-council', team: 'nmc-asc' }],
  ask: {
    kind: 'safeguarding',
    purpose: 'adult-s42-concern',
    subjectRole: 'adult-at-risk',
    officer: { id: 'np-4471', role: 'safeguarding-adults-manager' },
    function: { power: 'care-s42', text: 'enquiry into financial abuse' },
    categories: ['core-identity', 'capacity-and-wishes'],
    wishes,
  },
});
const emergency = (named: string[], more: object = {}): FactsWanted => ({
  involvements: [],
  ask: {
    purpose: 'child-emergency-protection',
    urgency: 'emergency',
    categories: ['protection-status', 'staff-safety'],
    emergency: { reason: 'immediate-risk-to-life', text: 'behind the door', categories: named, ...more },
  },
});
const agreed = (changes: object): FactsWanted => ({
  agreements: [
    { id: 'isa-1', purposes: ['child-s47-enquiry'], dataItems: ['core-identity'], from: '2026-01-01', ...changes },
  ],
});
const courtOrder = (scope: string[]): FactsWanted => ({
  requester: { teamKind: 'police-ci' },
  ask: {
    kind: 'court-order',
    purpose: 'criminal-investigation',
    categories: ['hiv-sti', 'core-identity'],
    court: { court: 'Northmoor Crown Court', judge: 'HHJ Test', date: '2026-12-01', scope, document: 'order-1' },
  },
});
const papers = (courtRoute?: string): FactsWanted => ({
  custodian: { agency: 'northmoor-council', agencyKind: 'council', teamKind: 'la-csc' },
  ask: { categories: ['core-identity', 'family-court'], courtRoute },
});
const asked = (changes: object): FactsWanted => ({
  conduct: {
    unreviewedOverrides: 0,
    asked: {
      people: { counted: 20, most: 20 },
      ways: { counted: 6, most: 6 },
      byOfficer: { categories: [], most: 1 },
      byAgency: { categories: [], most: 1 },
      ...changes,
    },
  },
});
const school = (role: string): FactsWanted => ({
  requester: { agency: 'oak-academy', agencyKind: 'education', team: 'oak-dsl', teamKind: 'school' },
  custodian: { agency: 'northmoor-council', agencyKind: 'council', teamKind: 'la-csc' },
  officer: { team: 'oak-dsl', role, duties: ['ask'] },
  involvements: [{ agency: 'oak-academy', team: 'oak-dsl' }],
  ask: {
    kind: 'safeguarding',
    officer: { id: 'np-4471', role },
    categories: ['core-identity'],
    function: { power: 'edu02-s175-157', text: 'keeping the child safe in school' },
  },
});

type Rows = (rows: readonly PolicyRow[]) => readonly PolicyRow[];
const only =
  (id: string): Rows =>
  (rows) =>
    rows.filter((row) => row.id === id);
const ruling =
  (change: (row: PolicyRow) => Partial<PolicyRow>): Rows =>
  (rows) =>
    rows.map((row) => (row.id === 'POL-013' ? { ...row, ...change(row) } : row));
const having = (basis: Readonly<Partial<Record<keyof PolicyRow['basis'], readonly string[]>>>): Rows =>
  ruling(({ basis: shipped }) => ({ basis: { ...shipped, ...basis } as PolicyRow['basis'] }));
const needing = (requirement: Requirement): Rows =>
  ruling(({ requires }) => ({ requires: [...requires, requirement] }));
const enquiry = policySet.rows.filter(({ purpose }) => purpose === 'child-s47-enquiry');
const decidedUnder = (facts: FactsWanted, rows: Rows): Decision =>
  decide(factsOf(facts), law, compilePolicy({ ...policySet, rows: rows(enquiry) }, law));

interface Case {
  readonly check: string;
  readonly when: string;
  readonly facts: FactsWanted;
  /** The shipped rows, altered. */
  readonly rows?: Rows;
  readonly found: readonly (Omit<Finding, 'check' | 'reason' | 'categories'> & {
    readonly reason?: string;
    readonly categories?: readonly string[];
  })[];
}

const cases: readonly Case[] = [
  {
    check: 'parties-enrolled',
    when: 'a suspended custodian',
    facts: { custodian: { suspended: true } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'UK GDPR Article 5(1)(f) and 32: exchanges pass between enrolled agencies only',
        restsOnSubject: false,
        detail: 'agency `northmoor-nhs-trust` is suspended',
        remedy: 'contact the operator of the gateway',
      },
    ],
  },
  {
    check: 'keys-standing',
    when: 'a revoked key',
    facts: { requester: { keysStand: false } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'signature-invalid',
        citation: 'UK GDPR Article 5(1)(f) and 32: a revoked key proves nobody',
        restsOnSubject: false,
        detail: 'the key that signed the ask, or the one its system got its token with, no longer stands',
        remedy: 'ask again with a registered key that has not been revoked',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'everything in order',
    facts: {},
    found: [
      {
        lock: 'requester',
        outcome: 'open',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'role `police-ppu-officer` in force, training current',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'an officer nobody knows',
    facts: { officer: 'unknown' },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'the directory knows no such officer',
        remedy: 'enrol the officer in your directory',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'another role',
    facts: { officer: { role: 'police-inspector' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'the officer holds another role than the ask names',
        remedy: 'name the role your directory gives the officer',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'a role that ended',
    facts: { officer: { roleTo: '2026-12-01T00:00:00.000Z' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'the officer does not hold the role now',
        remedy: 'ask through an officer whose role is in force',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'another team',
    facts: { officer: { team: 'np-cid' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'the officer is not of the asking team',
        remedy: 'correct the directory',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'a role that may not ask',
    facts: { officer: { duties: ['push'] } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'the role does not let an officer ask',
        remedy: 'ask through an officer whose role may request information',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'a role that policy does not name',
    facts: school('head-teacher'),
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'requester-role-invalid',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'policy tells this to another role only',
        remedy: 'ask through the `dsl` of your team',
      },
    ],
  },
  {
    check: 'officer-in-role',
    when: 'training that ran out',
    facts: { officer: { trainingUntil: '2026-12-01T00:00:00.000Z' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'training-expired',
        citation: 'domain rule: access follows the role held at the time; DPA 2018 s.62(3); Caldicott principle 4',
        restsOnSubject: false,
        detail: 'the officer has no current training',
        remedy: 'record the officer’s current safeguarding training',
      },
    ],
  },
  {
    check: 'form-complete',
    when: 'a kind of request there is none of',
    facts: { ask: { kind: 'curiosity' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'DPA 2018',
        restsOnSubject: false,
        detail: 'there is no kind of request `curiosity`',
        remedy: 'make the request in the kind that fits your agency and the subject',
      },
    ],
  },
  {
    check: 'form-complete',
    when: 'a kind the agency does not make',
    facts: { requester: { agencyKind: 'council' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'UK GDPR and DPA 2018 Part 2',
        restsOnSubject: false,
        detail: '`police-safeguarding` is not made by an agency of kind `council`',
        remedy: 'make the request in the kind that fits your agency and the subject',
      },
    ],
  },
  {
    check: 'form-complete',
    when: 'a kind that is not about a child',
    facts: { ask: { kind: 'victim-information', subjectRole: 'child' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'Police, Crime, Sentencing and Courts Act 2022 ss.44A to 44F',
        restsOnSubject: false,
        detail: '`victim-information` is not about a `child`',
        remedy: 'make the request in the kind that fits your agency and the subject',
      },
    ],
  },
  {
    check: 'form-complete',
    when: 'fields left empty',
    facts: { ask: { necessity: ' ', notice: undefined } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'necessity-missing',
        citation: 'UK GDPR and DPA 2018 Part 2',
        restsOnSubject: false,
        detail: 'the ask carries no `necessity`',
        remedy: 'say in `necessity` why this, why now and why no less',
      },
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'notice-missing',
        citation: 'UK GDPR and DPA 2018 Part 2',
        restsOnSubject: false,
        detail: 'the ask carries no `notice`',
        remedy: 'say in `notice` that they were told, or give a reason of the list and a day for review',
      },
    ],
  },
  {
    check: 'form-complete',
    when: 'a purpose that does not come in the kind',
    facts: { requester: { teamKind: 'police-ci' }, ask: { purpose: 'criminal-investigation' } },
    found: [
      {
        lock: 'requester',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'UK GDPR and DPA 2018 Part 2',
        restsOnSubject: false,
        detail: '`criminal-investigation` is not asked for by `police-safeguarding`',
        remedy: 'make the request in the kind that fits your agency and the subject',
      },
    ],
  },
  {
    check: 'emergency-grounded',
    when: 'an emergency in so many words',
    facts: emergency(['protection-status', 'staff-safety']),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'open',
        citation: 'UK GDPR Article 6(1)(d) and (e); ECHR Article 2',
        restsOnSubject: false,
        detail: 'override for `immediate-risk-to-life`, naming 2 categories',
      },
    ],
  },
  {
    check: 'emergency-grounded',
    when: 'an emergency for no reason of the list',
    facts: emergency(['staff-safety'], { reason: 'haste' }),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'emergency-reason-missing',
        citation: 'ICO and KCSIE on emergencies; Working Together to Safeguard Children',
        restsOnSubject: false,
        detail: 'the emergency claimed is not grounded',
        remedy: 'give a reason, a text and the categories it needs in `emergency`',
      },
    ],
  },
  {
    check: 'emergency-grounded',
    when: 'an emergency that says nothing',
    facts: emergency(['staff-safety'], { text: ' ' }),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'emergency-reason-missing',
        citation: 'UK GDPR Article 6(1)(d) and (e); ECHR Article 2',
        restsOnSubject: false,
        detail: 'the emergency claimed is not grounded',
        remedy: 'give a reason, a text and the categories it needs in `emergency`',
      },
    ],
  },
  {
    check: 'emergency-grounded',
    when: 'an earlier override not reviewed',
    facts: { ...emergency(['staff-safety']), conduct: { unreviewedOverrides: 1 } },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'override-unreviewed',
        citation: 'UK GDPR Article 6(1)(d) and (e); ECHR Article 2',
        restsOnSubject: false,
        detail: 'an earlier override of this officer has not been reviewed',
        remedy: 'telephone the duty desk now; have the earlier override reviewed, or ask through another officer',
      },
    ],
  },
  {
    check: 'purpose-permitted',
    when: 'a row that speaks to it',
    facts: {},
    found: [
      {
        lock: 'need-to-know',
        outcome: 'open',
        citation: 'policy POL-013',
        restsOnSubject: false,
        detail: 'policy `POL-013` speaks to `child-s47-enquiry` from `nhs-acute` to `police-pp`',
      },
    ],
  },
  {
    check: 'purpose-permitted',
    when: 'a purpose nobody knows',
    facts: { ask: { purpose: 'curiosity' } },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'jurisdiction-mismatch',
        citation: 'published catalogue of purposes',
        restsOnSubject: false,
        detail: '`curiosity` is not a purpose of the law of `england`',
        remedy: 'ask for the purpose that the law of that nation knows',
      },
    ],
  },
  {
    check: 'purpose-permitted',
    when: 'a purpose whose law has not commenced',
    facts: { ask: { purpose: 'csa-duty-to-report' } },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'policy-not-commenced',
        citation: 'Crime and Policing Act 2026',
        restsOnSubject: false,
        detail: '`csa-duty-to-report` rests on law that is not in force on 2026-12-07',
        remedy: 'ask for a purpose whose law is in force; a report may be made on common-law public interest meanwhile',
      },
    ],
  },
  {
    check: 'purpose-permitted',
    when: 'a purpose of other nations',
    facts: { custodian: { jurisdiction: 'scotland' }, ask: { purpose: 'csa-duty-to-report' } },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'jurisdiction-mismatch',
        citation: 'Crime and Policing Act 2026',
        restsOnSubject: false,
        detail: '`csa-duty-to-report` is not a purpose of the law of `scotland`',
        remedy: 'ask for the purpose that the law of that nation knows',
      },
    ],
  },
  {
    check: 'purpose-permitted',
    when: 'no row between these teams',
    facts: { requester: { teamKind: 'police-ci' } },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'UK GDPR Article 5(1)(b); published disclosure policy',
        restsOnSubject: false,
        detail: 'no policy speaks to `child-s47-enquiry` from `nhs-acute` to `police-ci`',
        remedy: 'ask for a purpose that policy provides between these two kinds of team',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'a power of both',
    facts: {},
    found: [
      {
        lock: 'power',
        outcome: 'open',
        citation: 'Children Act 2004 s.11',
        restsOnSubject: false,
        detail: '`ca04-s11`: implied',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'a power there is none of',
    facts: { ask: { function: { power: 'p', text: 'joint enquiry' } } },
    found: [
      {
        lock: 'power',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'published catalogue of powers',
        restsOnSubject: false,
        detail: 'there is no power `p`',
        remedy: 'name the power your task rests on; policy here rests on `ca04-s11`, `common-law-public-interest`',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'a power of another nation',
    facts: { requester: { jurisdiction: 'scotland' } },
    found: [
      {
        lock: 'power',
        outcome: 'shut',
        reason: 'jurisdiction-mismatch',
        citation: 'Children Act 2004 s.11',
        restsOnSubject: false,
        detail: '`ca04-s11` is not law for `scotland` on 2026-12-07',
        remedy: 'name the power your task rests on; policy here rests on `common-law-public-interest`',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'a power not yet commenced',
    facts: { ask: { function: { power: 'ca04-s16la', text: 'joint enquiry' } } },
    found: [
      {
        lock: 'power',
        outcome: 'shut',
        reason: 'policy-not-commenced',
        citation: "Children Act 2004 s.16LA, inserted by Children's Wellbeing and Schools Act 2026 s.4",
        restsOnSubject: false,
        detail: '`ca04-s16la` is not law for `england` on 2026-12-07',
        remedy: 'name the power your task rests on; policy here rests on `ca04-s11`, `common-law-public-interest`',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'a power that does not speak to the police',
    facts: { ask: { function: { power: 'ca89-s47', text: 'joint enquiry' } } },
    found: [
      {
        lock: 'power',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'Children Act 1989 s.47(9) to (11)',
        restsOnSubject: false,
        detail: '`ca89-s47` does not speak to a `police-pp`',
        remedy: 'name the power your task rests on; policy here rests on `ca04-s11`, `common-law-public-interest`',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'a duty that is owed about children',
    facts: {
      ask: {
        purpose: 'fgm-report',
        subjectIsAdult: true,
        categories: ['core-identity'],
        function: { power: 'common-law-policing', text: 'report of known mutilation' },
      },
    },
    found: [
      {
        lock: 'power',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'Female Genital Mutilation Act 2003 s.5B',
        restsOnSubject: false,
        detail: '`fgm-s5b` speaks of a child only',
        remedy: 'ask about an adult under the purpose for adults at risk, or with what they agreed to',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'a basis and its conditions',
    facts: {},
    found: [
      {
        lock: 'data-protection',
        outcome: 'open',
        citation: 'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
        restsOnSubject: false,
        detail: '`6-1-e with 9-2-g with p18, and p18 for article 10`, uk-gdpr to uk-gdpr',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'no policy document',
    facts: { custodian: { hasPolicyDocument: false } },
    found: [
      {
        lock: 'data-protection',
        outcome: 'shut',
        reason: 'no-dp-condition',
        citation: 'UK GDPR Articles 6 and 9; DPA 2018 Schedule 1',
        restsOnSubject: false,
        detail: 'no basis and condition of the policy is met for this custodian today',
        remedy: 'the custodian must hold an appropriate policy document and a basis in force',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'a pair that is forbidden',
    facts: { ask: { basis: { article6: '6-1-ea' } } },
    found: [
      {
        lock: 'data-protection',
        outcome: 'shut',
        reason: 'invalid-basis-combination',
        citation: 'UK GDPR Article 6(1), closing words',
        restsOnSubject: false,
        detail: 'a public authority cannot rely on (ea) or (f) for its tasks',
        remedy: 'a public authority relies on 6-1-e, with a power in law',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'another condition cited',
    facts: { ask: { basis: { schedule1: 'p10' } } },
    found: [
      {
        lock: 'data-protection',
        outcome: 'shut',
        reason: 'invalid-basis-combination',
        citation: 'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
        restsOnSubject: false,
        detail: '`basis.schedule1` is not what the custodian may rely on here',
        remedy:
          'the custodian relies on 6-1-e with 9-2-g with p18, and p18 for article 10: cite that, or leave `basis` out',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'a reason that is none of the three',
    facts: { ask: { basis: { schedule1: 'p18', p18Reason: 'in-a-hurry' } } },
    found: [
      {
        lock: 'data-protection',
        outcome: 'shut',
        reason: 'invalid-basis-combination',
        citation: 'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
        restsOnSubject: false,
        detail: '`basis.p18Reason` is not what the custodian may rely on here',
        remedy:
          'the custodian relies on 6-1-e with 9-2-g with p18, and p18 for article 10: cite that, or leave `basis` out',
      },
    ],
  },
  {
    check: 'confidentiality-overridden',
    when: 'a route that sets confidence aside',
    facts: {},
    found: [
      {
        lock: 'confidentiality',
        outcome: 'open',
        citation: 'W v Egdell [1990] Ch 359; GMC Confidentiality',
        restsOnSubject: false,
        detail: '`public-interest-serious-harm`',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'an adult who agrees',
    facts: manager({ agreed: true }, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'open',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'the adult agrees',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'wishes that are not on record',
    facts: manager(undefined, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'wishes-missing',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'the adult’s wishes are not on record',
        remedy:
          'say in `wishes` whether they agree, and if not which ground overrides that; or that they were not asked, and why',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'a refusal',
    facts: manager({ agreed: false }, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'adult-refused-no-override',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'the adult refuses and nothing overrides that',
        remedy:
          'offer the adult other ways to be kept safe, speak with them again within 7 days and record it; only a manager overrides, and for one of `others-at-risk-incl-children`, `coercion-or-duress`, `serious-crime`, `person-in-position-of-trust-implicated`, `marac-high-risk`, `lacks-capacity`, `court-order`, `risk-unreasonably-high`',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'a refusal a manager overrides',
    facts: manager({ agreed: false, override: 'serious-crime' }, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'open',
        citation: 'Care Act guidance chapter 14',
        restsOnSubject: false,
        detail: 'the adult refuses; overridden: `serious-crime`',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'a refusal an officer overrides',
    facts: manager({ agreed: false, override: 'serious-crime' }, ['ask']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'override-not-managers',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'the override is not a manager’s',
        remedy: 'ask through a manager who has decided on the override',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'an adult whom a manager did not have asked',
    facts: manager({ sought: false, reason: 'greater-risk-to-adult' }, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'open',
        citation: 'Care Act guidance chapter 14; golden rule 2',
        restsOnSubject: false,
        detail: 'the adult was not asked: `greater-risk-to-adult`',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'an adult whom an officer did not ask',
    facts: manager({ sought: false, reason: 'greater-risk-to-adult' }, ['ask']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'not-sought-not-managers',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'not asked: `greater-risk-to-adult`, which no manager decided',
        remedy: 'ask through a manager who has decided on it; or ask the adult first',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'an adult who could not be reached, though there is time',
    facts: manager({ sought: false, reason: 'cannot-be-reached-in-time' }, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'not-sought-not-urgent',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'not asked: `cannot-be-reached-in-time`, of a routine ask',
        remedy: 'ask the adult first; or say in `urgency` that this cannot wait',
      },
    ],
  },
  {
    check: 'wishes-respected',
    when: 'an adult who was not asked for no reason of the list',
    facts: manager({ sought: false, reason: 'convenience' }, ['ask', 'manage']),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'wishes-missing',
        citation:
          'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal',
        restsOnSubject: false,
        detail: 'the adult was not asked, for no reason of the list',
        remedy:
          'say in `wishes` whether they agree, and if not which ground overrides that; or that they were not asked, and why',
      },
    ],
  },
  {
    check: 'bars-absent',
    when: 'no bar',
    facts: {},
    found: [
      {
        lock: 'bar',
        outcome: 'open',
        citation: 'statutory bars A1 to A15',
        restsOnSubject: true,
        detail: 'no bar is raised',
      },
    ],
  },
  {
    check: 'bars-absent',
    when: 'a bar that stands for everyone',
    facts: { ask: { categories: ['core-identity', 'legally-privileged'] } },
    found: [
      {
        lock: 'bar',
        outcome: 'shut',
        reason: 'lpp',
        citation: 'common law; DPA 2018 Schedule 2 paragraph 19 and s.45A',
        categories: ['legally-privileged'],
        restsOnSubject: false,
        detail: 'bar `A6`',
      },
      {
        lock: 'bar',
        outcome: 'open',
        citation: 'statutory bars A1 to A15',
        restsOnSubject: true,
        detail: 'no bar is raised',
      },
    ],
  },
  {
    check: 'bars-absent',
    when: 'a bar raised by two protections',
    facts: { protections: [{ kind: 'protected-person' }, { kind: 'protected-person' }] },
    found: [
      {
        lock: 'bar',
        outcome: 'shut',
        reason: 'statutory-bar-protected-person',
        citation: 'Serious Organised Crime and Police Act 2005 ss.82 and 86 to 88',
        restsOnSubject: true,
        detail: 'bar `A9`, raised by protection `protection-0`, `protection-1`',
      },
    ],
  },
  {
    check: 'bars-absent',
    when: 'a protection of unknown kind',
    facts: { protections: [{ kind: 'of tomorrow' }] },
    found: [
      {
        lock: 'bar',
        outcome: 'shut',
        reason: 'statutory-bar-court',
        citation: 'fail closed: a protection of unknown kind',
        restsOnSubject: true,
        detail: 'protection `protection-0` is of a kind the catalogue does not know',
      },
    ],
  },
  {
    check: 'bars-absent',
    when: 'a protection that heightens',
    facts: { protections: [{ kind: 'protected-address' }], ask: { categories: ['core-identity', 'household'] } },
    found: [
      {
        lock: 'bar',
        outcome: 'open',
        citation: 'statutory bars A1 to A15',
        restsOnSubject: true,
        detail: 'no bar is raised',
      },
      {
        lock: 'bar',
        outcome: 'person',
        reason: 'person-decides',
        citation: 'ECHR Articles 2, 3 and 8; UK GDPR Article 32',
        categories: ['household'],
        restsOnSubject: true,
        detail: 'protection `protection-0` of kind `protected-address`',
      },
    ],
  },
  {
    check: 'court-route-given',
    when: 'no route',
    facts: papers(),
    found: [
      {
        lock: 'bar',
        outcome: 'shut',
        reason: 'fpr-route-missing',
        citation: 'FPR 2010 r.12.73; Administration of Justice Act 1960 s.12',
        categories: ['family-court'],
        restsOnSubject: false,
        detail: 'no route by which family-court material may be communicated',
      },
    ],
  },
  {
    check: 'court-route-given',
    when: 'a route of the rules',
    facts: papers('cp-professional'),
    found: [
      {
        lock: 'bar',
        outcome: 'person',
        reason: 'person-decides',
        citation: 'FPR 2010 r.12.73(1)(a)(viii)',
        categories: ['family-court'],
        restsOnSubject: false,
        detail: 'route `cp-professional`',
      },
    ],
  },
  {
    check: 'subject-scope',
    when: 'more than a sibling is asked about',
    facts: { ask: { subjectRole: 'sibling' } },
    found: [
      {
        lock: 'minimum',
        outcome: 'shut',
        reason: 'excessive-scope',
        citation: 'UK GDPR Article 5(1)(c)',
        categories: ['injury-findings'],
        restsOnSubject: false,
        detail: 'more was asked of a `sibling` than the concern covers',
        remedy: 'ask about this person in their own right when the concern covers them',
      },
    ],
  },
  {
    check: 'order-scope',
    when: 'more than the order names',
    facts: courtOrder(['hiv-sti']),
    found: [
      {
        lock: 'minimum',
        outcome: 'shut',
        reason: 'excessive-scope',
        citation: 'the order',
        categories: ['core-identity'],
        restsOnSubject: false,
        detail: 'the order does not name these categories',
        remedy: 'ask for what the order names',
      },
    ],
  },
  {
    check: 'agreement-honoured',
    when: 'what was not agreed',
    facts: agreed({}),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'outside-agreement',
        citation: 'ICO data sharing code of practice',
        categories: ['present-concern', 'injury-findings'],
        restsOnSubject: false,
        detail: 'the agreement between the parties does not name these categories',
        remedy: 'amend the agreement between the parties',
      },
    ],
  },
  {
    check: 'agreement-honoured',
    when: 'an agreement that ran out',
    facts: agreed({ to: '2026-12-06' }),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'person',
        reason: 'isa-expired',
        citation: 'ICO data sharing code of practice',
        restsOnSubject: false,
        detail: 'the agreement between the parties for this purpose has run out',
        remedy: 'renew the agreement',
      },
    ],
  },
  {
    check: 'look-back',
    when: 'further back than a person is not asked',
    facts: {
      ask: { categories: ['core-identity', 'police-incidents'], period: { from: '1990-01-01', to: '2026-12-07' } },
    },
    found: [
      {
        lock: 'minimum',
        outcome: 'person',
        reason: 'lookback-exceeded',
        citation: 'UK GDPR Article 5(1)(c) and (e)',
        categories: ['police-incidents'],
        restsOnSubject: false,
        detail: 'the period reaches further back than is released without a person',
        remedy: 'ask for a shorter `period`',
      },
    ],
  },
  {
    check: 'kind-reviewed',
    when: 'a kind that a person always decides',
    facts: courtOrder(['hiv-sti', 'core-identity']),
    found: [
      {
        lock: 'minimum',
        outcome: 'person',
        reason: 'person-decides',
        citation: 'the order',
        restsOnSubject: false,
        detail: 'a person decides every request of kind `court-order`',
      },
    ],
  },
  {
    check: 'bulk-walk',
    when: 'too many people',
    facts: asked({ people: { counted: 21, most: 20 } }),
    found: [
      {
        lock: 'minimum',
        outcome: 'person',
        reason: 'pattern-suspect',
        citation: 'UK GDPR Article 5(1)(b), (c) and (f)',
        restsOnSubject: false,
        detail: 'more than 20 people asked about',
      },
    ],
  },
  {
    check: 'differencing',
    when: 'too many ways',
    facts: asked({ ways: { counted: 7, most: 6 } }),
    found: [
      {
        lock: 'minimum',
        outcome: 'person',
        reason: 'pattern-suspect',
        citation: 'UK GDPR Article 5(1)(b), (c) and (f)',
        restsOnSubject: false,
        detail: '7 periods and questions, of 6',
      },
    ],
  },
  {
    check: 'ceiling-of-officer',
    when: 'more than one request gives, by the officer',
    facts: asked({ byOfficer: { categories: ['housing', 'financial'], most: 1 } }),
    found: [
      {
        lock: 'minimum',
        outcome: 'person',
        reason: 'pattern-suspect',
        citation: 'UK GDPR Article 5(1)(b), (c) and (f)',
        restsOnSubject: false,
        detail: '2 categories asked before lie beyond this purpose, of 1',
      },
    ],
  },
  {
    check: 'ceiling-of-agency',
    when: 'more than one request gives, by the agency',
    facts: asked({ byAgency: { categories: ['housing', 'financial'], most: 1 } }),
    found: [
      {
        lock: 'minimum',
        outcome: 'person',
        reason: 'pattern-suspect',
        citation: 'UK GDPR Article 5(1)(b), (c) and (f)',
        restsOnSubject: true,
        detail: '2 categories asked before lie beyond this purpose, of 1',
      },
    ],
  },
  {
    check: 'need-to-know',
    when: 'an involvement the council opened',
    facts: {},
    found: [
      {
        lock: 'need-to-know',
        outcome: 'open',
        citation: 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship',
        restsOnSubject: true,
        detail: 'involvement `inv-1`, opened by `northmoor-council`',
      },
    ],
  },
  {
    check: 'need-to-know',
    when: 'no involvement',
    facts: { involvements: [] },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'no-open-involvement',
        citation: 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship',
        restsOnSubject: true,
        detail: 'the requester has no open involvement with the subject in this case',
      },
    ],
  },
  {
    check: 'need-to-know',
    when: 'the requester’s own word',
    facts: { involvements: [{ standing: 'claimed' }] },
    found: [
      {
        lock: 'need-to-know',
        outcome: 'person',
        reason: 'involvement-unconfirmed',
        citation: 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship',
        restsOnSubject: false,
        detail: "involvement `inv-1` rests on the requester's own word",
        remedy: 'have the agency that leads the case open the involvement, or the custodian confirm it',
      },
    ],
  },
  {
    check: 'need-to-know',
    when: 'an emergency that names not all',
    facts: emergency(['staff-safety']),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'open',
        citation: 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship',
        restsOnSubject: true,
        detail: 'emergency override for `immediate-risk-to-life`',
      },
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'emergency-not-named',
        citation: 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship',
        categories: ['protection-status'],
        restsOnSubject: true,
        detail: 'the override does not name these categories',
        remedy: 'name in `emergency.categories` what the emergency itself needs',
      },
    ],
  },
  {
    check: 'subject-identified',
    when: 'one person, matched exactly',
    facts: {},
    found: [
      {
        lock: 'subject',
        outcome: 'open',
        citation: 'UK GDPR Article 5(1)(d): never disclose on an uncertain match',
        restsOnSubject: true,
        detail: 'identified exactly',
      },
    ],
  },
  {
    check: 'subject-identified',
    when: 'a person nobody knows',
    facts: { subject: 'unknown' },
    found: [
      {
        lock: 'subject',
        outcome: 'shut',
        reason: 'identity-unmatched',
        citation: 'UK GDPR Article 5(1)(d): never disclose on an uncertain match',
        restsOnSubject: true,
        detail: 'no such person is known here',
      },
    ],
  },
  {
    check: 'subject-identified',
    when: 'a person in doubt',
    facts: { subject: 'ambiguous' },
    found: [
      {
        lock: 'subject',
        outcome: 'shut',
        reason: 'identity-ambiguous',
        citation: 'UK GDPR Article 5(1)(d): never disclose on an uncertain match',
        restsOnSubject: true,
        detail: 'the identifiers and details do not agree on one person',
      },
    ],
  },
  {
    check: 'officer-unrelated',
    when: 'a namesake',
    facts: { officer: { bearsSubjectsName: true } },
    found: [
      {
        lock: 'requester',
        outcome: 'person',
        reason: 'conflict-of-interest',
        citation: 'UK GDPR Article 5(1)(a) and (f)',
        restsOnSubject: true,
        detail: 'the officer bears the family name of the person',
      },
    ],
  },
  {
    check: 'hold-respected',
    when: 'a hold',
    facts: { holds: [{ id: 'hold-1', recordedBy: 'northmoor-council' }] },
    found: [
      {
        lock: 'confidentiality',
        outcome: 'person',
        reason: 'on-hold',
        citation: 'UK GDPR Article 18; legal hold',
        restsOnSubject: true,
        detail: 'hold `hold-1`, recorded by `northmoor-council`',
      },
    ],
  },
  {
    check: 'consent-standing',
    when: 'a consent that is gone',
    facts: { consents: [{ scope: ['present-concern', 'household'], withdrawnAt: '2026-11-03T09:00:00.000Z' }] },
    found: [
      {
        lock: 'data-protection',
        outcome: 'person',
        reason: 'consent-not-standing',
        citation: 'UK GDPR Article 7(3); ICO on swapping one lawful basis for another',
        categories: ['present-concern'],
        restsOnSubject: true,
        detail: 'consent `consent-1` has been withdrawn or has expired',
      },
    ],
  },
  {
    check: 'purpose-permitted',
    when: 'rows of other nations alone',
    facts: {},
    rows: only('POL-013-scotland'),
    found: [
      {
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'jurisdiction-mismatch',
        citation: 'published disclosure policy',
        restsOnSubject: false,
        detail: 'policy speaks to `child-s47-enquiry` in scotland, and not in `england`',
        remedy: 'ask under the law of the custodian’s nation',
      },
    ],
  },
  {
    check: 'power-held',
    when: 'no power between the parties',
    facts: {},
    rows: having({ powers: ['ca89-s47'] }),
    found: [
      {
        lock: 'power',
        outcome: 'shut',
        reason: 'no-legal-power',
        citation: 'policy POL-013',
        restsOnSubject: false,
        detail: 'no power of policy `POL-013` is law between these parties on 2026-12-07',
        remedy: 'ask the custodian under a power that is law between you',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'criminal-offence data that no condition covers',
    facts: { ask: { categories: ['core-identity', 'convictions'] } },
    rows: having({ article10: [] }),
    found: [
      {
        lock: 'data-protection',
        outcome: 'shut',
        reason: 'no-dp-condition',
        citation: 'UK GDPR Article 10; DPA 2018 s.10(5)',
        categories: ['convictions'],
        restsOnSubject: false,
        detail: 'no condition for criminal-offence data is met for this custodian today',
        remedy: 'the custodian must hold an appropriate policy document',
      },
      {
        lock: 'data-protection',
        outcome: 'open',
        citation: 'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
        restsOnSubject: false,
        detail: '`6-1-e with 9-2-g with p18`, uk-gdpr to uk-gdpr',
      },
    ],
  },
  {
    check: 'data-protection-met',
    when: 'nothing needed for criminal-offence data',
    facts: {},
    rows: having({ article10: [] }),
    found: [
      {
        lock: 'data-protection',
        outcome: 'open',
        citation: 'UK GDPR Articles 6, 9 and 10; DPA 2018 Schedule 1',
        restsOnSubject: false,
        detail: '`6-1-e with 9-2-g with p18`, uk-gdpr to uk-gdpr',
      },
    ],
  },
  {
    check: 'confidentiality-overridden',
    when: 'no route',
    facts: {},
    rows: having({ confidentiality: ['statute'] }),
    found: [
      {
        lock: 'confidentiality',
        outcome: 'shut',
        reason: 'confidentiality-not-overridden',
        citation: 'common-law duty of confidence; Human Rights Act 1998 Article 8',
        restsOnSubject: false,
        detail: 'no route of the policy sets the duty of confidence aside',
        remedy: 'ask for a purpose for which confidence may be set aside, or obtain consent or a court order',
      },
    ],
  },
  {
    check: 'consent-standing',
    when: 'consent that policy needs',
    facts: {},
    rows: needing('consent'),
    found: [
      {
        lock: 'data-protection',
        outcome: 'person',
        reason: 'consent-not-standing',
        citation: 'UK GDPR Article 7(3); ICO on swapping one lawful basis for another',
        categories: ['core-identity', 'present-concern', 'injury-findings'],
        restsOnSubject: true,
        detail: 'policy rests on consent here and none covers these categories',
      },
    ],
  },
];

describe('a finding says what it rests on and what would put it right:', () => {
  it.each(cases)('$check, $when', ({ check, facts, rows, found }) => {
    const decision = rows === undefined ? decided(facts) : decidedUnder(facts, rows);

    expect(foundBy(check, decision)).toStrictEqual(found.map((finding) => ({ check, ...finding })));
  });
});
