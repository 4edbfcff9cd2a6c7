import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Catalogue } from '../core/law/catalogue.js';
import { isListType } from '../core/law/leaf.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { DatedBy } from './dated-items.js';

/** What may be deposited, for how long, and how its items fall in a period. */
export interface DepositRules {
  readonly longestDays: number;
  readonly neverKept: ReadonlySet<Category>;
  readonly dated: ReadonlyMap<LeafPath, DatedBy>;
}

const file = z.strictObject({
  longestDays: z.int().min(1).max(366),
  neverKept: z.array(z.string()),
  dated: z.record(z.string(), z.union([z.string(), z.strictObject({ from: z.string(), to: z.string() })])),
});

/**
 * Reads the rules of deposits. What cannot be asked for, or lies behind a bar, is never kept, whatever the file says.
 *
 * @throws SyntaxError for a category the catalogue lacks, or a leaf that is not a list with a date in that column
 */
export function readDepositRules(
  text: string,
  { categories, leaves }: Pick<Catalogue, 'categories' | 'leaves'>,
): DepositRules {
  const { longestDays, neverKept, dated } = file.parse(parse(text));
  const stranger = neverKept.find((category) => !categories.has(category as Category));
  if (stranger !== undefined) throw new SyntaxError(`\`${stranger}\` is no category of the catalogue`);
  const spans = Object.entries(dated).map(([path, given]) => {
    const span = typeof given === 'string' ? { from: given, to: given } : given;
    const type = leaves.get(path as LeafPath)?.type;
    const isDated = (column: string): boolean =>
      type !== undefined &&
      isListType(type) &&
      Object.hasOwn(type.listOf, column) &&
      type.listOf[column]?.of === 'date';
    if (!isDated(span.from) || !isDated(span.to)) throw new SyntaxError(`\`${path}\` has no such dates`);
    return [path as LeafPath, span] as const;
  });
  const closed = [...categories.values()].filter(({ cannotBeAsked, bar }) => cannotBeAsked ?? bar !== undefined);
  return {
    longestDays,
    neverKept: new Set([...closed.map(({ code }) => code), ...(neverKept as Category[])]),
    dated: new Map(spans),
  };
}

/** As {@link readDepositRules}, from a file. */
export function loadDepositRules(path: string, catalogue: Pick<Catalogue, 'categories' | 'leaves'>): DepositRules {
  return readDepositRules(readFileSync(path, 'utf8'), catalogue);
}
