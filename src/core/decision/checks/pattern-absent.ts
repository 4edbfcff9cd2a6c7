import type { Category, ReasonCode } from '../../vocabulary/codes.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';
import type { AskedFor } from '../facts.js';

/** The rules that find a pattern of asking, as their findings name them. */
export const PATTERN_RULES = ['bulk-walk', 'differencing', 'ceiling-of-officer', 'ceiling-of-agency'] as const;

type PatternRule = (typeof PATTERN_RULES)[number];

/** Whether a finding is of one of the rules. */
export function isPattern({ check, outcome }: Finding): boolean {
  return outcome === 'person' && PATTERN_RULES.some((rule) => rule === check);
}

function found(rule: PatternRule, detail: string, tells: 'itself' | 'of-colleagues' = 'itself'): Finding {
  return {
    check: rule,
    lock: 'minimum',
    outcome: 'person',
    reason: 'pattern-suspect' as ReasonCode,
    citation: 'UK GDPR Article 5(1)(b), (c) and (f)',
    restsOnSubject: tells === 'of-colleagues',
    detail,
  };
}

/** Of the categories asked for other purposes those that no row for this purpose gives, in whole or in part. */
function beyondOne(categories: readonly Category[], { rows }: DecisionContext): readonly Category[] {
  const given = new Set(
    rows.flatMap(({ permit, minimise, review }) => [...permit, ...minimise, ...review].map((item) => categoryOf(item))),
  );
  return categories.filter((category) => !given.has(category));
}

const categoryOf = (item: string): string => item.split('.', 1)[0] ?? item;

function ceiling(
  rule: PatternRule,
  { categories, most }: AskedFor,
  context: DecisionContext,
  tells: 'itself' | 'of-colleagues',
): readonly Finding[] {
  const beyond = beyondOne(categories, context).length;
  if (beyond <= most) return [];
  return [found(rule, `${String(beyond)} categories asked before lie beyond this purpose, of ${String(most)}`, tells)];
}

/**
 * Nothing in how the officer and their agency asked lately looks like a walk through a list, like telling answers apart,
 * or like joining to more than one request may give (the cumulative ceiling). Else a person looks at it first.
 *
 * Counted by whom the requester named, so it is found of somebody unknown as of anybody: it tells nothing of the subject.
 * What the agency as a whole asked is told to nobody: it would tell one officer of another's case. An emergency does not
 * wait for it; whoever reviews the emergency is alerted to both. More past asks only ever find more.
 */
export const patternAbsent: Check = (context) => {
  const { asked } = context.facts.conduct;
  if (asked === undefined) return [];
  const { people, ways, byOfficer, byAgency } = asked;
  const findings: Finding[] = [];
  if (people.counted > people.most)
    findings.push(found('bulk-walk', `more than ${String(people.most)} people asked about`));
  if (ways.counted > ways.most)
    findings.push(found('differencing', `${String(ways.counted)} periods and questions, of ${String(ways.most)}`));
  findings.push(
    ...ceiling('ceiling-of-officer', byOfficer, context, 'itself'),
    ...ceiling('ceiling-of-agency', byAgency, context, 'of-colleagues'),
  );
  return findings;
};
