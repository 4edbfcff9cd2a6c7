import type { Catalogue } from '../core/law/catalogue.js';
import { isListType } from '../core/law/leaf.js';
import { copyLeaf } from '../core/redaction/copy-leaf.js';
import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { Json } from '../core/vocabulary/json.js';
import { isOfPeriod, type Period } from './dated-items.js';
import type { DepositRules } from './deposit-rules.js';

/** What was deposited: by category, then by the leaf's own name. A category with no leaves says that nothing is held. */
export type DepositedContent = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Why content is not kept, and where in it. */
export interface ContentFault {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * Copies content into fresh data of the catalogue's types, or names everything in it that is not.
 *
 * Free text is refused: nobody would have read it before it were fetched.
 */
export function checkedContent(
  given: DepositedContent,
  catalogue: Pick<Catalogue, 'categories' | 'leaves'>,
  { neverKept }: DepositRules,
): { readonly content: DepositedContent } | { readonly faults: readonly ContentFault[] } {
  const faults: ContentFault[] = [];
  const content: Record<string, Record<string, Json>> = {};
  for (const [category, leaves] of Object.entries(given)) {
    const pointer = `/content/${category}`;
    if (!catalogue.categories.has(category as Category))
      faults.push({ pointer, detail: 'must be a category of the catalogue' });
    else if (neverKept.has(category as Category))
      faults.push({ pointer, detail: 'is a category that is never kept here; leave it in your own file' });
    else content[category] = checkedLeaves(category, leaves, catalogue, faults);
  }
  return faults.length > 0 ? { faults } : { content };
}

function checkedLeaves(
  category: string,
  given: Readonly<Record<string, Json>>,
  { leaves }: Pick<Catalogue, 'leaves'>,
  faults: ContentFault[],
): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    const pointer = `/content/${category}/${name}`;
    const leaf = leaves.get(`${category}.${name}` as LeafPath);
    const copy = leaf === undefined ? undefined : copyLeaf(value, leaf.type);
    if (leaf === undefined) faults.push({ pointer, detail: 'must be a leaf of the category' });
    else if (leaf.kind === 'text')
      faults.push({ pointer, detail: 'is free text, which is never fetched unseen; leave it in your own file' });
    else if (copy === undefined)
      faults.push({ pointer, detail: "must be of the leaf's type, as the catalogue has it" });
    else if (!isSame(copy, value)) faults.push({ pointer, detail: 'must have no other members than the leaf has' });
    else kept[name] = copy;
  }
  return kept;
}

/** Whether the copy lost nothing: what a sender meant to say and misspelt must not be dropped in silence. */
function isSame(copy: Json, value: Json): boolean {
  return JSON.stringify(sorted(copy)) === JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).map((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/**
 * What a deposit answers for one category, within the period.
 *
 * A category that was not deposited is unavailable: nobody said that there is nothing. So is one of which something is kept,
 * though not in the leaves that are permitted.
 */
export function answerOf(
  content: DepositedContent,
  category: Category,
  permitted: ReadonlySet<LeafPath>,
  period: Period,
  { leaves, dated }: { readonly leaves: Catalogue['leaves']; readonly dated: DepositRules['dated'] },
): SourceAnswer {
  const given = Object.hasOwn(content, category) ? content[category] : undefined;
  if (given === undefined) return { status: 'unavailable' };
  if (Object.keys(given).length === 0) return { status: 'not-held' };
  const values = new Map<LeafPath, Json>();
  let looked = false;
  for (const [name, value] of Object.entries(given)) {
    const leaf = leaves.get(`${category}.${name}` as LeafPath);
    if (leaf === undefined || !permitted.has(leaf.path)) continue;
    looked = true;
    const span = dated.get(leaf.path);
    const within =
      span !== undefined && isListType(leaf.type)
        ? (value as readonly Readonly<Record<string, Json>>[]).filter((item) => isOfPeriod(item, span, period))
        : value;
    if (!Array.isArray(within) || within.length > 0) values.set(leaf.path, within);
  }
  if (values.size > 0) return { status: 'held', leaves: values };
  return { status: looked ? 'not-held' : 'unavailable' };
}
