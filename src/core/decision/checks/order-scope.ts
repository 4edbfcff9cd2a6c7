import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/** An order of a court is carried out to the letter: what it does not name is not asked for under it. */
export const orderScope: Check = ({ facts: { ask } }) => {
  const { court } = ask;
  if (ask.kind !== 'court-order' || court === undefined) return [];
  const beyond = ask.categories.filter((category) => !court.scope.includes(category));
  if (beyond.length === 0) return [];
  return [
    {
      check: 'order-scope',
      lock: 'minimum',
      outcome: 'shut',
      reason: 'excessive-scope' as ReasonCode,
      citation: 'the order',
      categories: beyond,
      restsOnSubject: false,
      detail: 'the order does not name these categories',
      remedy: 'ask for what the order names',
    },
  ];
};
