import fc from 'fast-check';
import { compilePolicy } from '../../src/core/decision/policy-ability.js';
import { decidePush } from '../../src/core/decision/decide-push.js';
import type { PushFacts } from '../../src/core/decision/push.js';
import { law, now, policy, policySet } from '../support/facts-builder.js';
import { frontDoor, leavesOf, practice, pushOf, school, type PushWanted } from '../support/push-facts.js';

const RUNS = { numRuns: 250 };
const mostly = <T>(good: T, ...bad: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: fc.array(item, { maxLength: 2 }) });
const categories = [...law.categories.keys()];

const anyPush: fc.Arbitrary<PushFacts> = fc
  .record({
    decidedAt: mostly<string>(now, '2026-02-04T00:00:00.000Z'),
    push: fc.record({
      subjectRole: mostly('child', 'sibling', 'parent-carer'),
      purpose: mostly('child-mash-triage', 'op-encompass', 'no-such'),
      categories: fc.uniqueArray(fc.constantFrom<string>(...categories, '__proto__'), { minLength: 1, maxLength: 8 }),
      handling: fc.subarray(['nopat']),
    }),
    sender: fc.record({ hasPolicyDocument: mostly(true, false), keysStand: mostly(true, false) }),
    officer: fc.record({ duties: mostly(['ask', 'push'], ['ask']), role: mostly('ed-nurse', 'gp') }),
    recipient: mostly<object>(frontDoor, practice, school),
    need: mostly<PushWanted['need'] & {}>({ by: 'standing-duty', duty: 'home-authority' }, null as never),
    holds: few(fc.constant({ id: 'hold-1', recordedBy: 'hill-gp' })),
    objections: few(fc.constant({ id: 'o-1', ground: 'said so', recordedBy: 'hill-gp' })),
    protections: few(
      fc.record({ id: fc.constant('p-1'), kind: fc.constantFrom(...law.protectionKinds.keys(), 'unheard-of') }),
    ),
    agreements: few(
      fc.record({
        id: fc.constant('isa-1'),
        purposes: fc.constant(['child-mash-triage']),
        dataItems: fc.subarray(categories as string[]),
        from: fc.constant('2026-01-01'),
      }),
    ),
  })
  .map((wanted) => pushOf(wanted));

const passes = (facts: PushFacts): readonly string[] => leavesOf(decidePush(facts, law, policy));

describe('what passes of any push', () => {
  it('is of the categories sent, and of what policy gives between these two', () => {
    fc.assert(
      fc.property(anyPush, (facts) => {
        const { push, sender, recipient, decidedAt } = facts;
        const given = policy.cellsFor(
          { purpose: push.purpose, from: sender.teamKind, to: recipient.teamKind },
          { day: decidedAt.slice(0, 10) as never, nation: sender.jurisdiction },
        );
        for (const path of passes(facts)) {
          const leaf = law.leaves.get(path as never);
          expect(push.categories).toContain(leaf?.category);
          const isText = leaf?.kind === 'text';
          expect(
            isText
              ? given.review.has(path as never)
              : given.release.has(path as never) || given.minimise.has(path as never),
          ).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('is never more for a fact that supports it being lost', () => {
    const losses: readonly ((facts: PushFacts) => PushFacts)[] = [
      ({ need: _, ...facts }) => facts,
      ({ officer: _, ...facts }) => facts,
      (facts) => ({ ...facts, sender: { ...facts.sender, hasPolicyDocument: false } }),
      (facts) => ({ ...facts, sender: { ...facts.sender, keysStand: false } }),
      (facts) => ({ ...facts, push: { ...facts.push, categories: facts.push.categories.slice(1) } }),
    ];
    fc.assert(
      fc.property(anyPush, fc.constantFrom(...losses), (facts, lose) => {
        expect(new Set(passes(facts)).isSupersetOf(new Set(passes(lose(facts))))).toBe(true);
      }),
      RUNS,
    );
  });

  it('is never more for a policy with a row less', () => {
    const withoutRow = (id: string) =>
      compilePolicy({ ...policySet, rows: policySet.rows.filter((row) => row.id !== id) }, law);
    const less = ['POL-004', 'POL-052', 'POL-039'].map(withoutRow);
    fc.assert(
      fc.property(anyPush, fc.constantFrom(...less), (facts, fewer) => {
        expect(new Set(passes(facts)).isSupersetOf(new Set(leavesOf(decidePush(facts, law, fewer))))).toBe(true);
      }),
      RUNS,
    );
  });

  it('is nothing without a need to know, and is never left to a person', () => {
    fc.assert(
      fc.property(anyPush, (facts) => {
        const { need, ...without } = facts;
        expect(passes(need === undefined ? facts : without)).toEqual([]);
        expect(decidePush(facts, law, policy).effect).not.toBe('review');
      }),
      RUNS,
    );
  });
});
