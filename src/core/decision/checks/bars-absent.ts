import type { Bar } from '../../law/catalogue.js';
import { isLaw } from '../../law/in-force.js';
import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';

/** Whether a bar speaks to this purpose and these two kinds of team at all. */
function concerns(bar: Bar, { facts: { ask, custodian, requester }, on }: DecisionContext): boolean {
  return (
    isLaw(bar, on, custodian.jurisdiction) &&
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
    ...(bar.remedy !== undefined && !restsOnSubject && { remedy: bar.remedy }),
  };
}

/** The bars that stand for everyone, and that no recorded protection need raise: the same for every subject. */
export const standingBarsAbsent: Check = (context) =>
  [...context.law.bars.values()]
    .filter((bar) => bar.protectionKinds.length === 0 && concerns(bar, context))
    .flatMap((bar) => {
      const barred = context.facts.ask.categories.filter((category) => bar.categories.includes(category));
      return barred.length === 0 ? [] : [found(bar, `bar \`${bar.id}\``, false, barred)];
    });

/** A bar that shuts one category for one subject would tell of itself by that one gap: the whole answer is shut. */
function judge(bar: Bar, context: DecisionContext): readonly Finding[] {
  if (!concerns(bar, context)) return [];
  const raised = raisedBy(bar, context);
  if (raised.length === 0) return [];
  const isAsked = context.facts.ask.categories.some((category) => bar.categories.includes(category));
  if (bar.scope !== 'subject' && !isAsked) return [];
  return [found(bar, `bar \`${bar.id}\`, raised by protection \`${raised.join('`, `')}\``, true)];
}

/** A protection of a kind the catalogue gives no meaning is a bar all the same: what is not understood is not released. */
function unknownKinds({ facts: { protections }, law }: DecisionContext): readonly Finding[] {
  const isKnown = (kind: string): boolean => {
    const entry = law.protectionKinds.get(kind);
    return entry !== undefined && (entry.raises !== undefined || entry.heightens.length > 0);
  };
  return protections
    .filter(({ kind }) => !isKnown(kind))
    .map(({ id }) => ({
      check: 'bars-absent',
      lock: 'bar',
      outcome: 'shut',
      reason: 'statutory-bar-court' as ReasonCode,
      citation: 'fail closed: a protection of unknown kind',
      restsOnSubject: true,
      detail: `protection \`${id}\` is of a kind the catalogue does not know`,
    }));
}

/** Protections that raise no bar, or one and more: a person decides the categories they heighten, whatever policy permits. */
function heightened({ facts: { protections, ask }, law }: DecisionContext): readonly Finding[] {
  return protections.flatMap(({ id, kind }): readonly Finding[] => {
    const entry = law.protectionKinds.get(kind);
    const categories = ask.categories.filter((category) => entry?.heightens.includes(category));
    if (entry === undefined || categories.length === 0) return [];
    return [
      {
        check: 'bars-absent',
        lock: 'bar',
        outcome: 'person',
        reason: 'person-decides' as ReasonCode,
        citation: entry.citation,
        categories,
        restsOnSubject: true,
        detail: `protection \`${id}\` of kind \`${kind}\``,
      },
    ];
  });
}

/**
 * Lock 4: no statutory bar is raised for this subject. No approver, agreement or emergency opens one; only its own
 * exception, with evidence. A protection that raises none but heightens leaves its categories to a person.
 */
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
      detail: 'no bar is raised',
    },
    ...heightened(context),
  ];
};
