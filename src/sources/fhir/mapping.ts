import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { isListType, type Leaf, type ScalarType } from '../../core/law/catalogue.js';
import type { LeafPath } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, valuesAt, type ElementPath } from './element-path.js';

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
    dated: z.string().optional(),
    within: z.string().optional(),
    one: take.optional(),
    each: z.record(z.string(), take).optional(),
  }),
);

function takeOf(given: z.infer<typeof take>): Take {
  if (typeof given === 'string') return { from: elementPath(given) };
  return {
    from: elementPath(given.from ?? 'id'),
    ...(given.codes !== undefined && { codes: new Map(Object.entries(given.codes)) }),
    ...(given.always !== undefined && { always: given.always }),
  };
}

function valueOf({ leaf, one, each }: z.infer<typeof file>[number], entry: Leaf): LeafMapping['value'] {
  if (isListType(entry.type)) {
    const columns = Object.keys(entry.type.listOf);
    const stranger = Object.keys(each ?? {}).find((column) => !columns.includes(column));
    if (each === undefined || stranger !== undefined)
      throw new SyntaxError(`\`${leaf}\` is a list of ${columns.join(', ')}: map it with \`each\` of those`);
    return { each: Object.fromEntries(Object.entries(each).map(([column, given]) => [column, takeOf(given)])) };
  }
  if (one === undefined) throw new SyntaxError(`\`${leaf}\` holds one value: map it with \`one\``);
  return { one: takeOf(one) };
}

/**
 * Reads the mapping from FHIR R4 to the catalogue's leaves.
 *
 * @throws SyntaxError naming the leaf at fault: one the catalogue lacks, a free-text leaf (never fetched unseen), a shape that is not the leaf's
 */
export function loadFhirMapping(path: string, leaves: ReadonlyMap<LeafPath, Leaf>): readonly LeafMapping[] {
  return file.parse(parse(readFileSync(path, 'utf8'))).map((given) => {
    const entry = leaves.get(given.leaf as LeafPath);
    if (entry === undefined) throw new SyntaxError(`\`${given.leaf}\` is no leaf of the catalogue`);
    if (entry.kind === 'text') throw new SyntaxError(`\`${given.leaf}\` is free text, which is never fetched unseen`);
    return {
      leaf: entry.path,
      resource: given.resource,
      search: given.search,
      where: Object.entries(given.where).map(([where, value]) => ({ path: elementPath(where), value })),
      ...(given.dated !== undefined && { dated: elementPath(given.dated) }),
      ...(given.within !== undefined && { within: elementPath(given.within) }),
      value: valueOf(given, entry),
    };
  });
}

/** A day of a date, a partial date or an instant; a partial one is its first day. */
function dayOf(text: string): string | undefined {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T.*)?$/.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '01', day = '01'] = match;
  return `${year}-${month}-${day}`;
}

/** The value as the leaf's type wants it, or nothing: a wrong type never passes. */
function typed(found: Json | undefined, given: Take, type: ScalarType): Json | undefined {
  if (given.always !== undefined) return given.always;
  if (found === undefined) return undefined;
  const renamed = given.codes === undefined ? found : typeof found === 'string' ? given.codes.get(found) : undefined;
  if (type.of === 'date') return typeof renamed === 'string' ? dayOf(renamed) : undefined;
  return renamed;
}

function isCounted(resource: Json, { where, dated }: LeafMapping, period: { from: string; to: string }): boolean {
  if (!where.every(({ path, value }) => valuesAt(resource, path).some((found) => String(found) === value)))
    return false;
  if (dated === undefined) return true;
  const [at] = valuesAt(resource, dated);
  const day = typeof at === 'string' ? dayOf(at) : undefined;
  return day !== undefined && period.from <= day && day <= period.to;
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
      const value = typed(valuesAt(resource, one.from)[0], one, leaf.type);
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
        const value = type === undefined ? undefined : typed(valuesAt(element, given.from)[0], given, type);
        return value === undefined ? [] : [[column, value] as const];
      }),
    ),
  );
  const held = items.filter((item) => Object.keys(item).length > 0);
  return held.length === 0 ? undefined : held;
}
