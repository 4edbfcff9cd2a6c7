import fc from 'fast-check';
import { decide } from '../../src/core/decision/decide.js';
import type { Decision } from '../../src/core/decision/decision.js';
import type { Facts } from '../../src/core/decision/facts.js';
import { compilePolicy } from '../../src/core/decision/policy-ability.js';
import type { Category, LeafPath } from '../../src/core/vocabulary/codes.js';
import { dateOf } from '../../src/core/vocabulary/time.js';
import { factsOf, law, now, policy, policySet, shownOf, type FactsWanted } from '../support/facts-builder.js';

const RUNS = { numRuns: 250 };

const categories = [...law.categories.keys()];
const asked = ['core-identity', 'present-concern', 'injury-findings', 'health-summary', 'mental-health', 'household'];
const moments = ['2026-11-01T00:00:00.000Z', now, '2027-01-01T00:00:00.000Z'];
const agencies = ['northmoor-police', 'northmoor-nhs-trust', 'northmoor-council', 'hill-gp'];
// Weighted to what supports an ask, so that permits are common and losing one fact matters.
const mostly = <T>(good: T, ...bad: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 40, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const optionally = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const anyCategories = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...asked), { minLength: 1, maxLength: 5 }),
  fc.uniqueArray(fc.constantFrom<string>(...categories, 'star-sign', '__proto__'), { maxLength: 6 }),
);
const anyQuestions = fc.uniqueArray(
  fc.constantFrom(
    ...[...law.categories.values()].flatMap(({ code, questions }) =>
      questions.map((question) => ({ category: code, code: question.code })),
    ),
  ),
  { maxLength: 4 },
);
const anyInvolvement = fc.record({
  id: fc.constantFrom('inv-1', 'inv-2', 'inv-3'),
  agency: mostly('northmoor-police', 'hill-gp'),
  team: mostly('np-ppu', 'np-cid'),
  caseReference: mostly('nm-2026-0417', 'nm-2026-0001'),
  officers: optionally(fc.constantFrom(['np-4471'], ['np-9999'], [])),
  from: mostly('2026-11-01T00:00:00.000Z', ...moments),
  to: optionally(fc.constantFrom(...moments)),
  standing: mostly('open', 'claimed', 'claimed'),
  confirmedFor: fc.subarray(agencies),
  ledByOwnForce: mostly(false, true),
});
const anyProtection = fc.record({
  id: fc.constantFrom('protection-1', 'protection-2'),
  kind: fc.constantFrom(...law.protectionKinds.keys(), 'of tomorrow'),
  exceptions: fc.subarray(['court-order', 'defence-s87-89', 'within-the-terms']),
});
const anyConsent = fc.record({
  id: fc.constantFrom('consent-1', 'consent-2'),
  scope: fc.subarray(asked),
  recipients: fc.subarray(agencies),
  purpose: mostly('child-s47-enquiry', 'marac'),
  expires: optionally(fc.constantFrom('2026-12-06', '2026-12-07')),
  withdrawnAt: optionally(fc.constantFrom(...moments)),
});
const anyObjection = fc.record({
  id: fc.constantFrom('objection-1', 'objection-2'),
  ground: fc.constant('competent refusal'),
  override: optionally(fc.constantFrom('serious-crime', 'because')),
  recordedBy: fc.constantFrom(...agencies),
});
const anyReceived = fc.record({
  from: fc.constantFrom(...agencies),
  categories: fc.subarray(asked),
  conditions: fc.subarray(['no-onward-disclosure', 'consult-owner-before-onward', 'do-not-tell-subject', 'unheard-of']),
  isSpecific: fc.boolean(),
});
const anyHold = fc.record({ id: fc.constantFrom('hold-1', 'hold-2'), recordedBy: fc.constantFrom(...agencies) });
const anyAgreement = fc.record({
  id: fc.constant('isa-1'),
  purposes: fc.subarray(['child-s47-enquiry', 'marac']),
  dataItems: fc.subarray([...asked, 'household.peopleWithSubject', 'mental-health.affectsCareOrSafety']),
  from: mostly('2026-01-01', '2027-01-01'),
  to: optionally(fc.constantFrom('2026-12-06', '2026-12-07')),
});
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: fc.array(item, { maxLength: 3 }) });

const ofTheSubject = {
  subject: mostly<Facts['subject']>('matched', 'unknown', 'ambiguous'),
  involvements: fc.oneof(
    { weight: 1, arbitrary: fc.array(anyInvolvement, { maxLength: 1 }) },
    { weight: 3, arbitrary: fc.array(anyInvolvement, { minLength: 1, maxLength: 3 }) },
  ),
  consents: few(anyConsent),
  objections: few(anyObjection),
  protections: few(anyProtection),
  holds: few(anyHold),
};

const anyWanted = fc.record({
  decidedAt: mostly(now as string, '2026-02-04T00:00:00.000Z', '2027-06-01T00:00:00.000Z'),
  ask: fc.record({
    kind: mostly(
      'police-safeguarding',
      'safeguarding',
      'police-law-enforcement',
      'court-order',
      '',
    ) as fc.Arbitrary<'safeguarding'>,
    subjectRole: mostly('child' as const, 'sibling' as const, 'parent-carer' as const, 'victim' as const),
    purpose: mostly(
      'child-s47-enquiry',
      'child-strategy-discussion',
      'child-emergency-protection',
      'serious-violence-duty',
      '',
    ),
    categories: anyCategories,
    questions: anyQuestions,
    textFor: fc.subarray(asked),
    period: fc.record({ from: fc.constantFrom('2025-12-07', '2019-01-01'), to: fc.constant('2026-12-07') }),
    necessity: mostly('to protect the child', ' '),
    function: fc.record({ power: mostly('ca04-s11', 'ca89-s47', 'ca04-s16la', 'no-such'), text: mostly('task', '') }),
    basis: optionally(
      fc.record({
        article6: optionally(fc.constantFrom('6-1-e', '6-1-c', '6-1-a')),
        article9: optionally(fc.constantFrom('9-2-g', '9-2-h')),
        schedule1: optionally(fc.constantFrom('p18', 'p2', 'p10')),
      }),
    ),
    urgency: fc.constantFrom('routine' as const, 'urgent' as const, 'emergency' as const),
    emergency: optionally(
      fc.record({
        reason: mostly('immediate-risk-to-life', 'convenience'),
        text: mostly('they are behind the door', ' '),
        categories: fc.subarray([...asked, 'case-narrative', 'protected-location', 'legally-privileged']),
      }),
    ),
  }),
  requester: fc.record({
    jurisdiction: mostly('england' as const, 'scotland' as const),
    suspended: mostly(false, true),
    keysStand: mostly(true, false),
    teamKind: mostly('police-pp', 'police-ci', 'la-csc', 'parent', ''),
  }),
  custodian: fc.record({
    suspended: mostly(false, true),
    teamKind: mostly('nhs-acute', 'nhs-gp', 'police-pp', 'school', ''),
    hasPolicyDocument: mostly(true, false),
  }),
  officer: fc.oneof(
    { weight: 1, arbitrary: fc.constant('unknown' as const) },
    {
      weight: 40,
      arbitrary: fc.record({
        role: mostly('police-ppu-officer', 'police-inspector'),
        team: mostly('np-ppu', 'np-cid'),
        duties: mostly(['ask'], [], ['push']),
        roleTo: optionally(fc.constantFrom('2026-12-31T00:00:00.000Z', ...moments)),
        trainingUntil: mostly<string | undefined>('2027-06-30T00:00:00.000Z', ...moments, undefined),
      }),
    },
  ),
  agreements: few(anyAgreement),
  conduct: fc.record({ unreviewedOverrides: mostly(0, 1, 7) }),
  ...ofTheSubject,
});
const anyFacts = anyWanted.map((wanted) => factsOf(wanted as unknown as FactsWanted));
const anySubject = fc.record(ofTheSubject).map((wanted) => factsOf(wanted as unknown as FactsWanted));
const decideOn = (facts: Facts): Decision => decide(facts, law, policy);

const released = (decision: Decision): ReadonlySet<LeafPath> => new Set(decision.items.flatMap(({ leaves }) => leaves));

/** `after` may be less than `before`, and never more. */
function expectNoMore(before: Decision, after: Decision): void {
  const had = released(before);
  expect([...released(after)].filter((leaf) => !had.has(leaf))).toEqual([]);
  if (before.effect !== 'permit') expect(after.effect).not.toBe('permit');
}

describe('a decision', () => {
  it('releases only leaves that policy permits or an emergency names, of categories asked, and free text never', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideOn(facts);
        const { purpose } = facts.ask;
        const exchange = { purpose, from: facts.custodian.teamKind, to: facts.requester.teamKind };
        const { release, minimise } = policy.cellsFor(exchange, {
          day: dateOf(facts.decidedAt),
          nation: facts.custodian.jurisdiction,
        });
        for (const { category, effect, leaves } of decision.items) {
          if (effect === 'review' || effect === 'withhold') expect(leaves).toEqual([]);
          for (const leaf of leaves) {
            const named = decision.override?.categories.includes(category) === true;
            expect(named || (effect === 'release' ? release : minimise).has(leaf)).toBe(true);
            expect(law.leaves.get(leaf)).toMatchObject({ category, kind: 'coded' });
          }
        }
        expect(decision.items.map(({ category }) => category)).toEqual(facts.ask.categories);
        expect(decision.effect === 'permit').toBe(released(decision).size > 0);
      }),
      RUNS,
    );
  });

  it('that permits has opened each lock, with what it rests on', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideOn(facts);
        if (decision.effect !== 'permit') return;
        for (const lock of [
          'power',
          'data-protection',
          'confidentiality',
          'bar',
          'requester',
          'subject',
          'need-to-know',
        ])
          expect(
            decision.findings.some(
              (finding) => finding.lock === lock && finding.outcome === 'open' && finding.citation !== '',
            ),
          ).toBe(true);
        expect(decision.basis).toBeDefined();
        expect(decision.obligations.length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('is permitted often enough here for these laws to say something', () => {
    const effects = fc.sample(anyFacts, { numRuns: 1000, seed: 42 }).map((facts) => decideOn(facts).effect);
    for (const effect of ['permit', 'review', 'refuse'] as const)
      expect(effects.filter((each) => each === effect).length).toBeGreaterThan(20);
  });

  it('is total and the same each time, and leaves its facts alone', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const before = structuredClone(facts);
        expect(decideOn(facts)).toEqual(decideOn(before));
        expect(facts).toEqual(before);
      }),
      RUNS,
    );
  });
});

type Loss = { readonly of: string; readonly from: (facts: Facts) => Facts };
const withoutOfficerPart =
  (part: 'trainingUntil' | 'duties'): Loss['from'] =>
  (facts) => {
    if (facts.officer === undefined) return facts;
    const { trainingUntil: _until, ...officer } = facts.officer;
    return part === 'duties' ? { ...facts, officer: { ...facts.officer, duties: [] } } : { ...facts, officer };
  };

describe('losing a fact that supported it never grants:', () => {
  const losses: readonly Loss[] = [
    {
      of: 'the officer',
      from: (facts) => {
        const { officer: _officer, ...rest } = facts;
        return rest;
      },
    },
    {
      of: 'the requester’s keys',
      from: (facts) => ({ ...facts, requester: { ...facts.requester, keysStand: false } }),
    },
    { of: 'the officer’s training', from: withoutOfficerPart('trainingUntil') },
    { of: 'the officer’s duties', from: withoutOfficerPart('duties') },
    { of: 'the match', from: (facts) => ({ ...facts, subject: 'unknown' }) },
    { of: 'a clear match', from: (facts) => ({ ...facts, subject: 'ambiguous' }) },
    {
      of: 'the policy document',
      from: (facts) => ({ ...facts, custodian: { ...facts.custodian, hasPolicyDocument: false } }),
    },
    { of: 'every involvement', from: (facts) => ({ ...facts, involvements: [] }) },
    { of: 'the first involvement', from: (facts) => ({ ...facts, involvements: facts.involvements.slice(1) }) },
    {
      of: 'every confirmation',
      from: (facts) => ({
        ...facts,
        involvements: facts.involvements.map((involvement) => ({ ...involvement, confirmedFor: [] })),
      }),
    },
    {
      of: 'the lead’s word',
      from: (facts) => ({
        ...facts,
        involvements: facts.involvements.map((involvement) => ({ ...involvement, standing: 'claimed' as const })),
      }),
    },
    {
      of: 'what was agreed, once anything was',
      from: (facts) => ({ ...facts, agreements: facts.agreements.map((each) => ({ ...each, dataItems: [] })) }),
    },
    { of: 'the questions asked', from: (facts) => ({ ...facts, ask: { ...facts.ask, questions: [] } }) },
  ];

  it.each(losses)('$of', ({ from }) => {
    fc.assert(
      fc.property(anyFacts, (facts) => expectNoMore(decideOn(facts), decideOn(from(facts)))),
      RUNS,
    );
  });

  it('the row of policy, or all of them', () => {
    const without = new Map(
      policySet.rows.map(({ id }) => [
        id,
        compilePolicy({ ...policySet, rows: policySet.rows.filter((row) => row.id !== id) }, law),
      ]),
    );
    const none = compilePolicy({ ...policySet, rows: [] }, law);
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const before = decideOn(facts);
        const less = without.get(before.policyRow ?? '');
        if (less !== undefined) expectNoMore(before, decide(facts, law, less));
        expect(decide(facts, law, none)).toMatchObject({ effect: 'refuse', ground: { kind: 'stated' } });
      }),
      RUNS,
    );
  });
});

describe('adding what speaks against it never grants:', () => {
  it.each([
    { what: 'an objection', added: anyObjection, to: 'objections' as const },
    { what: 'a protection', added: anyProtection, to: 'protections' as const },
    { what: 'a hold', added: anyHold, to: 'holds' as const },
    { what: 'something received on conditions', added: anyReceived, to: 'received' as const },
  ])('$what', ({ added, to }) => {
    fc.assert(
      fc.property(anyFacts, added as fc.Arbitrary<object>, (facts, more) => {
        const after = { ...facts, [to]: [...(facts[to] ?? []), more] };
        expectNoMore(decideOn(facts), decideOn(after));
      }),
      RUNS,
    );
  });

  it('an override nobody has reviewed', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expectNoMore(decideOn(facts), decideOn({ ...facts, conduct: { ...facts.conduct, unreviewedOverrides: 1 } }));
      }),
      RUNS,
    );
  });

  it('asks that went before: more people, more ways, more for other purposes', () => {
    const elsewhere = [...asked, 'housing', 'financial', 'immigration', 'intelligence'];
    const count = fc.nat({ max: 40 });
    const before = fc.record({
      people: count,
      ways: count,
      byOfficer: fc.subarray(elsewhere),
      byAgency: fc.subarray(elsewhere),
    });
    fc.assert(
      fc.property(anyFacts, before, before, (facts, some, more) => {
        const after = (people: number, ways: number, byOfficer: readonly Category[], byAgency: readonly Category[]) =>
          decideOn({
            ...facts,
            conduct: {
              ...facts.conduct,
              asked: {
                people: { counted: people, most: 20 },
                ways: { counted: ways, most: 20 },
                byOfficer: { categories: byOfficer, most: 2 },
                byAgency: { categories: byAgency, most: 2 },
              },
            },
          });
        const joined = (one: readonly string[], other: readonly string[]): readonly Category[] =>
          [...new Set([...one, ...other])] as unknown as readonly Category[];
        expectNoMore(
          after(some.people, some.ways, joined(some.byOfficer, []), joined(some.byAgency, [])),
          after(
            some.people + more.people,
            some.ways + more.ways,
            joined(some.byOfficer, more.byOfficer),
            joined(some.byAgency, more.byAgency),
          ),
        );
      }),
      RUNS,
    );
  });

  it('a consent that is gone', () => {
    fc.assert(
      fc.property(anyFacts, fc.subarray(asked), (facts, scope) => {
        const [gone] = factsOf({ consents: [{ scope, purpose: facts.ask.purpose, withdrawnAt: now }] }).consents;
        if (gone === undefined) throw new Error('one consent was wanted');
        expectNoMore(decideOn(facts), decideOn({ ...facts, consents: [...facts.consents, gone] }));
      }),
      RUNS,
    );
  });
});

describe('what a requester sees', () => {
  it('never hangs on the order in which facts were found', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const turned: Facts = {
          ...facts,
          involvements: facts.involvements.toReversed(),
          consents: facts.consents.toReversed(),
          protections: facts.protections.toReversed(),
          objections: facts.objections.toReversed(),
          holds: facts.holds.toReversed(),
          agreements: facts.agreements.toReversed(),
        };
        expect(shownOf(decideOn(turned))).toEqual(shownOf(decideOn(facts)));
      }),
      RUNS,
    );
  });

  it('of a refusal is the same whoever was asked about', () => {
    fc.assert(
      fc.property(anyFacts, anySubject, (facts, other) => {
        const { subject, involvements, consents, objections, protections, holds } = other;
        const one = decideOn(facts);
        const two = decideOn({ ...facts, subject, involvements, consents, objections, protections, holds });
        // A reason that is stated is stated of everyone; two that are silent cannot be told apart.
        if (one.effect === 'refuse' && one.ground.kind === 'stated') expect(two.effect).toBe('refuse');
        if (one.effect === 'refuse' && two.effect === 'refuse') expect(shownOf(two)).toEqual(shownOf(one));
      }),
      RUNS,
    );
  });

  it('of a claim alone is the same whether the person is known or not', () => {
    const aboutAnyone = fc.record({ ...ofTheSubject, involvements: fc.constant([{ standing: 'claimed' as const }]) });
    fc.assert(
      fc.property(anyFacts, aboutAnyone, aboutAnyone, (facts, one, two) => {
        // An emergency rests on no claim.
        fc.pre(facts.ask.emergency === undefined);
        const seen = [one, two].map((about) => {
          const { decidedAt: _at, ask: _ask, ...rest } = factsOf(about);
          const { subject, involvements, consents, objections, protections, holds } = rest;
          return shownOf(decideOn({ ...facts, subject, involvements, consents, objections, protections, holds }));
        });
        expect(seen[0]).toEqual(seen[1]);
      }),
      RUNS,
    );
  });
});
