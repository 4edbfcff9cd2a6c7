import type { Catalogue } from '../core/law/catalogue.js';
import { isListType } from '../core/law/leaf.js';
import { copyLeaf } from '../core/redaction/copy-leaf.js';
import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { Category, LeafPath, Obligation } from '../core/vocabulary/codes.js';
import type { Json } from '../core/vocabulary/json.js';
import { isOfPeriod, type Period } from './dated-items.js';
import type { DepositRules } from './deposit-rules.js';

/** What was deposited: by category, then by the leaf's own name. A category with no leaves says that nothing is held. */
export type DepositedContent = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** The conditions on which each category of a deposit goes out, by category. */
export type DepositedHandling = Readonly<Record<string, readonly string[]>>;

/** A deposit as it is sealed. */
export interface SealedDeposit {
  readonly content: DepositedContent;
  readonly handling: DepositedHandling;
}

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

/**
 * The conditions of a deposit, each once, or everything in them that is not a condition on something deposited.
 *
 * Of those that name a day there is none to name here; what says that nothing is held has nothing for a condition to be on.
 */
export function checkedHandling(
  given: DepositedHandling,
  content: DepositedContent,
  { obligations }: Pick<Catalogue, 'obligations'>,
): { readonly handling: DepositedHandling } | { readonly faults: readonly ContentFault[] } {
  const faults: ContentFault[] = [];
  for (const [category, codes] of Object.entries(given)) {
    const pointer = `/handling/${category}`;
    if (!Object.hasOwn(content, category) || Object.keys(content[category] ?? {}).length === 0)
      faults.push({ pointer, detail: 'must be a category of which the content holds something' });
    codes.forEach((code, at) => {
      const entry = obligations.get(code as Obligation);
      if (entry === undefined)
        faults.push({
          pointer: `${pointer}/${String(at)}`,
          detail: 'must be a code of `GET /v1/catalogue/obligations`',
        });
      else if (entry.dated)
        faults.push({ pointer: `${pointer}/${String(at)}`, detail: 'needs a day, which a deposit cannot give it' });
    });
  }
  if (faults.length > 0) return { faults };
  return {
    handling: Object.fromEntries(
      Object.entries(given).map(([category, codes]) => [category, [...new Set(codes)].sort()] as const),
    ),
  };
}

/** What was sealed: a deposit from before there were conditions is its content alone, whose names are those of categories. */
export function sealedDeposit(text: string): SealedDeposit {
  const sealed = JSON.parse(text) as SealedDeposit | DepositedContent;
  return Object.hasOwn(sealed, 'content')
    ? (sealed as SealedDeposit)
    : { content: sealed as DepositedContent, handling: {} };
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
 * though not in the leaves that are permitted. Its conditions go out with whatever of a category does.
 */
export function answerOf(
  { content, handling }: SealedDeposit,
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
  const conditions = Object.hasOwn(handling, category)
    ? (handling[category] as readonly Obligation[] | undefined)
    : undefined;
  if (values.size > 0) return { status: 'held', leaves: values, ...(conditions !== undefined && { conditions }) };
  return { status: looked ? 'not-held' : 'unavailable' };
}
