import fc from 'fast-check';
import { decide } from '../../src/core/decision/decide.js';
import { explain, isSilent } from '../../src/core/decision/explain.js';
import type { Facts } from '../../src/core/decision/facts.js';
import { factsOf, law, policy, shownOf } from '../support/facts-builder.js';

const RUNS = { numRuns: 300 };
const places = new Map();

const asked = ['core-identity', 'household', 'health-summary', 'domestic-abuse', 'hiv-sti', 'address'];

/** What is recorded of a person and may never be read from an answer. */
const anyPerson = fc.record({
  subject: fc.constantFrom<Facts['subject']>('matched', 'matched', 'matched', 'unknown', 'ambiguous'),
  involvements: fc.constantFrom<object[]>([{}], [{}], [{}], [{ standing: 'claimed' }], []),
  protections: fc.array(
    fc.record({ kind: fc.constantFrom(...law.protectionKinds.keys(), 'of tomorrow'), exceptions: fc.constant([]) }),
    { maxLength: 2 },
  ),
  objections: fc.array(fc.constant({ id: 'o-1', ground: 'refusal', recordedBy: 'hill-gp' }), { maxLength: 1 }),
  holds: fc.array(fc.constant({ id: 'h-1', recordedBy: 'hill-gp' }), { maxLength: 1 }),
  consents: fc.array(fc.record({ scope: fc.subarray(asked), withdrawnAt: fc.constant('2026-12-01T00:00:00.000Z') }), {
    maxLength: 1,
  }),
});
const anyAsk = fc.record({
  categories: fc.subarray(asked, { minLength: 1 }),
  textFor: fc.constantFrom([], ['core-identity']),
  necessity: fc.constantFrom('to protect the child', 'to protect the child', ''),
  urgency: fc.constantFrom('routine', 'emergency'),
  emergency: fc.constantFrom(
    undefined,
    { reason: 'immediate-risk-to-life', text: 'behind the door', categories: asked },
    { reason: 'immediate-risk-to-life', text: 'behind the door', categories: ['household'] },
  ),
});

describe('what a requester is told by an explanation', () => {
  it('is the same of two people of whom an ask would be answered alike', () => {
    fc.assert(
      fc.property(anyAsk, anyPerson, anyPerson, (ask, one, other) => {
        const [first, second] = [one, other].map((person) => decide(factsOf({ ask, ...person }), law, policy));
        if (first === undefined || second === undefined) return;
        fc.pre(JSON.stringify(shownOf(first)) === JSON.stringify(shownOf(second)));
        if (isSilent(first)) return;
        const [said, alsoSaid] = [first, second].map((decision) =>
          explain(decision, { reader: 'requester', law, places }),
        );
        expect(said).toEqual(alsoSaid);
      }),
      RUNS,
    );
  });

  it('names no finding, reason or record that rests on the person', () => {
    fc.assert(
      fc.property(anyAsk, anyPerson, (ask, person) => {
        const decision = decide(factsOf({ ask, ...person }), law, policy);
        if (isSilent(decision)) return;
        const { findings, items } = explain(decision, { reader: 'requester', law, places });
        const resting = decision.findings.filter(({ restsOnSubject }) => restsOnSubject).map(({ detail }) => detail);
        expect(findings.filter(({ detail }) => resting.includes(detail))).toEqual([]);
        const reasons = items.map(({ reason }) => [...law.reasons.values()].find(({ code }) => code === reason));
        expect(reasons.filter((entry) => entry?.restsOnSubject === true)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is, to the custodian, everything that was found', () => {
    fc.assert(
      fc.property(anyAsk, anyPerson, (ask, person) => {
        const decision = decide(factsOf({ ask, ...person }), law, policy);
        const { findings } = explain(decision, { reader: 'custodian', law, places });
        expect(findings.map(({ detail }) => detail)).toEqual(decision.findings.map(({ detail }) => detail));
        expect(findings.every(({ outcome, remedy }) => outcome === 'open' || remedy !== undefined)).toBe(true);
      }),
      RUNS,
    );
  });
});
