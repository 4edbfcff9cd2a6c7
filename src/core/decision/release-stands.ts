import type { Catalogue } from '../law/catalogue.js';
import type { Category, LeafPath } from '../vocabulary/codes.js';
import { decideByPerson, type FactsOfRelease } from './decide-by-person.js';
import type { Decision, Finding } from './decision.js';
import type { CompiledPolicy } from './policy-ability.js';
import { review } from './review.js';

/** What a person released, and what they knew when they did. */
export interface ReleasedByPerson {
  /** The leaves that left. */
  readonly leaves: readonly LeafPath[];
  /** The findings that were left to them to weigh. */
  readonly weighed: readonly Finding[];
}

/** Whether a release may still be shown to its recipient: taken again, with what speaks against it; nothing where it stands. */
export interface ReleaseTakenAgain {
  readonly stands: boolean;
  readonly decision: Decision;
  /** What ends it, or was not there to be weighed. */
  readonly because: readonly Finding[];
  /** Leaves that left and are no longer anybody's to release. */
  readonly lost: readonly LeafPath[];
}

/**
 * Takes a person's release again, before anybody was shown it, with the facts as they are now.
 *
 * It stands while nothing shuts any of it and the person who released it weighed all that is left to a person today. Of what
 * bears on how much is asked (the lock `minimum`) they said what they think by releasing. It stands or falls whole: what was
 * signed is one, and whoever may have a part of it may ask for that.
 *
 * Says nothing of a release that was shown already: that is a disclosure of the past.
 *
 * @see trust.md I9; UK GDPR Article 7(3)
 */
export function takeReleaseAgain(
  facts: FactsOfRelease,
  { leaves, weighed }: ReleasedByPerson,
  law: Catalogue,
  policy: CompiledPolicy,
): ReleaseTakenAgain {
  const { choices, officers, answered } = facts.byPerson;
  const found = review(facts, law, policy, new Set(answered));
  const decision = decideByPerson(found, choices, officers, facts.ask.categories);
  const released = new Set(leaves.map((leaf) => leaf.split('.', 1)[0] as Category));
  const speaksAgainst = (finding: Finding): boolean =>
    bearsOn(finding, released) && (finding.outcome === 'shut' || isUnweighed(finding, weighed, released));
  const because = found.findings.filter(speaksAgainst);
  const permitted = new Set(decision.items.flatMap((item) => item.leaves));
  const lost = leaves.filter((leaf) => !permitted.has(leaf));
  return { stands: because.length === 0 && lost.length === 0, decision, because, lost };
}

const bearsOn = ({ categories }: Finding, released: ReadonlySet<Category>): boolean =>
  categories?.some((category) => released.has(category)) !== false;

function isUnweighed(finding: Finding, weighed: readonly Finding[], released: ReadonlySet<Category>): boolean {
  if (finding.outcome !== 'person' || finding.lock === 'minimum') return false;
  return !weighed.some(
    (known) =>
      known.check === finding.check &&
      known.reason === finding.reason &&
      known.detail === finding.detail &&
      coversAll(known, finding, released),
  );
}

/** Whether what was known bore on every released category that what is found bears on. */
function coversAll(known: Finding, found: Finding, released: ReadonlySet<Category>): boolean {
  if (known.categories === undefined) return true;
  const { categories } = known;
  return (found.categories ?? [...released])
    .filter((category) => released.has(category))
    .every((category) => categories.includes(category));
}

/** The consents that stand for what was released: those by whose withdrawal it may cease to. */
export function consentsBehind(
  { consents, ask, requester, decidedAt }: FactsOfRelease | Omit<FactsOfRelease, 'byPerson'>,
  leaves: readonly LeafPath[],
): readonly string[] {
  const today = decidedAt.slice(0, 10);
  const released = new Set(leaves.map((leaf) => leaf.split('.', 1)[0] as Category));
  return consents
    .filter(
      ({ purpose, recipients, scope, withdrawnAt, expires }) =>
        purpose === ask.purpose &&
        recipients.includes(requester.agency) &&
        scope.some((category) => released.has(category)) &&
        withdrawnAt === undefined &&
        (expires === undefined || today <= expires),
    )
    .map(({ id }) => id);
}
