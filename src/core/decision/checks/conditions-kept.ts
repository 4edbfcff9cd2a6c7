import type { ObligationEntry } from '../../law/catalogue.js';
import type { Category, ReasonCode } from '../../vocabulary/codes.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';
import { overrideOf } from '../emergency.js';
import type { ReceivedFacts } from '../facts.js';
import { isOthers, receivedOf } from '../received.js';

const citation = 'DPA 2018 s.80; common law duty of confidence';

/** The conditions that bind what is asked, for its purpose. */
function bindingOf(
  { conditions }: ReceivedFacts,
  { facts: { ask }, law }: DecisionContext,
): readonly ObligationEntry[] {
  return conditions.flatMap((code) => {
    const entry = law.obligations.get(code);
    if (entry?.onward === undefined) return [];
    return entry.onwardFor === undefined || entry.onwardFor.includes(ask.purpose) ? [entry] : [];
  });
}

/**
 * What the custodian was given by others it gives on only as they allowed.
 *
 * An owner who said of it that it goes no further is obeyed. Where policy's ordinary terms say so, or the owner is to be asked
 * first, a person at the custodian decides, who can ask. In an emergency what a person would decide passes, and is reviewed.
 */
export const conditionsKept: Check = (context) => {
  const { facts, law } = context;
  const isEmergency = overrideOf(facts) !== undefined;
  return receivedOf(context).flatMap((received): readonly Finding[] => {
    const categories: readonly Category[] = facts.ask.categories.filter(
      (category) =>
        received.categories.includes(category) && isOthers(received, category, facts.custodian.agencyKind, law),
    );
    const binding = bindingOf(received, context);
    if (categories.length === 0 || binding.length === 0) return [];
    const isRefused = received.isSpecific && binding.some(({ onward }) => onward === 'refuse');
    const named = binding.map(({ code }) => `\`${code}\``).join(', ');
    const passes = isEmergency && !isRefused;
    return [
      {
        check: 'conditions-kept',
        lock: 'confidentiality',
        outcome: isRefused ? 'shut' : passes ? 'open' : 'person',
        ...(!passes && { reason: 'received-on-conditions' as ReasonCode }),
        citation,
        categories,
        restsOnSubject: true,
        detail: `received from \`${received.from}\` on ${named}${passes ? ', passed by in an emergency' : ''}`,
      },
    ];
  });
};
