import type { Leaf } from '../../law/leaf.js';
import type { Category, LeafPath, ReasonCode } from '../../vocabulary/codes.js';
import type { Check, DecisionContext } from '../context.js';
import type { AgreementFacts } from '../facts.js';

const citation = 'ICO data sharing code of practice';

/** The categories that agreements name, whole or by one of their leaves. */
function categoriesOf(agreements: readonly AgreementFacts[]): ReadonlySet<string> {
  return new Set(agreements.flatMap(({ dataItems }) => dataItems.map((item) => item.split('.', 1)[0] ?? item)));
}

function forThisPurpose({ facts, on }: DecisionContext): readonly AgreementFacts[] {
  return facts.agreements.filter((agreement) => agreement.purposes.includes(facts.ask.purpose) && agreement.from <= on);
}

const lasts = (agreement: AgreementFacts, { on }: DecisionContext): boolean =>
  agreement.to === undefined || on <= agreement.to;

/** What agreements in force for this purpose name, categories and leaves; undefined where nothing is agreed for it. */
export function itemsAgreed(context: DecisionContext): ReadonlySet<Category | LeafPath> | undefined {
  const inForce = forThisPurpose(context).filter((agreement) => lasts(agreement, context));
  return inForce.length === 0 ? undefined : new Set(inForce.flatMap(({ dataItems }) => dataItems));
}

/** Whether what the parties agreed lets a leaf pass: named itself or by its category, or nothing agreed for this purpose. */
export function isAgreed({ path, category }: Leaf, agreed: ReturnType<typeof itemsAgreed>): boolean {
  return agreed === undefined || agreed.has(category) || agreed.has(path);
}

/**
 * What the parties agreed narrows what passes between them, and never widens it.
 *
 * No agreement is needed in law. One that has run out leaves the exchange to a person: power and basis may still carry it.
 */
export const agreementHonoured: Check = (context) => {
  const forPurpose = forThisPurpose(context);
  if (forPurpose.length === 0) return [];
  const inForce = forPurpose.filter((agreement) => lasts(agreement, context));
  if (inForce.length === 0)
    return [
      {
        check: 'agreement-honoured',
        lock: 'need-to-know',
        outcome: 'person',
        reason: 'isa-expired' as ReasonCode,
        citation,
        restsOnSubject: false,
        detail: 'the agreement between the parties for this purpose has run out',
        remedy: 'renew the agreement',
      },
    ];
  const named = categoriesOf(inForce);
  const outside = context.facts.ask.categories.filter((category) => !named.has(category));
  if (outside.length === 0) return [];
  return [
    {
      check: 'agreement-honoured',
      lock: 'need-to-know',
      outcome: 'shut',
      reason: 'outside-agreement' as ReasonCode,
      citation,
      categories: outside,
      restsOnSubject: false,
      detail: 'the agreement between the parties does not name these categories',
      remedy: 'amend the agreement between the parties',
    },
  ];
};
