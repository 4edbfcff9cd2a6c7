import type { Catalogue } from '../../core/law/catalogue.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { PushedContent } from '../../core/redaction/pushed-record.js';
import type { Category, LeafPath } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { GatewayProblem, type Fault } from '../../platform/problems/gateway-problem.js';

/** What a correction says, by category and leaf, as it arrived. */
export type SaidContent = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The same words for a category that may never pass and one that does not exist. */
function faultsOf(said: SaidContent, law: Catalogue): readonly Fault[] {
  return Object.entries(said).flatMap(([code, leaves]): readonly Fault[] => {
    const category = law.categories.get(code as Category);
    if (category === undefined || category.cannotBeAsked === true)
      return [{ pointer: `/content/${code}`, detail: 'is not a category that can be corrected' }];
    return Object.entries(leaves).flatMap(([name, value]): readonly Fault[] => {
      const pointer = `/content/${code}/${name}`;
      const leaf = law.leaves.get(`${code}.${name}` as LeafPath);
      if (leaf === undefined) {
        const names = category.leaves.map((one) => `\`${one.name}\``).join(', ');
        return [{ pointer, detail: `is no leaf of that category; use one of ${names}` }];
      }
      return copyLeaf(value, leaf.type) === undefined
        ? [{ pointer, detail: 'is not of the type that the catalogue gives this leaf' }]
        : [];
    });
  });
}

/**
 * What is right, leaf by leaf.
 *
 * @throws a `malformed` problem naming every fault by pointer, and never by value
 */
export function correctedContent(said: SaidContent, law: Catalogue): PushedContent {
  const errors = faultsOf(said, law);
  if (errors.length > 0) throw new GatewayProblem('malformed', { errors });
  return new Map(
    Object.entries(said).flatMap(([category, leaves]) =>
      Object.entries(leaves).map(([name, value]) => [`${category}.${name}` as LeafPath, value as Json] as const),
    ),
  );
}

/** The category of each leaf, once, in the order of the leaves. */
export function categoriesOf(leaves: Iterable<LeafPath>, law: Pick<Catalogue, 'leaves'>): readonly Category[] {
  const found = new Set<Category>();
  for (const path of leaves) {
    const category = law.leaves.get(path)?.category;
    if (category !== undefined) found.add(category);
  }
  return [...found];
}
