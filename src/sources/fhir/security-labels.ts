import { isJsonObject } from '../../core/signing/strict-json.js';
import type { Obligation } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, valuesAt } from './element-path.js';

// HL7 Security Labelling DS4P 2.7: a label of one element of a resource stands in an extension inside that element.
const INLINE_LABEL = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const INLINE_CODE = elementPath('valueCoding.code');

/** The code of a label; undefined where it has none that can be read. */
export type LabelCode = string | undefined;

/** What the labels of FHIR resources mean here, by their codes, of whatever system. A code in none of them is not known. */
export interface LabelRules {
  /** Restrict nothing. */
  readonly harmless: ReadonlySet<string>;
  /** Ask for nothing that the gateway does not do anyhow, wherever they stand. */
  readonly met: ReadonlySet<string>;
  /** On a person's own resource: that where they are must not be told. Whoever saw it travel would know that they hide. */
  readonly whereabouts: ReadonlySet<string>;
  /** The condition on which what bears them goes out. */
  readonly conditions: ReadonlyMap<string, Obligation>;
}

const codeOf = (code: Json | undefined): LabelCode => (typeof code === 'string' ? code : undefined);

const memberOf = (holder: Json, name: string): Json | undefined =>
  isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;

/** The labels of a resource: `meta.security` (FHIR R4 6.1.1). What stands where labels belong and is none is one without a code. */
export function resourceLabels(resource: Json): readonly LabelCode[] {
  const meta = memberOf(resource, 'meta');
  if (meta === undefined) return [];
  if (!isJsonObject(meta)) return [undefined];
  const security = memberOf(meta, 'security');
  if (security === undefined) return [];
  if (!Array.isArray(security)) return [undefined];
  return (security as readonly Json[]).map((label) => codeOf(memberOf(label, 'code')));
}

/** The inline labels of an element and of anything in it. */
export function elementLabels(element: Json): readonly LabelCode[] {
  if (Array.isArray(element)) return (element as readonly Json[]).flatMap(elementLabels);
  if (!isJsonObject(element)) return [];
  if (memberOf(element, 'url') === INLINE_LABEL) {
    const codes = valuesAt(element, INLINE_CODE);
    return codes.length === 0 ? [undefined] : codes.map(codeOf);
  }
  return Object.values(element).flatMap(elementLabels);
}

/** The inline labels of some members of an element, and of the element itself. */
export function labelsOfMembers(element: Json, members: readonly string[]): readonly LabelCode[] {
  // FHIR R4 2.6.2: what is said of a primitive value stands beside it, under its name and an underscore.
  const read = ['extension', ...members.flatMap((name) => [name, `_${name}`])];
  return read.flatMap((name) => elementLabels(memberOf(element, name) ?? null));
}

/**
 * Whether any label is not known to be harmless.
 *
 * R and V of v3-Confidentiality are such labels, and so is one that nobody here knows, or that cannot be read: what a
 * custodian meant to keep back is not told because it was spelt otherwise.
 */
export function isRestricting(labels: readonly LabelCode[], { harmless }: LabelRules): boolean {
  return !labels.every((code) => code !== undefined && harmless.has(code));
}

/**
 * The conditions on which what bears these labels goes out, each once.
 *
 * @param fitting labels that say what kind of thing it is, where policy decides on that kind of thing
 * @returns `unknown` where one of them asks for what nobody here knows: it is not ignored, so that what bears it does not go
 */
export function conditionsOf(
  labels: readonly LabelCode[],
  fitting: ReadonlySet<string>,
  { harmless, met, conditions }: LabelRules,
): readonly Obligation[] | 'unknown' {
  const found = new Set<Obligation>();
  for (const code of labels) {
    if (code === undefined) return 'unknown';
    if (harmless.has(code) || met.has(code) || fitting.has(code)) continue;
    const condition = conditions.get(code);
    if (condition === undefined) return 'unknown';
    found.add(condition);
  }
  return [...found].sort();
}
