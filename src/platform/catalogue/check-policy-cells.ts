import type { Catalogue } from '../../core/law/catalogue.js';
import type { Leaf } from '../../core/law/leaf.js';
import type { PolicyRow } from '../../core/law/policy-row.js';
import type { Category, LeafPath } from '../../core/vocabulary/codes.js';

type List = 'permit' | 'minimise' | 'review';
type Note = (list: List, index: number, message: string) => void;

/** Says what is wrong with the categories and leaves that a row lists. */
export function checkCells(row: PolicyRow, catalogue: Catalogue, note: Note): void {
  const seen = new Map<string, List>();
  for (const list of ['permit', 'minimise', 'review'] as const) {
    for (const [index, item] of row[list].entries()) {
      const wrong = alreadyListed(item, seen) ?? faultOf(item, list, catalogue);
      if (wrong !== undefined) note(list, index, wrong);
      seen.set(item, list);
    }
  }
}

function alreadyListed(item: string, seen: ReadonlyMap<string, List>): string | undefined {
  const list = seen.get(item);
  return list === undefined ? undefined : `\`${item}\` is already in \`${list}\`; a row says one thing of it`;
}

function faultOf(item: Category | LeafPath, list: List, catalogue: Catalogue): string | undefined {
  const [name = ''] = item.split('.');
  const category = catalogue.categories.get(name as Category);
  if (category === undefined) return `no category \`${name}\`; use one of catalogue/categories.yaml`;
  if (category.cannotBeAsked === true || category.bar !== undefined)
    return `\`${name}\` is behind bar ${category.bar ?? ''}, which no policy opens; take it out of \`${list}\``;
  if (category.twoPersonRelease === true && list !== 'review')
    return `\`${name}\` is released by two people only; put it in \`review\``;
  if (item !== category.code) return leafFault(item as LeafPath, list, catalogue);
  return list === 'minimise' ? minimisedFault(category.code, catalogue) : undefined;
}

function minimisedFault(code: Category, catalogue: Catalogue): string | undefined {
  const category = catalogue.categories.get(code);
  if (category?.minimisedRemedy !== undefined) {
    const instead = category.minimisedRemedy.categories.map((other) => `\`${other}\``).join(' and ');
    return `\`${code}\` is never minimised; list ${instead} in its place`;
  }
  const derived = category?.leaves.some(({ form, kind }) => form === 'minimised' && kind === 'coded');
  return derived === true
    ? undefined
    : `\`${code}\` has no coded minimised leaf; add one to catalogue/categories.yaml or put it in \`review\``;
}

function leafFault(path: LeafPath, list: List, catalogue: Catalogue): string | undefined {
  const leaf = catalogue.leaves.get(path);
  if (leaf === undefined) return `no leaf \`${path}\`; use one of catalogue/categories.yaml`;
  if (list === 'minimise') {
    return leaf.form === 'minimised'
      ? undefined
      : `\`${path}\` is not a minimised leaf; minimise gives derived leaves only`;
  }
  return isGivenInFull(leaf) ? undefined : `\`${path}\` is a minimised leaf; list it in \`minimise\``;
}

/** A category in full gives its full leaves and the answers to its questions. */
function isGivenInFull({ form, question }: Leaf): boolean {
  return form === 'full' || question !== undefined;
}
