import type { Category, ReasonCode } from '../../vocabulary/codes.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';
import type { ConsentFacts, Facts } from '../facts.js';

const citation = 'UK GDPR Article 7(3); ICO on swapping one lawful basis for another';

function covers(facts: Facts, consent: ConsentFacts): boolean {
  return consent.purpose === facts.ask.purpose && consent.recipients.includes(facts.requester.agency);
}

function stands(facts: Facts, consent: ConsentFacts): boolean {
  const today = facts.decidedAt.slice(0, 10);
  return consent.withdrawnAt === undefined && (consent.expires === undefined || today <= consent.expires);
}

function waits(categories: readonly Category[], detail: string): Finding {
  return {
    check: 'consent-standing',
    lock: 'data-protection',
    outcome: 'person',
    reason: 'consent-not-standing' as ReasonCode,
    citation,
    categories,
    restsOnSubject: true,
    detail,
  };
}

/** Where policy rests on consent, each category needs one that stands. */
function neededByPolicy({ facts, rows }: DecisionContext, standing: ReadonlySet<Category>): readonly Finding[] {
  if (!rows.some(({ requires }) => requires.includes('consent'))) return [];
  const without = facts.ask.categories.filter((category) => !standing.has(category));
  return without.length === 0 ? [] : [waits(without, 'policy rests on consent here and none covers these categories')];
}

/**
 * What was shared on consent stops when the consent does, and what policy gives on consent needs one.
 *
 * A category once placed on consent for this purpose and recipient is never moved to another basis by the gateway: with
 * the consent gone, a person at the custodian decides whether another basis carries it, and says so. What no consent
 * covers is untouched, for consent is one basis of several.
 */
export const consentStanding: Check = (context) => {
  const { facts } = context;
  const relevant = facts.consents.filter((consent) => covers(facts, consent));
  const standing = new Set(relevant.filter((consent) => stands(facts, consent)).flatMap((consent) => consent.scope));
  // Of one that stands everything is in `standing`, and nothing is left here.
  const withdrawn = relevant.flatMap((consent) => {
    const categories = consent.scope.filter(
      (category) => facts.ask.categories.includes(category) && !standing.has(category),
    );
    if (categories.length === 0) return [];
    return [waits(categories, `consent \`${consent.id}\` has been withdrawn or has expired`)];
  });
  return [...withdrawn, ...neededByPolicy(context, standing)];
};
