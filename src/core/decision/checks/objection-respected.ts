import type { ReasonCode } from '../../vocabulary/codes.js';
import { foundBasisOf } from '../basis.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';
import { overrideOf } from '../emergency.js';

const citation = 'UK GDPR Article 21; Care Act 2014 guidance chapter 14; Gillick';

/** The duty to share for direct care gives way to the person's objection (Health and Social Care Act 2012 s.251B). */
const POWERS_THAT_HONOUR_IT: readonly string[] = ['hsca-251b'];

/**
 * Whether the person's own word decides: where policy rests on their consent, in an enquiry about an adult whose wishes it
 * records, and where the power itself honours an objection. Elsewhere consent is not the basis, and an objection alone must
 * not blind an agency to a child in danger (golden rules 1 and 3; Article 21(1): compelling grounds are for people to show).
 */
function isTheirsToRefuse(context: DecisionContext): boolean {
  const { facts, rows } = context;
  const [row] = rows;
  const power = row === undefined ? undefined : foundBasisOf(row, context)?.power;
  return (
    rows.some(({ requires }) => requires.includes('consent')) ||
    (facts.ask.subjectRole === 'adult-at-risk' && rows.some(({ requires }) => requires.includes('wishes-record'))) ||
    (power !== undefined && POWERS_THAT_HONOUR_IT.includes(power))
  );
}

/**
 * What becomes of an objection. The gateway does not weigh one: where the person's word decides, it refuses; everywhere else
 * a person at the custodian weighs it. An override on record, for a ground of the lists and while it lasts, lets it pass, and
 * so does an emergency.
 */
export const objectionRespected: Check = (context) => {
  const { facts, law } = context;
  if (facts.objections.length === 0) return [];
  const isRefusal = isTheirsToRefuse(context);
  return facts.objections.map((objection): Finding => {
    const { id, ground, recordedBy, override } = objection;
    const common = { check: 'objection-respected', lock: 'confidentiality', restsOnSubject: true } as const;
    const recorded = `objection \`${id}\` on ground \`${ground}\`, recorded by \`${recordedBy}\``;
    const overridden =
      override === undefined ? undefined : (law.adultOverrides.get(override) ?? law.objectionOverrides.get(override));
    if (overridden !== undefined)
      return {
        ...common,
        outcome: 'open',
        citation: overridden.citation,
        detail: `${recorded}, overridden: \`${overridden.code}\``,
      };
    if (overrideOf(facts) !== undefined)
      return { ...common, outcome: 'open', citation, detail: `${recorded}, passed by in an emergency` };
    if (isRefusal)
      return { ...common, outcome: 'shut', reason: 'objection-upheld' as ReasonCode, citation, detail: recorded };
    return { ...common, outcome: 'person', reason: 'objection-recorded' as ReasonCode, citation, detail: recorded };
  });
};
