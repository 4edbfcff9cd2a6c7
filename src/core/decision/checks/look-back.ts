import type { LookBack } from '../../law/catalogue.js';
import type { Category, ReasonCode } from '../../vocabulary/codes.js';
import type { CivilDate } from '../../vocabulary/time.js';
import type { Check, DecisionContext } from '../context.js';

/** Limits by category: of one list of the law or of policy, and so remembered. */
const limitsByCategory = new WeakMap<readonly LookBack[], ReadonlyMap<Category, readonly LookBack[]>>();

function byCategory(list: readonly LookBack[]): ReadonlyMap<Category, readonly LookBack[]> {
  const known = limitsByCategory.get(list) ?? Map.groupBy(list, ({ category }) => category);
  limitsByCategory.set(list, known);
  return known;
}

/** The limits that speak to a category: one that names the subject's role wins over one that names none. */
function limitsFor(category: Category, { facts: { ask }, law, rows }: DecisionContext): readonly LookBack['months'][] {
  const lists = [law.purposes.get(ask.purpose)?.lookBackMonths, ...rows.map(({ lookBackMonths }) => lookBackMonths)];
  return lists.flatMap((list) => {
    const entries = list === undefined ? [] : (byCategory(list).get(category) ?? []);
    const named = entries.find(({ subjectRoles }) => subjectRoles?.includes(ask.subjectRole));
    const chosen = named ?? entries.find(({ subjectRoles }) => subjectRoles === undefined);
    return chosen === undefined ? [] : [chosen.months];
  });
}

/** The same day so many months before; a day the month lacks becomes its last. */
function monthsBefore(day: CivilDate, months: number): CivilDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10) as CivilDate;
}

/** A period that reaches further back than a category's limit is for a person to look at. */
export const lookBackWithin: Check = (context) => {
  const { ask } = context.facts;
  const earliest = new Map<number, CivilDate>();
  const isBeyond = (months: number): boolean => {
    const day = earliest.get(months) ?? monthsBefore(context.on, months);
    earliest.set(months, day);
    return ask.period.from < day;
  };
  const beyond = ask.categories.filter((category) =>
    limitsFor(category, context).some((months) => months !== 'lifetime' && isBeyond(months)),
  );
  if (beyond.length === 0) return [];
  return [
    {
      check: 'look-back',
      lock: 'minimum',
      outcome: 'person',
      reason: 'lookback-exceeded' as ReasonCode,
      citation: 'UK GDPR Article 5(1)(c) and (e)',
      categories: beyond,
      restsOnSubject: false,
      detail: 'the period reaches further back than is released without a person',
      remedy: 'ask for a shorter `period`',
    },
  ];
};
