import type { Leaf } from '../law/leaf.js';
import type { ChosenText } from '../vocabulary/chosen-text.js';
import type { Category, LeafPath } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../vocabulary/ids.js';
import type { Json } from '../vocabulary/json.js';
import { digestOfText } from './cut-text.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from './source-record.js';

/** What a sender wrote of a person: leaves of the catalogue, each of its type. */
export type PushedContent = ReadonlyMap<LeafPath, Json>;

/** What is pushed as the record that it is redacted from, for one disclosure. */
export function pushedRecord(
  content: PushedContent,
  { disclosureId, sender }: { readonly disclosureId: DisclosureId; readonly sender: AgencyId },
  leaves: ReadonlyMap<LeafPath, Leaf>,
): SourceRecord {
  const answers = new Map<Category, SourceAnswer>();
  for (const [category, held] of Map.groupBy(content, ([path]) => leaves.get(path)?.category)) {
    if (category !== undefined) answers.set(category, { status: 'held', leaves: new Map(held) });
  }
  const record: SourceRecordFacts = { disclosureId, custodian: sender, answers };
  return record as SourceRecord;
}

/** Every free text of what is pushed, chosen whole: its author wrote it for whoever the decision gives it to. */
export function textsChosenWhole(
  content: PushedContent,
  leaves: ReadonlyMap<LeafPath, Leaf>,
): ReadonlyMap<LeafPath, ChosenText> {
  return new Map(
    [...content].flatMap(([path, value]) =>
      leaves.get(path)?.kind === 'text' && typeof value === 'string' && value !== ''
        ? [[path, { digest: digestOfText(value), segments: [{ start: 0, end: value.length }] }] as const]
        : [],
    ),
  );
}
