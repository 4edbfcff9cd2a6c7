import type { Category, LeafPath } from '../vocabulary/codes.js';

/** Data-protection class: ordinary, special category, criminal-offence, confidential at common law. */
export type DataClass = 'O' | 'S' | 'C' | 'F';

/** The type of one value. `codes` closes a `code`; lengths count UTF-16 units. */
export interface ScalarType {
  readonly of: 'string' | 'text' | 'code' | 'date' | 'instant' | 'boolean' | 'integer' | 'decimal';
  readonly maxLength?: number;
  readonly codes?: readonly string[];
}

/** A list whose items are closed objects of scalars; an item may leave out any property but adds none. */
export interface ListType {
  readonly listOf: Readonly<Record<string, ScalarType>>;
  readonly maxItems: number;
}

/** What a leaf holds. */
export type LeafType = ScalarType | ListType;

/** Whether a leaf is a list. */
export function isListType(type: LeafType): type is ListType {
  return 'listOf' in type;
}

/** The smallest thing that is decided, redacted and given a digest of its own. */
export interface Leaf {
  readonly path: LeafPath;
  readonly category: Category;
  /** The path's second half, `findings` of `injury-findings.findings`. */
  readonly name: string;
  readonly title: string;
  readonly type: LeafType;
  readonly dataClasses: readonly DataClass[];
  /** `text` is free text: a person releases it whatever its category says. */
  readonly kind: 'coded' | 'text';
  /** `minimised` leaves are the derived answers a category gives where a policy says minimise. */
  readonly form: 'full' | 'minimised';
  /** The question this leaf answers; such a leaf is released only when that question was asked. */
  readonly question?: string;
}
