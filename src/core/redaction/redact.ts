import type { IssuedPermit } from '../decision/decision.js';
import type { Leaf } from '../law/leaf.js';
import type { Category, LeafPath } from '../vocabulary/codes.js';
import type { Json } from '../vocabulary/json.js';
import { copyLeaf } from './copy-leaf.js';
import { cutText } from './cut-text.js';
import type { ReleasedView, ReleasedViewFacts } from './released-view.js';
import type { SourceRecord } from './source-record.js';

/** A leaf's value as it may go out. Of free text only what a person chose, of the very text they read. */
function valueOf(given: unknown, { path, type, kind }: Leaf, { texts }: IssuedPermit): Json | undefined {
  const copy = copyLeaf(given, type);
  if (kind === 'coded') return copy;
  const chosen = texts?.get(path);
  return chosen === undefined || typeof copy !== 'string' ? undefined : cutText(copy, chosen);
}

/**
 * Copies what a permit releases into an empty object, leaf by leaf, and nothing else.
 *
 * A leaf goes out only if the permit names it, the catalogue knows it, the source answered it under its own category and
 * its value is of its declared type; free text only in the segments that a person chose. Whether the permit is still good is for whoever logs it to decide again.
 *
 * Conditions go out with what they bind: signed, they are the recipient's.
 *
 * @throws Error when record and permit are not of one disclosure: a permit for one releases nothing for another
 */
export function redact(record: SourceRecord, permit: IssuedPermit, leaves: ReadonlyMap<LeafPath, Leaf>): ReleasedView {
  if (record.disclosureId !== permit.disclosureId || record.custodian !== permit.custodian)
    throw new Error('record and permit are not of one disclosure');
  const released: LeafPath[] = [];
  const byCategory = new Map<Category, Record<string, Json>>();
  for (const path of [...permit.leaves].sort()) {
    const leaf = leaves.get(path);
    const answer = leaf === undefined ? undefined : record.answers.get(leaf.category);
    if (leaf === undefined || answer?.status !== 'held') continue;
    const value = valueOf(answer.leaves.get(path), leaf, permit);
    if (value === undefined) continue;
    const category = byCategory.get(leaf.category) ?? {};
    category[leaf.name] = value;
    byCategory.set(leaf.category, category);
    released.push(path);
  }
  const view: ReleasedViewFacts = {
    disclosureId: permit.disclosureId,
    requester: permit.requester,
    custodian: permit.custodian,
    record: Object.fromEntries(byCategory),
    leaves: released,
    obligations: permit.obligations ?? [],
    conditions: conditionsOf([...byCategory.keys()], record, permit),
  };
  return view as ReleasedView;
}

/** What goes on each released category: what the decision knew of, and what the custodian's own system put on it. */
function conditionsOf(
  released: readonly Category[],
  { answers }: SourceRecord,
  { conditions }: IssuedPermit,
): ReleasedViewFacts['conditions'] {
  return Object.fromEntries(
    released.flatMap((category) => {
      const answer = answers.get(category);
      const bySource = answer?.status === 'held' ? (answer.conditions ?? []) : [];
      const all = [...new Set([...(conditions?.get(category) ?? []), ...bySource])].sort();
      return all.length === 0 ? [] : [[category, all] as const];
    }),
  );
}
