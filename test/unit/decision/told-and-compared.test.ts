import type { Decision, Finding, ItemDecision } from '../../../src/core/decision/decision.js';
import { explain, type Explanation, type Reader } from '../../../src/core/decision/explain.js';
import { flipsBetween } from '../../../src/core/decision/flips.js';
import { review } from '../../../src/core/decision/review.js';
import { whatWouldAlter } from '../../../src/core/decision/what-would-alter.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import { decided, factsOf, law, policy, type FactsWanted } from '../../support/facts-builder.js';

const places = new Map([['POL-013', { file: 'policies/child-s47-enquiry.yaml', line: 44 }]]);
const told = (decision: Decision, reader: Reader = 'custodian'): Explanation =>
  explain(decision, { reader, law, places });

const finding = (over: object): Finding => ({
  check: 'form-complete',
  lock: 'requester',
  outcome: 'shut',
  citation: 'the law',
  restsOnSubject: false,
  detail: 'so it is',
  ...over,
});
const item = (over: object): ItemDecision =>
  ({ category: 'household', effect: 'release', leaves: [], ...over }) as unknown as ItemDecision;
const decision = (
  findings: readonly Finding[],
  items: readonly ItemDecision[] = [],
  effect: Decision['effect'] = 'permit',
): Decision => ({ ...decided(), findings, items, effect }) as Decision;

describe('a finding is told', () => {
  it('with its reason, its categories and what would put it right', () => {
    const categories = ['household'];
    const whole = finding({ reason: 'necessity-missing', categories, remedy: 'say why' });

    expect(told(decision([whole])).findings).toStrictEqual([
      {
        check: 'form-complete',
        lock: 'requester',
        outcome: 'shut',
        reason: 'necessity-missing',
        citation: 'the law',
        detail: 'so it is',
        categories,
        remedy: 'say why',
      },
    ]);
  });

  it('with no remedy where it is open, and none of what it does not say', () => {
    const open = finding({ outcome: 'open', remedy: 'none is needed' });

    expect(told(decision([open])).findings).toStrictEqual([
      { check: 'form-complete', lock: 'requester', outcome: 'open', citation: 'the law', detail: 'so it is' },
    ]);
  });

  it('with what its reason says would help, where it does not say so itself', () => {
    const remedy = law.reasons.get('necessity-missing' as never)?.remedy;

    expect(remedy).toBeTruthy();
    expect(told(decision([finding({ reason: 'necessity-missing' })])).findings).toMatchObject([{ remedy }]);
    expect(told(decision([finding({})])).findings[0]).not.toHaveProperty('remedy');
    expect(told(decision([finding({ reason: 'of tomorrow' })])).findings[0]).not.toHaveProperty('remedy');
  });
});

describe('how the need to know was met', () => {
  const heard = (outcome: Finding['outcome'], effect: Decision['effect']): boolean =>
    explain(
      {
        ...decision([finding({ check: 'need-to-know', outcome, remedy: 'r' })], [], effect),
        ground: { kind: 'stated', reason: 'necessity-missing', citation: 'c' },
      } as unknown as Decision,
      { reader: 'requester', law, places },
    ).findings.length > 0;

  it.each<[Finding['outcome'], Decision['effect'], boolean]>([
    ['person', 'review', true],
    ['person', 'permit', true],
    ['person', 'refuse', false],
    ['open', 'permit', false],
    ['open', 'review', false],
  ])('%s in a decision to %s: the requester hears of it: %p', (outcome, effect, isHeard) => {
    expect(heard(outcome, effect)).toBe(isHeard);
  });
});

describe('what becomes of an ask is told in three words', () => {
  it.each<[FactsWanted, Explanation['outcome']]>([
    [{}, 'would-be-answered'],
    [{ involvements: [{ standing: 'claimed' }] }, 'would-wait-for-a-person'],
    [{ ask: { necessity: '' } }, 'would-be-refused'],
  ])('%j: %s', (facts, outcome) => {
    expect(told(decided(facts), 'requester').outcome).toBe(outcome);
  });

  it('and nothing of a row, a basis or a change that there is none of', () => {
    const { policyRow: _row, basis: _basis, ...rest } = decision([]);
    const { version } = told(decided()).policy;
    const explained = told(rest);

    expect(explained.policy).toStrictEqual({ version });
    expect(explained).not.toHaveProperty('basis');
    expect(explained).not.toHaveProperty('smallestChange');
  });
});

describe('a category is told', () => {
  const itemTold = (reader: Reader, over: object): unknown => told(decision([], [item(over)]), reader).items[0];

  it.each<[Reader, object, string | undefined]>([
    ['requester', { effect: 'withhold', reason: 'not-relevant-to-purpose' }, 'not-relevant-to-purpose'],
    ['requester', { effect: 'review', reason: 'person-decides' }, 'person-decides'],
    ['requester', { effect: 'review', reason: 'on-hold' }, 'person-decides'],
    ['requester', { effect: 'withhold', reason: 'statutory-bar-adoption' }, 'withheld'],
    ['requester', { effect: 'withhold', reason: 'protected-location' }, 'withheld'],
    ['requester', { effect: 'withhold', reason: 'objection-upheld' }, 'withheld'],
    ['requester', { effect: 'withhold', reason: 'of tomorrow' }, undefined],
    ['custodian', { effect: 'review', reason: 'on-hold' }, 'on-hold'],
    ['custodian', { effect: 'withhold', reason: 'objection-upheld' }, 'objection-upheld'],
    ['requester', { effect: 'release' }, undefined],
  ])('to the %s as %j: for the reason `%s`', (reader, over, reason) => {
    const entry = reason === undefined ? undefined : law.reasons.get(reason as never);
    const { effect } = over as ItemDecision;

    expect(itemTold(reader, over)).toStrictEqual({
      category: 'household',
      would: effect === 'review' ? 'wait-for-a-person' : effect,
      ...(entry !== undefined && { reason, explanation: entry.explanation }),
    });
  });

  it('with its text, where that waits', () => {
    expect(itemTold('requester', { text: 'in-review' })).toStrictEqual({
      category: 'household',
      would: 'release',
      text: 'wait-for-a-person',
    });
  });
});

describe('the smallest change', () => {
  const categories = ['household'] as unknown as readonly Category[];
  const inOrder: readonly Finding[] = [
    finding({ outcome: 'shut', remedy: 'what ends all of it' }),
    finding({ outcome: 'person', remedy: 'what leaves all of it to a person' }),
    finding({ outcome: 'shut', categories, remedy: 'what shuts some of it' }),
    finding({ outcome: 'person', categories, remedy: 'what leaves some of it to a person' }),
  ];
  const items = [
    item({ effect: 'release', reason: 'necessity-missing' }),
    item({ effect: 'review', reason: 'of tomorrow' }),
    item({ effect: 'withhold', reason: 'question-not-asked' }),
  ];

  it.each(inOrder.map((each, index) => [each.remedy, index] as const))(
    'is %s, before all that is less',
    (remedy, index) => {
      const left = inOrder.slice(index);

      expect(told(decision(left, items)).smallestChange).toBe(remedy);
      expect(told(decision(left.toReversed(), items)).smallestChange).toBe(remedy);
    },
  );

  it('is at last what the first category that is not given whole would need', () => {
    const open = finding({ outcome: 'open', remedy: 'none is needed' });

    expect(told(decision([open], items)).smallestChange).toBe(law.reasons.get('question-not-asked' as never)?.remedy);
  });

  it('is none of what the requester may not know of', () => {
    const silent = [item({ effect: 'withhold', reason: 'objection-upheld' })];

    expect(told(decision([], silent), 'custodian')).not.toHaveProperty('smallestChange');
    expect(told(decision([]))).not.toHaveProperty('smallestChange');
  });
});

describe('what would alter a finding', () => {
  it.each<[string, object]>([
    ['is not told of one that does not rest on the person', { check: 'hold-respected', restsOnSubject: false }],
    ['is not told of one that is open', { check: 'hold-respected', restsOnSubject: true, outcome: 'open' }],
    ['is not told of a check that says it itself', { check: 'ceiling-of-agency', restsOnSubject: true }],
  ])('%s', (_what, over) => {
    expect(whatWouldAlter(finding(over), law)).toBeUndefined();
  });

  it.each<[Finding['outcome'], string]>([
    ['shut', 'the requester asks the agency that gave it, which said that it goes no further'],
    ['person', 'a person at the custodian asks the agency that gave it, and releases what may pass'],
  ])('is, of a condition another agency put on it, to ask that agency: %s', (outcome, change) => {
    expect(whatWouldAlter(finding({ check: 'conditions-kept', restsOnSubject: true, outcome }), law)).toBe(change);
  });

  it('is, of a bar, the evidence of each of its exceptions, and nothing where it has none', () => {
    const bar = { ...law.bars.get('A9'), citation: 'the bar', exceptions: [{ token: 'one' }, { token: 'two' }] };
    const none = { ...bar, citation: 'the other bar', exceptions: [] };
    const altered = {
      ...law,
      bars: new Map([
        ['A9', bar],
        ['A1', { ...none, id: 'A1' }],
      ]) as never,
    };
    const raised = (citation: string): string | undefined =>
      whatWouldAlter(finding({ check: 'bars-absent', restsOnSubject: true, citation }), altered);

    expect(raised('the bar')).toBe('record with the protection the evidence of an exception of bar `A9`: `one`, `two`');
    expect(raised('the other bar')).toBe('nothing opens bar `A1`');
    expect(raised('no bar')).toBe('record the protection anew under a kind of the catalogue');
  });
});

describe('two decisions of the same facts', () => {
  const refusal = (kind: 'stated' | 'silent'): Decision =>
    ({ ...decision([]), effect: 'refuse', ground: { kind } }) as unknown as Decision;
  const between = (before: object, after: object) =>
    flipsBetween(decision([], [item(before)]), decision([], [item(after)]));
  const [a, b, c] = ['household.a', 'household.b', 'household.c'];

  it('that are alike flip nothing, whatever they rest it on', () => {
    expect(between({ leaves: [a], reason: 'one' }, { leaves: [a], reason: 'other' })).toEqual([]);
  });

  it.each<[Decision, Decision, object]>([
    [refusal('stated'), refusal('silent'), { from: 'refused with reasons', to: 'refused in silence' }],
    [decision([]), decision([], [], 'review'), { from: 'answered', to: 'waits for a person' }],
  ])('differ in what becomes of the ask', (before, after, flip) => {
    expect(flipsBetween(before, after)).toStrictEqual([flip]);
  });

  it.each<[string, string]>([
    ['release', 'released'],
    ['minimise', 'minimised'],
    ['review', 'in review'],
  ])('differ in what becomes of a category: %s', (effect, fate) => {
    expect(between({ effect }, { effect: 'withhold' })).toStrictEqual([
      { category: 'household', from: fate, to: 'withheld' },
    ]);
  });

  it.each([
    [[a, b], [a], 'fewer'],
    [[a], [a, b], 'more'],
    [[a, b], [b, c], 'others'],
  ])('differ in what would pass: %j, then %j: %s', (before, after, leaves) => {
    expect(between({ leaves: before }, { leaves: after })).toStrictEqual([
      { category: 'household', from: 'released', to: 'released', leaves },
    ]);
  });

  it.each([
    [undefined, 'in-review', 'waits as well'],
    ['in-review', undefined, 'waits no more'],
  ])('differ in whether its text waits: %s, then %s', (before, after, text) => {
    expect(between({ text: before }, { text: after })).toStrictEqual([
      { category: 'household', from: 'released', to: 'released', text },
    ]);
  });

  it('of which one has a category less say nothing of it', () => {
    expect(flipsBetween(decision([], [item({})]), decision([]))).toEqual([]);
  });
});

describe('a person may decide', () => {
  const open = (wanted: FactsWanted): ReturnType<typeof review>['items'] => review(factsOf(wanted), law, policy).items;
  const categoriesOf = (wanted: FactsWanted): readonly string[] => open(wanted).map(({ category }) => category);

  it('nothing of what more was asked of a sibling than the concern covers', () => {
    expect(categoriesOf({ ask: { subjectRole: 'sibling' } })).toEqual(['core-identity', 'present-concern']);
  });

  it('what waits because a consent is gone, where other bases carry it', () => {
    const consents = [{ scope: ['present-concern'], withdrawnAt: '2026-11-03T09:00:00.000Z' }];

    expect(categoriesOf({ consents })).toContain('present-concern');
  });

  it('nothing of what cannot be asked for, and nothing that nobody knows', () => {
    const categories = ['core-identity', 'adoption-link', 'star-sign'];

    expect(categoriesOf({ ask: { categories, textFor: categories } })).toEqual(['core-identity']);
  });

  it('nothing of a category that holds only text that was not asked for', () => {
    const categories = ['core-identity', 'injury-findings'];
    const answered = new Set(categories) as ReadonlySet<string> as ReadonlySet<Category>;

    expect(review(factsOf({ ask: { categories } }), law, policy, answered).items).toEqual([]);
  });

  it('the answers to what was asked, and to nothing else', () => {
    const asked = { category: 'health-summary', code: 'missed-appointments' };
    const other = { category: 'mental-health', code: 'immunisation' };
    const [item] = open({ ask: { categories: ['health-summary'], questions: [asked, other] } });
    const full = law.categories
      .get('health-summary' as Category)
      ?.leaves.filter(({ form, kind }) => form === 'full' && kind === 'coded');

    expect(item?.full).toEqual([...(full ?? []).map(({ path }) => path), 'health-summary.missedAppointments']);
    expect(item?.minimised).toEqual(['health-summary.missedAppointments']);
  });

  it('of an ask under an override that nobody has reviewed yet', () => {
    const emergency = { reason: 'immediate-risk-to-life', text: 'behind the door', categories: ['core-identity'] };
    const facts: FactsWanted = {
      involvements: [],
      ask: { urgency: 'emergency', categories: ['core-identity'], emergency },
      conduct: { unreviewedOverrides: 1 },
    };

    expect(categoriesOf(facts)).toEqual(['core-identity']);
  });
});
