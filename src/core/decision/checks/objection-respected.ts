import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';
import { overrideOf } from '../emergency.js';

const citation = 'UK GDPR Article 21; Care Act 2014 guidance chapter 14; Gillick';

/**
 * No objection stands that a person has not overridden, for a ground of the lists, on record and while that lasts. The
 * gateway does not weigh an objection itself: that is for people, whose contact the answer gives. Only an emergency passes
 * one by.
 */
export const objectionRespected: Check = ({ facts, law }) =>
  facts.objections.map((objection) => {
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
    return { ...common, outcome: 'shut', reason: 'objection-upheld' as ReasonCode, citation, detail: recorded };
  });
