import { isListType, type Leaf, type ScalarType } from '../../core/law/leaf.js';
import type { Obligation } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, siblingsAt, valuesAt, type ElementPath } from './element-path.js';
import type { LeafMapping, Take } from './mapping.js';
import {
  conditionsOf,
  elementLabels,
  isRestricting,
  labelsOfMembers,
  resourceLabels,
  type LabelRules,
} from './security-labels.js';

// FHIR R4 2.24 (dateTime): a year, a month, a day, or an instant of a day.
const FHIR_DATE =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?)?)?$/;

/** The days a FHIR date may mean, first and last, in the source's own offset. */
function daysOf(found: Json | undefined): { readonly first: string; readonly last: string } | undefined {
  const [, year, month, day] = typeof found === 'string' ? (FHIR_DATE.exec(found) ?? []) : [];
  if (year === undefined) return undefined;
  // Compared as text and never shown when partial: the 31st closes a shorter month too.
  return {
    first: `${year}-${month ?? '01'}-${day ?? '01'}`,
    last: `${year}-${month ?? '12'}-${day ?? '31'}`,
  };
}

/** A day; nothing for a partial date, since a day would be made up; what is no date as it is, for the copy to refuse. */
function dayOf(found: Json): Json | undefined {
  const days = daysOf(found);
  if (days === undefined) return found;
  return days.first === days.last ? days.first : undefined;
}

function foundBy({ from, item = 0, join }: Take, element: Json): Json | undefined {
  const together = siblingsAt(element, from);
  if (join === undefined || together.length === 0) return together[item];
  const texts = together.filter((value) => typeof value === 'string');
  return texts.length === together.length ? texts.join(join) : together.find((value) => typeof value !== 'string');
}

/** What an element holds for one value. What is of a wrong type is passed on, so that the copy refuses all of it. */
function taken(element: Json, given: Take, type: ScalarType): Json | undefined {
  if (given.always !== undefined) return given.always;
  const found = foundBy(given, element);
  if (found === undefined) return undefined;
  const renamed = given.codes !== undefined && typeof found === 'string' ? given.codes.get(found) : found;
  return renamed !== undefined && type.of === 'date' ? dayOf(renamed) : renamed;
}

/** Only what has one spelling is compared: never an object by what it says of itself. */
function isSpelt(found: Json, value: string): boolean {
  return typeof found === 'object' ? false : String(found) === value;
}

const STATUSES = [elementPath('status'), elementPath('verificationStatus.coding.code')];

/** What its own system says is not so. */
function isWithdrawn(resource: Json): boolean {
  return STATUSES.some((path) =>
    valuesAt(resource, path).some((status) => status === 'entered-in-error' || status === 'refuted'),
  );
}

const holds = (resource: Json, path: ElementPath, value: string): boolean =>
  valuesAt(resource, path).some((found) => isSpelt(found, value));

function isCounted(resource: Json, mapping: LeafMapping, period: { from: string; to: string }): boolean {
  const { where, unless, dated } = mapping;
  if (isWithdrawn(resource)) return false;
  if (!where.every(({ path, value }) => holds(resource, path, value))) return false;
  if (unless.some(({ path, values }) => values.some((value) => holds(resource, path, value)))) return false;
  if (dated === undefined) return true;
  const days = daysOf(valuesAt(resource, dated)[0]);
  return days !== undefined && period.from <= days.last && days.first <= period.to;
}

/** The resources of one type that a search found, and the person they are about. */
export interface FoundResources {
  readonly person: Json;
  readonly resources: readonly Json[];
}

/** What was read of one leaf: nothing where nothing is held, and where it is kept back. */
export interface LeafRead {
  readonly value: Json | undefined;
  readonly isKeptBack: boolean;
  /** What the labels on what it was read from ask of whoever is given it; `unknown`: one of them is not known, and nothing goes. */
  readonly conditions: readonly Obligation[] | 'unknown';
}

/**
 * Reads one leaf from the resources of its type, within a period.
 *
 * One element that is marked restricted keeps back the whole leaf: the others would look like all there are.
 *
 * @returns a value that is still to be checked against the leaf's type by whoever copies it
 */
export function readLeaf(
  mapping: LeafMapping,
  leaf: Leaf,
  { person, resources }: FoundResources,
  period: { readonly from: string; readonly to: string },
  rules: LabelRules,
): LeafRead {
  const { within, value, whenRestricted } = mapping;
  const counted = resources.filter((resource) => isCounted(resource, mapping, period));
  const elements = within === undefined ? counted : counted.flatMap((resource) => valuesAt(resource, within));
  if (whenRestricted !== undefined) {
    const isRestricted = isRestricting(
      [...[person, ...counted].flatMap(resourceLabels), ...elements.flatMap(elementLabels)],
      rules,
    );
    if (isRestricted !== (whenRestricted === 'read-alone'))
      return { value: undefined, isKeptBack: whenRestricted === 'kept-back', conditions: [] };
  }
  const read = 'one' in value ? firstOf(elements, value.one, leaf) : itemsOf(elements, value.each, leaf);
  return { value: read, isKeptBack: false, conditions: conditionsOn(mapping, counted, elements, rules) };
}

/** What the labels on the resources that count, and on the elements that are read of them, ask for. */
function conditionsOn(
  { resource: type, value, fits, whenRestricted }: LeafMapping,
  counted: readonly Json[],
  elements: readonly Json[],
  rules: LabelRules,
): LeafRead['conditions'] {
  const takes = 'one' in value ? [value.one] : Object.values(value.each);
  const members = takes.flatMap(({ from: { steps } }) => steps.slice(0, 1).map(({ name }) => name));
  const isOfWhereabouts = (code: string | undefined): boolean =>
    type === 'Patient' && code !== undefined && rules.whereabouts.has(code);
  const labels = [
    ...counted.flatMap(resourceLabels).filter((code) => !isOfWhereabouts(code)),
    ...elements.flatMap((element) => labelsOfMembers(element, members)),
  ];
  // What is read from marked records alone is so for the mark, whatever that says, and two people release it.
  const isAsked = (code: string | undefined): boolean => code !== undefined && rules.conditions.has(code);
  return conditionsOf(whenRestricted === 'read-alone' ? labels.filter(isAsked) : labels, fits, rules);
}

function firstOf(elements: readonly Json[], one: Take, { type }: Leaf): Json | undefined {
  if (isListType(type)) return undefined;
  return elements.map((element) => taken(element, one, type)).find((value) => value !== undefined);
}

function itemsOf(elements: readonly Json[], each: Readonly<Record<string, Take>>, { type }: Leaf): Json | undefined {
  if (!isListType(type)) return undefined;
  const columns = Object.entries(each);
  const items = elements.map((element) =>
    Object.fromEntries(
      columns.flatMap(([column, given]) => {
        const columnType = type.listOf[column];
        const value = columnType === undefined ? undefined : taken(element, given, columnType);
        return value === undefined ? [] : [[column, value] as const];
      }),
    ),
  );
  const held = items.filter((item) => Object.keys(item).length > 0);
  return held.length === 0 ? undefined : held;
}
