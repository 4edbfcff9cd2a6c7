import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { isListType, type Leaf, type ScalarType } from '../../core/law/catalogue.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { LeafPath } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, siblingsAt, valuesAt, type ElementPath } from './element-path.js';

/** The resource types the adapter may read. */
export const RESOURCE_TYPES = [
  'Patient',
  'Condition',
  'Encounter',
  'Observation',
  'AllergyIntolerance',
  'Flag',
  'CarePlan',
  'CareTeam',
  'RelatedPerson',
] as const;

/** A resource type of FHIR R4 that the adapter reads. */
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** One value to take: where it is, and what its codes are called in the catalogue. */
interface Take {
  readonly from: ElementPath;
  /** Which of the values found first together; absent: the first. */
  readonly item?: number;
  /** All values found first together, with this between them. */
  readonly join?: string;
  /** The source's codes by ours; a code that is not listed is no value. */
  readonly codes?: ReadonlyMap<string, string>;
  /** A value every resource found gives, whatever it holds: `true` for "there is one". */
  readonly always?: Json;
}

/** How one leaf is read from a FHIR server. */
export interface LeafMapping {
  readonly leaf: LeafPath;
  readonly resource: ResourceType;
  /** Search parameters besides the patient, as the server is asked. */
  readonly search: Readonly<Record<string, string>>;
  /** What a resource must hold to count, checked again on what came back: a server may ignore a parameter. */
  readonly where: readonly { readonly path: ElementPath; readonly value: string }[];
  /** What a resource must not hold to count: one of these values. */
  readonly unless: readonly { readonly path: ElementPath; readonly values: readonly string[] }[];
  /** What a resource holds whose own system keeps this from others: the category is then withheld, held or not. */
  readonly keptWhere: readonly { readonly path: ElementPath; readonly value: string }[];
  /** The element that dates it, compared with the period asked. Absent: not dated, always current. */
  readonly dated?: ElementPath;
  /** The repeated element whose every occurrence makes an item; absent: each resource makes one. */
  readonly within?: ElementPath;
  readonly value: { readonly one: Take } | { readonly each: Readonly<Record<string, Take>> };
}

const take = z.union([
  z.string(),
  z.strictObject({
    from: z.string().optional(),
    item: z.int().nonnegative().optional(),
    join: z.string().optional(),
    codes: z.record(z.string(), z.string()).optional(),
    always: z.union([z.string(), z.boolean()]).optional(),
  }),
]);

const file = z.array(
  z.strictObject({
    leaf: z.string(),
    resource: z.enum(RESOURCE_TYPES),
    search: z.record(z.string(), z.string()).default({}),
    where: z.record(z.string(), z.string()).default({}),
    unless: z.record(z.string(), z.array(z.string()).min(1)).default({}),
    keptWhere: z.record(z.string(), z.string()).default({}),
    dated: z.string().optional(),
    within: z.string().optional(),
    one: take.optional(),
    each: z.record(z.string(), take).optional(),
  }),
);

function takeOf(leaf: string, given: z.infer<typeof take>, type: ScalarType | undefined): Take {
  if (type === undefined) throw new SyntaxError(`\`${leaf}\` has no such column`);
  if (typeof given === 'string') return { from: elementPath(given) };
  const { from = 'id', item, join, codes, always } = given;
  const fixed = [...Object.values(codes ?? {}), ...(always === undefined ? [] : [always])];
  const stranger = fixed.find((value) => copyLeaf(value, type) === undefined);
  if (stranger !== undefined) throw new SyntaxError(`\`${leaf}\` cannot be \`${String(stranger)}\``);
  return {
    from: elementPath(from),
    ...(item !== undefined && { item }),
    ...(join !== undefined && { join }),
    ...(codes !== undefined && { codes: new Map(Object.entries(codes)) }),
    ...(always !== undefined && { always }),
  };
}

function valueOf({ leaf, one, each }: z.infer<typeof file>[number], { type }: Leaf): LeafMapping['value'] {
  if (isListType(type)) {
    const { listOf } = type;
    const columns = Object.keys(listOf);
    if (one !== undefined || each === undefined || !Object.keys(each).every((column) => columns.includes(column)))
      throw new SyntaxError(`\`${leaf}\` is a list of ${columns.join(', ')}: map it with \`each\` of those`);
    const taken = Object.entries(each).map(([column, given]) => [column, takeOf(leaf, given, listOf[column])] as const);
    return { each: Object.fromEntries(taken) };
  }
  if (one === undefined || each !== undefined)
    throw new SyntaxError(`\`${leaf}\` holds one value: map it with \`one\``);
  return { one: takeOf(leaf, one, type) };
}

/**
 * Reads the mapping from FHIR R4 to the catalogue's leaves.
 *
 * @param text YAML, of the form described at the head of `config/sources/fhir-r4.yaml`
 * @throws SyntaxError naming the leaf at fault: one the catalogue lacks, one mapped
 * twice, a shape or a fixed value that is not the leaf's
 */
export function readFhirMapping(text: string, leaves: ReadonlyMap<LeafPath, Leaf>): readonly LeafMapping[] {
  const mapped = new Set<string>();
  return file.parse(parse(text)).map((given) => {
    const entry = leaves.get(given.leaf as LeafPath);
    if (entry === undefined) throw new SyntaxError(`\`${given.leaf}\` is no leaf of the catalogue`);
    if (mapped.has(given.leaf)) throw new SyntaxError(`\`${given.leaf}\` is mapped twice`);
    mapped.add(given.leaf);
    return {
      leaf: entry.path,
      resource: given.resource,
      search: given.search,
      where: pathsIn(given.where),
      unless: Object.entries(given.unless).map(([path, values]) => ({ path: elementPath(path), values })),
      keptWhere: pathsIn(given.keptWhere),
      ...(given.dated !== undefined && { dated: elementPath(given.dated) }),
      ...(given.within !== undefined && { within: elementPath(given.within) }),
      value: valueOf(given, entry),
    };
  });
}

function pathsIn(given: Readonly<Record<string, string>>): LeafMapping['where'] {
  return Object.entries(given).map(([path, value]) => ({ path: elementPath(path), value }));
}

/** As {@link readFhirMapping}, from a file. */
export function loadFhirMapping(path: string, leaves: ReadonlyMap<LeafPath, Leaf>): readonly LeafMapping[] {
  return readFhirMapping(readFileSync(path, 'utf8'), leaves);
}

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

/** Whether the system of one of these resources keeps what the mapping reads from others. */
export function isKept({ keptWhere }: LeafMapping, resources: readonly Json[]): boolean {
  return resources.some((resource) => keptWhere.some(({ path, value }) => holds(resource, path, value)));
}

function isCounted(resource: Json, mapping: LeafMapping, period: { from: string; to: string }): boolean {
  const { where, unless, dated } = mapping;
  if (isWithdrawn(resource)) return false;
  if (!where.every(({ path, value }) => holds(resource, path, value))) return false;
  if (unless.some(({ path, values }) => values.some((value) => holds(resource, path, value)))) return false;
  if (dated === undefined) return true;
  const days = daysOf(valuesAt(resource, dated)[0]);
  return days !== undefined && period.from <= days.last && days.first <= period.to;
}

/**
 * Reads one leaf from the resources of its type, within a period.
 *
 * @returns undefined where nothing is held. The value is still to be checked against the leaf's type by whoever copies it.
 */
export function readLeaf(
  mapping: LeafMapping,
  leaf: Leaf,
  resources: readonly Json[],
  period: { readonly from: string; readonly to: string },
): Json | undefined {
  const counted = resources.filter((resource) => isCounted(resource, mapping, period));
  if ('one' in mapping.value) {
    const { one } = mapping.value;
    if (isListType(leaf.type)) return undefined;
    for (const resource of counted) {
      const value = taken(resource, one, leaf.type);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  if (!isListType(leaf.type)) return undefined;
  const { listOf } = leaf.type;
  const columns = Object.entries(mapping.value.each);
  const { within } = mapping;
  const elements = within === undefined ? counted : counted.flatMap((resource) => valuesAt(resource, within));
  const items = elements.map((element) =>
    Object.fromEntries(
      columns.flatMap(([column, given]) => {
        const type = listOf[column];
        const value = type === undefined ? undefined : taken(element, given, type);
        return value === undefined ? [] : [[column, value] as const];
      }),
    ),
  );
  const held = items.filter((item) => Object.keys(item).length > 0);
  return held.length === 0 ? undefined : held;
}
