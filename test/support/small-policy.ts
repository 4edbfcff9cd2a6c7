import type { ExchangeKinds } from '../../src/core/decision/policy-ability.js';
import type { CategoryEntry } from '../../src/core/law/catalogue.js';
import type { Leaf } from '../../src/core/law/leaf.js';
import type { PolicyRow } from '../../src/core/law/policy-row.js';
import type { Category, LeafPath, Purpose, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../src/core/vocabulary/time.js';

/** Hospital to police, for a s.47 enquiry. */
export const enquiry: ExchangeKinds = {
  purpose: 'child-s47-enquiry' as Purpose,
  from: 'nhs-acute' as TeamKind,
  to: 'police-pp' as TeamKind,
};

/** Four invented categories with every kind of leaf there is: coded, text, derived, answering a question. */
export const smallVocabulary = vocabularyOf(
  category('health', {}, [
    leaf('health', 'findings'),
    leaf('health', 'notes', { kind: 'text' }),
    leaf('health', 'summary', { form: 'minimised' }),
    leaf('health', 'missed', { form: 'minimised', question: 'missed-appointments' }),
  ]),
  category('home', {}, [leaf('home', 'address'), leaf('home', 'district', { form: 'minimised' })]),
  category('adoption', { cannotBeAsked: true }, [leaf('adoption', 'link')]),
  category('refuge', { twoPersonRelease: true }, [leaf('refuge', 'address')]),
);

/** A row for that exchange, in force all of 2026 and on, that lists nothing; the test names what matters. */
export function row(
  chosen: Partial<Omit<PolicyRow, 'permit' | 'minimise' | 'review'>> &
    Partial<Record<'permit' | 'minimise' | 'review', string[]>>,
): PolicyRow {
  return {
    id: 'POL-001',
    row: 1,
    purpose: enquiry.purpose,
    from: [enquiry.from],
    to: [enquiry.to],
    regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
    basis: { powers: [], article6: [], article9: [], schedule1: [], article10: [], confidentiality: [] },
    requires: [],
    obligations: [],
    effectiveFrom: '2026-01-01' as CivilDate,
    ...chosen,
    permit: (chosen.permit ?? []) as Category[],
    minimise: (chosen.minimise ?? []) as Category[],
    review: (chosen.review ?? []) as Category[],
  };
}

function vocabularyOf(...entries: CategoryEntry[]): {
  categories: ReadonlyMap<Category, CategoryEntry>;
  leaves: ReadonlyMap<LeafPath, Leaf>;
} {
  const leaves = entries.flatMap((entry) => entry.leaves);
  return {
    categories: new Map(entries.map((entry) => [entry.code, entry])),
    leaves: new Map(leaves.map((each) => [each.path, each])),
  };
}

function category(code: string, marks: Partial<CategoryEntry>, leaves: Leaf[]): CategoryEntry {
  return { code: code as Category, reference: 'D99', title: code, leaves, questions: [], ...marks };
}

function leaf(of: string, name: string, marks: Partial<Leaf> = {}): Leaf {
  return {
    path: `${of}.${name}` as LeafPath,
    category: of as Category,
    name,
    title: name,
    type: { of: 'string' },
    dataClasses: ['O'],
    kind: 'coded',
    form: 'full',
    ...marks,
  };
}
