import type { ScalarType } from '../../core/law/leaf.js';
import type { Json } from '../../core/vocabulary/json.js';

/** What a transform made of a value; `wrong-type` where the source sent something it does not take. */
export type Transformed = { readonly value: Json | undefined } | 'wrong-type';

interface Transform {
  /** The kinds of leaf its results may fill. */
  readonly gives: readonly ScalarType['of'][];
  readonly of: (found: Json) => Transformed;
}

const text = (found: Json): string | undefined => (typeof found === 'string' ? found : undefined);

function matched(pattern: RegExp, found: Json, write: (parts: readonly string[]) => Json): Transformed {
  const parts = pattern.exec(text(found) ?? '');
  return parts === null ? 'wrong-type' : { value: write(parts) };
}

function isEmpty(found: Json): boolean {
  return found === '' || (typeof found === 'object' && found !== null && Object.keys(found).length === 0);
}

/**
 * Every way a mapping may change a value: a closed list, so that a mapping stays data. Null and absent never get here.
 * Whether a result is in the catalogue's own list of codes, or too long, is for whoever copies it.
 */
const TRANSFORMS = {
  text: { gives: ['string', 'code'], of: (found) => (text(found) === undefined ? 'wrong-type' : { value: found }) },
  number: {
    gives: ['integer', 'decimal'],
    of: (found) => (typeof found === 'number' ? { value: found } : 'wrong-type'),
  },
  'number-in-text': {
    gives: ['integer', 'decimal'],
    of: (found) => matched(/^-?\d{1,9}(?:\.\d{1,6})?$/, found, ([whole = '']) => Number(whole)),
  },
  boolean: { gives: ['boolean'], of: (found) => (typeof found === 'boolean' ? { value: found } : 'wrong-type') },
  'yes-no': {
    gives: ['boolean'],
    of: (found) => matched(/^(?:(y|yes)|n|no)$/i, found, ([, yes]) => yes !== undefined),
  },
  date: { gives: ['date'], of: (found) => matched(/^\d{4}-\d{2}-\d{2}$/, found, ([day = '']) => day) },
  /** `25/11/2026`. */
  'uk-date': {
    gives: ['date'],
    of: (found) =>
      matched(/^(\d{2})\/(\d{2})\/(\d{4})$/, found, ([, day = '', month = '', year = '']) => `${year}-${month}-${day}`),
  },
  /** The day of a time, as it was where it was written down. */
  'date-of-time': {
    gives: ['date'],
    of: (found) => matched(/^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}/, found, ([, day = '']) => day),
  },
  /** That there is anything. */
  present: { gives: ['boolean'], of: (found) => ({ value: isEmpty(found) ? undefined : true }) },
  count: { gives: ['integer'], of: (found) => (Array.isArray(found) ? { value: found.length } : 'wrong-type') },
} as const satisfies Readonly<Record<string, Transform>>;

/** The name of a transform. */
export type TransformName = keyof typeof TRANSFORMS;

/** The names a mapping may use. */
export const TRANSFORM_NAMES = Object.keys(TRANSFORMS) as readonly TransformName[];

/** Whether a transform's results can fill a value of this type at all. */
export function canFill(name: TransformName, type: ScalarType): boolean {
  const gives: readonly ScalarType['of'][] = TRANSFORMS[name].gives;
  return gives.includes(type.of);
}

/** Applies a transform; never throws on hostile input. */
export function transformed(name: TransformName, found: Json): Transformed {
  return TRANSFORMS[name].of(found);
}
