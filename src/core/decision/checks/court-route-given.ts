import type { Category, ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

const FAMILY_COURT = 'family-court' as Category;

/** Family-court material goes only by a route of the rules; which one is for the requester to state and a person to weigh. */
export const courtRouteGiven: Check = ({ facts: { ask }, law }) => {
  if (!ask.categories.includes(FAMILY_COURT)) return [];
  const route = ask.courtRoute === undefined ? undefined : law.courtRoutes.get(ask.courtRoute);
  return [
    route === undefined
      ? {
          check: 'court-route-given',
          lock: 'bar',
          outcome: 'shut',
          reason: 'fpr-route-missing' as ReasonCode,
          citation: 'FPR 2010 r.12.73; Administration of Justice Act 1960 s.12',
          categories: [FAMILY_COURT],
          restsOnSubject: false,
          detail: 'no route by which family-court material may be communicated',
        }
      : {
          check: 'court-route-given',
          lock: 'bar',
          outcome: 'person',
          reason: 'person-decides' as ReasonCode,
          citation: route.citation,
          categories: [FAMILY_COURT],
          restsOnSubject: false,
          detail: `route \`${route.code}\``,
        },
  ];
};
