import type { ConsultationPermit } from '../decision/permit-consultation.js';
import type { Leaf } from '../law/leaf.js';
import type { Category, LeafPath, Obligation } from '../vocabulary/codes.js';
import type { Json } from '../vocabulary/json.js';
import { copyLeaf } from './copy-leaf.js';
import { digestOfText } from './cut-text.js';
import type { SourceAnswer, SourceRecord } from './source-record.js';

/** A free text as a person at the custodian reads it before choosing of it. */
export interface ShownText {
  readonly leaf: LeafPath;
  readonly digest: string;
  readonly text: string;
}

/** One category of a record as its custodian's own officer sees it. */
export interface ShownCategory {
  readonly status: SourceAnswer['status'];
  readonly coded: ReadonlyMap<LeafPath, Json>;
  readonly texts: readonly ShownText[];
  /** What the record system put on it: it goes out with whatever of the category is released, whoever decides. */
  readonly conditions: readonly Obligation[];
}

/**
 * Copies, for the custodian's own officer, what a consultation permits, of declared types and nothing else.
 *
 * Not for the requester: what comes of it is neither redacted nor signed.
 *
 * @throws Error when record and permit are not of one disclosure
 */
export function show(
  record: SourceRecord,
  permit: ConsultationPermit,
  leaves: ReadonlyMap<LeafPath, Leaf>,
): ReadonlyMap<Category, ShownCategory> {
  if (record.disclosureId !== permit.disclosureId || record.custodian !== permit.custodian)
    throw new Error('record and permit are not of one disclosure');
  return new Map(
    [...record.answers].map(([category, answer]) => {
      const permitted = [...permit.leaves].flatMap((path) => {
        const leaf = leaves.get(path);
        if (leaf?.category !== category || answer.status !== 'held') return [];
        const value = copyLeaf(answer.leaves.get(path), leaf.type);
        return value === undefined ? [] : [{ leaf, value }];
      });
      const coded = permitted.flatMap(({ leaf, value }) =>
        leaf.kind === 'coded' ? [[leaf.path, value] as const] : [],
      );
      const conditions = answer.status === 'held' ? (answer.conditions ?? []) : [];
      const shown = { status: answer.status, coded: new Map(coded), texts: textsOf(permitted), conditions };
      return [category, shown] as const;
    }),
  );
}

function textsOf(permitted: readonly { readonly leaf: Leaf; readonly value: Json }[]): readonly ShownText[] {
  return permitted.flatMap(({ leaf, value }) =>
    leaf.kind === 'text' && typeof value === 'string'
      ? [{ leaf: leaf.path, digest: digestOfText(value), text: value }]
      : [],
  );
}
