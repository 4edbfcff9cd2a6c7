import type { Catalogue } from '../law/catalogue.js';
import type { AgencyKind, Category } from '../vocabulary/codes.js';
import type { DecisionContext } from './context.js';
import type { TravellingCondition } from './decision.js';
import type { ReceivedFacts } from './facts.js';

/**
 * Whether a category that the custodian was given is still somebody else's in its hands: what came on conditions of its own
 * is; what came on policy's ordinary terms is where the custodian's sector keeps no such record itself. A council has its own
 * names and addresses of a child, whatever it was told; convictions it has from the police.
 */
export function isOthers(
  { isSpecific }: ReceivedFacts,
  category: Category,
  custodian: AgencyKind,
  { categories }: Pick<Catalogue, 'categories'>,
): boolean {
  const keptBy = categories.get(category)?.keptBy;
  return isSpecific || (keptBy !== undefined && !keptBy.includes(custodian));
}

/** What came to the custodian of what is asked, but for what the requester gave it itself: its owner may have it back. */
export function receivedOf({ facts }: DecisionContext): readonly ReceivedFacts[] {
  return (facts.received ?? []).filter(({ from }) => from !== facts.requester.agency);
}

/** The conditions that go on with each category asked, by owner. */
export function travellingOf(context: DecisionContext): readonly TravellingCondition[] {
  const { facts, law } = context;
  return receivedOf(context).flatMap((received) =>
    facts.ask.categories
      .filter((category) => received.categories.includes(category))
      .filter((category) => isOthers(received, category, facts.custodian.agencyKind, law))
      .map((category) => ({ category, conditions: received.conditions, owner: received.from })),
  );
}
