import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { membersOf, scalarExtension, scalarOf } from './extensions.js';
import type { FlagExtension } from './flag-resource.js';
import { extensionUrl, type FlagVocabulary } from '../flag-vocabulary.js';

const PATH = /^([a-z0-9-]+)\.([A-Za-z]+)$/;

/** One leaf of the catalogue and what it holds. */
export interface StatedLeaf {
  /** `category.name`. */
  readonly path: string;
  readonly value: Json;
}

/**
 * The leaf that an extension `flag-leaf` states: `path` with a `value`, or with an `item` for each entry of a list.
 * Whether the catalogue has such a leaf is not looked at.
 */
export function statedLeafOf({ extension = [] }: FlagExtension): StatedLeaf | undefined {
  const named = (url: string): readonly FlagExtension[] => extension.filter((inner) => inner.url === url);
  const [[path, ...paths], [value, ...values], items] = [named('path'), named('value'), named('item')];
  const written = path && scalarOf(path);
  const isWhole = paths.length + values.length === 0 && extension.length === (value ? 2 : 1 + items.length);
  if (typeof written !== 'string' || !PATH.test(written) || !isWhole) return undefined;
  if (value !== undefined) {
    const scalar = scalarOf(value);
    return scalar === undefined ? undefined : { path: written, value: scalar };
  }
  const entries = items.map(membersOf);
  if (entries.length === 0 || entries.includes(undefined)) return undefined;
  return { path: written, value: entries.map((entry) => Object.fromEntries(entry ?? [])) };
}

/** Leaves by category, `present-concern` always among them: what every flag is about. Maps, for the names are the sender's. */
export function contentOf(leaves: readonly StatedLeaf[]): Readonly<Record<string, JsonObject>> {
  const categories = new Map<string, Map<string, Json>>([['present-concern', new Map()]]);
  for (const { path, value } of leaves) {
    const [, category = '', name = ''] = PATH.exec(path) ?? [];
    const held = categories.get(category) ?? new Map<string, Json>();
    categories.set(category, held.set(name, value));
  }
  return Object.fromEntries([...categories].map(([category, held]) => [category, Object.fromEntries(held)]));
}

/** Every leaf of a content, in its order. */
export function leavesOf(content: Readonly<Record<string, JsonObject>>): readonly StatedLeaf[] {
  return Object.entries(content).flatMap(([category, held]) =>
    Object.entries(held).map(([name, value]) => ({ path: `${category}.${name}`, value })),
  );
}

/** A leaf as an extension; none for one that holds nothing, or what no leaf holds. */
export function leafExtension(terms: FlagVocabulary, { path, value }: StatedLeaf): readonly JsonObject[] {
  const holds = Array.isArray(value) ? value.flatMap(itemExtension) : valueExtension(value);
  if (holds.length === 0) return [];
  return [{ url: extensionUrl(terms, 'flag-leaf'), extension: [{ url: 'path', valueCode: path }, ...holds] }];
}

function valueExtension(value: Json): readonly JsonObject[] {
  return value === null || typeof value === 'object' ? [] : [scalarExtension('value', value)];
}

function itemExtension(item: Json): readonly JsonObject[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
  const members = Object.entries(item as JsonObject).flatMap(([name, value]) =>
    value === null || typeof value === 'object' ? [] : [scalarExtension(name, value)],
  );
  return members.length === 0 ? [] : [{ url: 'item', extension: members }];
}
