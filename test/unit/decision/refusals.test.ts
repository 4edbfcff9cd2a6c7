import type { Decision } from '../../../src/core/decision/decision.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import { decide } from '../../../src/core/decision/decide.js';
import {
  decided,
  effectsOf,
  factsOf,
  foundBy,
  law,
  leaves,
  policySet,
  shownOf,
  type FactsWanted,
} from '../../support/facts-builder.js';

const groundOf = (decision: Decision): unknown => (decision.effect === 'refuse' ? decision.ground : decision.effect);

interface Case {
  readonly when: string;
  readonly reason: string;
  readonly facts: FactsWanted;
}

const policeEnforcement = {
  kind: 'police-law-enforcement',
  police: {
    offence: 'assault occasioning actual bodily harm',
    crimeReference: 'NP/2026/0417',
    supervisor: { id: 'np-5200', rank: 'inspector' },
    strictNecessity: 'no other record shows the injury',
    onwardUse: 'the prosecutor',
  },
} as const;
const without = (field: keyof typeof policeEnforcement.police): FactsWanted => ({
  ask: { ...policeEnforcement, police: { ...policeEnforcement.police, [field]: undefined } },
});
const victimAsk = {
  kind: 'victim-information',
  subjectRole: 'victim',
  victim: {
    reasonToBelieveHeld: 'she said so',
    lineOfEnquiry: 'the injury',
    notice: { given: true, on: '2026-12-01' },
  },
} as const;

const stated: readonly Case[] = [
  {
    when: 'the requesting agency is suspended',
    reason: 'requester-role-invalid',
    facts: { requester: { suspended: true } },
  },
  { when: 'the custodian is suspended', reason: 'requester-role-invalid', facts: { custodian: { suspended: true } } },
  {
    when: 'a key that proved who asks no longer stands',
    reason: 'signature-invalid',
    facts: { requester: { keysStand: false } },
  },
  { when: 'the directory knows no such officer', reason: 'requester-role-invalid', facts: { officer: 'unknown' } },
  {
    when: 'the officer holds another role',
    reason: 'requester-role-invalid',
    facts: { officer: { role: 'police-inspector' } },
  },
  {
    when: 'the role begins later',
    reason: 'requester-role-invalid',
    facts: { officer: { roleFrom: '2026-12-08T00:00:00.000Z' } },
  },
  {
    when: 'the role ended',
    reason: 'requester-role-invalid',
    facts: { officer: { roleTo: '2026-12-01T00:00:00.000Z' } },
  },
  { when: 'the officer is of another team', reason: 'requester-role-invalid', facts: { officer: { team: 'np-cid' } } },
  { when: 'the role may not ask', reason: 'requester-role-invalid', facts: { officer: { duties: ['push'] } } },
  {
    when: 'training ran out',
    reason: 'training-expired',
    facts: { officer: { trainingUntil: '2026-12-01T00:00:00.000Z' } },
  },
  {
    when: 'training was never recorded',
    reason: 'training-expired',
    facts: { officer: { trainingUntil: undefined } },
  },
  {
    when: 'a council makes a police kind of request',
    reason: 'no-legal-power',
    facts: { requester: { agencyKind: 'council' } },
  },
  {
    when: 'victim information is asked about a child',
    reason: 'no-legal-power',
    facts: { ask: { ...victimAsk, subjectRole: 'child' } },
  },
  { when: 'no kind of request is that', reason: 'no-legal-power', facts: { ask: { kind: 'curiosity' } } },
  { when: 'no case is named', reason: 'case-reference-missing', facts: { ask: { caseReference: ' ' } } },
  { when: 'no task is stated', reason: 'task-missing', facts: { ask: { function: { power: 'ca04-s11', text: '' } } } },
  { when: 'no necessity is given', reason: 'necessity-missing', facts: { ask: { necessity: '\t' } } },
  { when: 'nobody says whether the family was told', reason: 'notice-missing', facts: { ask: { notice: undefined } } },
  {
    when: 'the family was not told for no reason of the list',
    reason: 'notice-missing',
    facts: { ask: { notice: { given: false, waivedReason: 'because', reviewOn: '2026-12-21' } } },
  },
  {
    when: 'the family was not told and no day is set to look again',
    reason: 'notice-missing',
    facts: { ask: { notice: { given: false, waivedReason: 'increased-risk-to-child' } } },
  },
  { when: 'law enforcement names no offence', reason: 'offence-missing', facts: without('offence') },
  { when: 'law enforcement names no crime', reason: 'offence-missing', facts: without('crimeReference') },
  { when: 'law enforcement has no supervisor', reason: 'supervisor-missing', facts: without('supervisor') },
  {
    when: 'law enforcement shows no strict necessity',
    reason: 'strict-necessity-missing',
    facts: without('strictNecessity'),
  },
  { when: 'law enforcement is silent on onward use', reason: 'onward-use-missing', facts: without('onwardUse') },
  {
    when: 'a victim is asked about without notice',
    reason: 'vir-notice-missing',
    facts: { ask: { ...victimAsk, victim: { ...victimAsk.victim, notice: { given: false } } } },
  },
  {
    when: 'no line of enquiry needs the victim’s record',
    reason: 'vir-enquiry-missing',
    facts: { ask: { ...victimAsk, victim: { ...victimAsk.victim, lineOfEnquiry: ' ' } } },
  },
  {
    when: 'an order of a court is claimed and not attached',
    reason: 'court-document-missing',
    facts: { ask: { kind: 'court-order' } },
  },
  {
    when: 'no row of policy speaks to the purpose',
    reason: 'no-legal-power',
    facts: { ask: { purpose: 'child-early-help' } },
  },
  {
    when: 'no row speaks to the team that asks',
    reason: 'no-legal-power',
    facts: { requester: { teamKind: 'police-ci' } },
  },
  {
    when: 'the policy was not in force yet',
    reason: 'no-legal-power',
    facts: { decidedAt: '2026-02-04T12:00:00.000Z' },
  },
  {
    when: 'section 47(9) is cited toward the police',
    reason: 'no-legal-power',
    facts: { ask: { function: { power: 'ca89-s47', text: 'joint enquiry' } } },
  },
  {
    when: 'section 16LA has not commenced',
    reason: 'policy-not-commenced',
    facts: { ask: { function: { power: 'ca04-s16la', text: 'joint enquiry' } } },
  },
  {
    when: 'the power cited is of another nation',
    reason: 'jurisdiction-mismatch',
    facts: { requester: { jurisdiction: 'scotland' } },
  },
  {
    when: 'there is no such power',
    reason: 'no-legal-power',
    facts: { ask: { function: { power: 'p', text: 'joint enquiry' } } },
  },
  {
    when: 'the custodian has no appropriate policy document',
    reason: 'no-dp-condition',
    facts: { custodian: { hasPolicyDocument: false } },
  },
  {
    when: 'a public authority is said to rely on recognised legitimate interest',
    reason: 'invalid-basis-combination',
    facts: { ask: { basis: { article6: '6-1-ea' } } },
  },
  {
    when: 'consent is cited for an enquiry that would go on without it',
    reason: 'invalid-basis-combination',
    facts: { ask: { basis: { article6: '6-1-a' } } },
  },
  {
    when: 'a condition the row does not give is cited',
    reason: 'invalid-basis-combination',
    facts: { ask: { basis: { schedule1: 'p10' } } },
  },
  {
    when: 'the reason for not seeking consent is none of the three',
    reason: 'invalid-basis-combination',
    facts: { ask: { basis: { p18Reason: 'in-a-hurry' } } },
  },
  {
    when: 'only what policy denies is asked',
    reason: 'not-relevant-to-purpose',
    facts: { ask: { categories: ['hiv-sti'] } },
  },
  {
    when: 'a category of answers is asked without a question',
    reason: 'question-not-asked',
    facts: { ask: { categories: ['health-summary'] } },
  },
  {
    when: 'only what a sibling is not asked about is asked',
    reason: 'excessive-scope',
    facts: { ask: { subjectRole: 'sibling', categories: ['injury-findings'] } },
  },
  {
    when: 'the parties agreed on other categories',
    reason: 'outside-agreement',
    facts: {
      agreements: [{ id: 'isa-1', purposes: ['child-s47-enquiry'], dataItems: ['household'], from: '2026-01-01' }],
    },
  },
];

describe('a refusal that does not rest on the subject says why', () => {
  it.each(stated)('$reason when $when', ({ reason, facts }) => {
    const decision = decided(facts);

    expect(groundOf(decision)).toMatchObject({ kind: 'stated', reason });
    expect(law.reasons.get(reason as never)?.explanation).not.toBe('');
    expect(decision.items.every(({ effect, leaves: released }) => effect === 'withhold' && released.length === 0)).toBe(
      true,
    );
  });

  it.each(stated)('$reason when $when, whoever it is asked about', ({ facts }) => {
    const about: readonly FactsWanted[] = [
      { subject: 'unknown' },
      { subject: 'ambiguous' },
      { involvements: [] },
      { involvements: [{ standing: 'claimed' }] },
      { protections: [{ kind: 'protected-person' }] },
      { objections: [{ id: 'objection-1', ground: 'competent refusal', recordedBy: 'northmoor-council' }] },
      { holds: [{ id: 'hold-1', recordedBy: 'northmoor-council' }] },
    ];
    for (const subject of about) expect(shownOf(decided({ ...facts, ...subject }))).toEqual(shownOf(decided(facts)));
  });
});

const silent: readonly { readonly when: string; readonly facts: FactsWanted }[] = [
  { when: 'no such person is known', facts: { subject: 'unknown' } },
  { when: 'the details fit more than one person, or not quite one', facts: { subject: 'ambiguous' } },
  { when: 'the requester has no involvement', facts: { involvements: [] } },
  { when: 'the involvement has ended', facts: { involvements: [{ to: '2026-12-06T00:00:00.000Z' }] } },
  { when: 'the involvement begins later', facts: { involvements: [{ from: '2026-12-08T00:00:00.000Z' }] } },
  { when: 'the involvement is of another team', facts: { involvements: [{ team: 'np-cid' }] } },
  { when: 'the involvement is of another agency', facts: { involvements: [{ agency: 'eastvale-council' }] } },
  { when: 'the involvement names other officers', facts: { involvements: [{ officers: ['np-9999'] }] } },
  { when: 'the involvement is in another case', facts: { involvements: [{ caseReference: 'nm-2026-0001' }] } },
  {
    when: 'the subject objects',
    facts: { objections: [{ id: 'o', ground: 'competent refusal', recordedBy: 'northmoor-council' }] },
  },
  { when: 'the subject is under protection arrangements', facts: { protections: [{ kind: 'protected-person' }] } },
  { when: 'an order limits disclosure', facts: { protections: [{ kind: 'order-limiting-disclosure' }] } },
  { when: 'a protection is of a kind no catalogue knows', facts: { protections: [{ kind: 'witness-of-tomorrow' }] } },
];

describe('a refusal that rests on the subject is one answer', () => {
  it.each(silent)('when $when', ({ facts }) => {
    const decision = decided(facts);

    expect(groundOf(decision)).toEqual({ kind: 'silent' });
    expect(shownOf(decision)).toEqual(shownOf(decided({ subject: 'unknown' })));
    expect(
      decision.findings.filter(({ outcome }) => outcome === 'shut').every(({ restsOnSubject }) => restsOnSubject),
    ).toBe(true);
  });

  it('whatever else is asked: a category policy denies says so, one left to a person no more than any other', () => {
    const ask = { categories: ['core-identity', 'hiv-sti', 'full-medical-record'] };
    for (const { facts } of silent)
      expect(shownOf(decided({ ask, ...facts }))).toEqual({
        effect: 'refuse',
        ground: { kind: 'silent' },
        items: [
          { category: 'core-identity', effect: 'withhold', leaves: [], reason: 'withheld' },
          { category: 'hiv-sti', effect: 'withhold', leaves: [], reason: 'not-relevant-to-purpose' },
          { category: 'full-medical-record', effect: 'withhold', leaves: [], reason: 'withheld' },
        ],
      });
  });
});

describe('what no ask can obtain', () => {
  it.each(['fertility-treatment', 'gender-recognition', 'adoption-link'])(
    '%s is withheld from everyone',
    (category) => {
      expect(effectsOf(decided({ ask: { categories: ['core-identity', category] } }))).toEqual({
        'core-identity': 'release',
        [category]: 'withhold',
      });
    },
  );

  it('protected-location is withheld by every row, and the custodian’s record says as what', () => {
    const rows = policySet.rows.map((row) => ({ ...row, permit: [...row.permit, 'protected-location' as never] }));
    const decision = decide(
      factsOf({ ask: { categories: ['core-identity', 'protected-location'], textFor: ['protected-location'] } }),
      law,
      compilePolicy({ ...policySet, rows }, law),
    );

    expect(decision.items[1]).toEqual({
      category: 'protected-location',
      effect: 'withhold',
      leaves: [],
      reason: 'protected-location',
    });
  });

  it('a category the catalogue does not know is withheld', () => {
    expect(effectsOf(decided({ ask: { categories: ['core-identity', '__proto__', 'star-sign'] } }))['star-sign']).toBe(
      'withhold',
    );
  });
});

describe('a released category', () => {
  it('of findings needs no question to be asked', () => {
    const decision = decided({ ask: { categories: ['injury-findings'] } });

    expect(decision.items[0]?.leaves).toEqual(
      expect.arrayContaining(leaves('injury-findings.findings', 'injury-findings.medicalOpinion')),
    );
  });

  it('never has its free text released by a rule, asked for or not', () => {
    const decision = decided({ ask: { categories: ['injury-findings'], textFor: ['injury-findings'] } });

    expect(decision.items[0]).toMatchObject({ effect: 'release', text: 'in-review' });
    expect(decision.items[0]?.leaves).not.toContain('injury-findings.clinicalNarrative');
  });

  it('that is minimised needs no question either, unless it answers nothing else', () => {
    const decision = decided({
      ask: {
        categories: ['mental-health', 'health-summary'],
        questions: [{ category: 'health-summary', code: 'missed-appointments' }],
      },
    });

    expect(decision.items[0]?.leaves).toContain('mental-health.affectsCareOrSafety');
    expect(decision.items[1]).toMatchObject({
      effect: 'minimise',
      leaves: ['health-summary.missedAppointments'],
      reason: 'minimised-for-purpose',
    });
  });

  it('rests on four locks, each opened by a finding of its own with what it rests on', () => {
    const decision = decided();

    expect(decision.effect).toBe('permit');
    for (const lock of ['power', 'data-protection', 'confidentiality', 'bar']) {
      const open = decision.findings.filter((finding) => finding.lock === lock && finding.outcome === 'open');
      expect({ lock, open: open.length }).toEqual({ lock, open: 1 });
      expect(open[0]?.citation).not.toBe('');
    }
  });

  it('is asked by an officer in role, of a subject identified, with a need to know', () => {
    for (const check of ['officer-in-role', 'subject-identified', 'need-to-know', 'purpose-permitted'])
      expect(foundBy(check, decided())).toMatchObject([{ outcome: 'open' }]);
  });
});
