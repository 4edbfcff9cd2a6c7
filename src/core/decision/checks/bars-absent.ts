import type { Bar } from '../../law/catalogue.js';
import { isInForceOn } from '../../law/in-force.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';

/** Whether a bar speaks to this purpose and these two kinds of team at all. */
function concerns(bar: Bar, { facts: { ask, custodian, requester }, on }: DecisionContext): boolean {
  return (
    isInForceOn(bar, on) &&
    bar.jurisdictions.includes(custodian.jurisdiction) &&
    (bar.purposes === undefined || bar.purposes.includes(ask.purpose)) &&
    (bar.recipients === undefined || bar.recipients.includes(requester.teamKind)) &&
    (bar.sources === undefined || bar.sources.includes(custodian.teamKind))
  );
}

/** The protections that raise a bar for this subject and that no statutory exception with evidence opens. */
function raisedBy(bar: Bar, { facts: { protections } }: DecisionContext): readonly string[] {
  const tokens = bar.exceptions.map(({ token }) => token);
  return protections
    .filter(({ kind }) => bar.protectionKinds.includes(kind))
    .filter(({ exceptions }) => !exceptions.some((exception) => tokens.includes(exception)))
    .map(({ id }) => id);
}

function found(bar: Bar, detail: string, restsOnSubject: boolean, categories?: Finding['categories']): Finding {
  return {
    check: 'bars-absent',
    lock: 'bar',
    outcome: 'shut',
    reason: bar.reason,
    citation: bar.citation,
    ...(categories !== undefined && { categories }),
    restsOnSubject,
    detail,
  };
}

function judge(bar: Bar, context: DecisionContext): readonly Finding[] {
  if (!concerns(bar, context)) return [];
  const barred = context.facts.ask.categories.filter((category) => bar.categories.includes(category));
  if (bar.protectionKinds.length === 0)
    return barred.length === 0 ? [] : [found(bar, `bar \`${bar.id}\``, false, barred)];
  const raised = raisedBy(bar, context);
  if (raised.length === 0) return [];
  const detail = `bar \`${bar.id}\`, raised by protection \`${raised.join('`, `')}\``;
  // A bar that shuts one category for one subject would tell of itself by that one gap: the whole answer is shut.
  if (bar.scope === 'subject' || barred.length > 0) return [found(bar, detail, true)];
  return [];
}

/** A protection of a kind no bar knows is a bar all the same: what is not understood is not released. */
function unknownKinds({ facts: { protections }, law }: DecisionContext): readonly Finding[] {
  const known = new Set([...law.bars.values()].flatMap(({ protectionKinds }) => protectionKinds));
  return protections
    .filter(({ kind }) => !known.has(kind))
    .map(({ id }) => ({
      check: 'bars-absent',
      lock: 'bar',
      outcome: 'shut',
      reason: 'statutory-bar-court' as Finding['reason'] & string,
      citation: 'fail closed: a protection of unknown kind',
      restsOnSubject: true,
      detail: `protection \`${id}\` is of a kind the catalogue does not know`,
    }));
}

/** Lock 4: no statutory bar stands. No approver, agreement or emergency opens one; only its own exception, with evidence. */
export const barsAbsent: Check = (context) => {
  const shut = [...[...context.law.bars.values()].flatMap((bar) => judge(bar, context)), ...unknownKinds(context)];
  if (shut.length > 0) return shut;
  return [
    {
      check: 'bars-absent',
      lock: 'bar',
      outcome: 'open',
      citation: 'statutory bars A1 to A15',
      restsOnSubject: true,
      detail: 'no bar stands',
    },
  ];
};
