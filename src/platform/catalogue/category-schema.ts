import { z } from 'zod';
import type { BarId, CategoryEntry } from '../../core/law/catalogue.js';
import type { Leaf, LeafType, ScalarType } from '../../core/law/leaf.js';
import type { Category, LeafPath, ReasonCode } from '../../core/vocabulary/codes.js';
import { agencyKinds } from './law-schemas.js';
import { code, words } from './yaml-scalars.js';

const STRING_LENGTH = 120;
const TEXT_LENGTH = 8000;

const plain = z.enum(['string', 'text', 'date', 'instant', 'boolean', 'integer', 'decimal']);
const codes = z.array(z.string().min(1)).min(1);
const dataClasses = z.array(z.enum(['O', 'S', 'C', 'F'])).min(1);
const size = z.int().positive();

const scalarSpec = z.union(
  [plain, z.strictObject({ code: codes }), z.strictObject({ string: size }), z.strictObject({ text: size })],
  { error: 'a property is a type name, `{ code: [...] }`, `{ string: n }` or `{ text: n }`' },
);
const own = { title: words.exactOptional(), dataClasses: dataClasses.exactOptional() };
const leafSpec = z.union(
  [
    plain,
    z.strictObject({ code: codes, ...own }),
    z.strictObject({ string: size, ...own }),
    z.strictObject({ text: size, ...own }),
    z.strictObject({ list: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/), scalarSpec), max: size, ...own }),
  ],
  { error: 'a leaf is a type name, `{ code: [...] }`, `{ string: n }`, `{ text: n }` or `{ list: { ... }, max: n }`' },
);
const leafName = z.string().regex(/^[a-z][a-zA-Z0-9]*$/, { error: 'a leaf is named in camel case' });
const leaves = z.record(leafName, leafSpec);

/** One category as the file writes it. */
const categorySpec = z.strictObject({
  code: code<Category>(),
  reference: z.string().regex(/^D(?:0[1-9]|[1-3]\d|4[0-5])$/, { error: 'a reference is `D01` to `D45`' }),
  title: words,
  dataClasses,
  cannotBeAsked: z.literal(true).exactOptional(),
  bar: z
    .string()
    .transform((id) => id as BarId)
    .exactOptional(),
  twoPersonRelease: z.literal(true).exactOptional(),
  answersOnly: z.literal(true).exactOptional(),
  keptBy: agencyKinds.min(1).exactOptional(),
  minimisedRemedy: z
    .strictObject({ reason: code<ReasonCode>(), categories: z.array(code<Category>()).min(1), text: words })
    .exactOptional(),
  leaves,
  minimised: leaves,
  questions: z.array(z.strictObject({ code: code<string>(), leaf: leafName, text: words })).default([]),
});

/** `categories.yaml`. */
export const categoriesFile = z.strictObject({ categories: z.array(categorySpec).min(1) });

type CategorySpec = z.output<typeof categorySpec>;
type LeafSpec = z.output<typeof leafSpec>;
type ScalarSpec = z.output<typeof scalarSpec>;

/** Builds a category with its leaves, full form first. A question's leaf that is no leaf is left for the cross-check. */
export function categoryOf(spec: CategorySpec): CategoryEntry {
  const pathOf = (name: string): LeafPath => `${spec.code}.${name}` as LeafPath;
  const leafOf = (form: Leaf['form'], name: string, given: LeafSpec): Leaf => {
    const type = typeOf(given);
    const question = spec.answersOnly && spec.questions.find(({ leaf }) => leaf === name);
    const { title, dataClasses: classes } = typeof given === 'string' ? {} : given;
    return {
      path: pathOf(name),
      category: spec.code,
      name,
      title: title ?? titleOf(name),
      type,
      dataClasses: classes ?? spec.dataClasses,
      kind: holdsText(type) ? 'text' : 'coded',
      form,
      ...(question && { question: question.code }),
    };
  };
  const { code: category, reference, title, cannotBeAsked, bar, twoPersonRelease, minimisedRemedy, keptBy } = spec;
  return {
    code: category,
    reference,
    title,
    leaves: [
      ...Object.entries(spec.leaves).map(([name, given]) => leafOf('full', name, given)),
      ...Object.entries(spec.minimised).map(([name, given]) => leafOf('minimised', name, given)),
    ],
    questions: spec.questions.map((question) => ({ ...question, leaf: pathOf(question.leaf) })),
    ...(cannotBeAsked && { cannotBeAsked }),
    ...(bar !== undefined && { bar }),
    ...(twoPersonRelease && { twoPersonRelease }),
    ...(keptBy !== undefined && { keptBy }),
    ...(minimisedRemedy && { minimisedRemedy }),
  };
}

function typeOf(spec: LeafSpec): LeafType {
  if (typeof spec === 'string' || !('list' in spec)) return scalarOf(spec);
  const listOf = Object.fromEntries(Object.entries(spec.list).map(([name, item]) => [name, scalarOf(item)]));
  return { listOf, maxItems: spec.max };
}

function scalarOf(spec: Exclude<LeafSpec, { list: unknown }> | ScalarSpec): ScalarType {
  if (typeof spec === 'string') {
    if (spec === 'string') return { of: spec, maxLength: STRING_LENGTH };
    return spec === 'text' ? { of: spec, maxLength: TEXT_LENGTH } : { of: spec };
  }
  if ('code' in spec) return { of: 'code', codes: spec.code };
  return 'string' in spec ? { of: 'string', maxLength: spec.string } : { of: 'text', maxLength: spec.text };
}

function holdsText(type: LeafType): boolean {
  return 'listOf' in type ? Object.values(type.listOf).some(holdsText) : type.of === 'text';
}

/** `observedOn` is read as `Observed on`. */
function titleOf(name: string): string {
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
