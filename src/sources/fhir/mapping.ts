import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { isListType, type Leaf, type ScalarType } from '../../core/law/leaf.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { LeafPath } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, type ElementPath } from './element-path.js';

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
export interface Take {
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

/**
 * What becomes of a leaf where what it is read from is marked restricted: one that says where somebody is, is kept back; one
 * for the few who may know where somebody hidden is, is read from that alone.
 */
export type WhenRestricted = 'kept-back' | 'read-alone';

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
  /** The element that dates it, compared with the period asked. Absent: not dated, always current. */
  readonly dated?: ElementPath;
  /** The repeated element whose every occurrence makes an item; absent: each resource makes one. */
  readonly within?: ElementPath;
  readonly value: { readonly one: Take } | { readonly each: Readonly<Record<string, Take>> };
  /** What the person's, the resource's or the element's own mark does: absent, nothing. */
  readonly whenRestricted?: WhenRestricted;
}

/** How the catalogue's leaves are read from a FHIR server. */
export interface FhirMapping {
  readonly leaves: readonly LeafMapping[];
  /** The codes of security labels that restrict nothing; whatever bears another is marked restricted. */
  readonly harmlessLabels: ReadonlySet<string>;
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

const entry = z.strictObject({
  leaf: z.string(),
  resource: z.enum(RESOURCE_TYPES),
  search: z.record(z.string(), z.string()).default({}),
  where: z.record(z.string(), z.string()).default({}),
  unless: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  whenRestricted: z.enum(['kept-back', 'read-alone']).optional(),
  dated: z.string().optional(),
  within: z.string().optional(),
  one: take.optional(),
  each: z.record(z.string(), take).optional(),
});

const file = z.strictObject({
  restricted: z.strictObject({ labelledOtherThan: z.array(z.string()) }),
  leaves: z.array(entry),
});

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

function valueOf({ leaf, one, each }: z.infer<typeof entry>, { type }: Leaf): LeafMapping['value'] {
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

/** @throws SyntaxError for a place that is read from a restricted record, and for what is kept back and is none */
function assertKeptBack({ leaf, whenRestricted }: z.infer<typeof entry>, isPlace: boolean): void {
  if (isPlace && whenRestricted !== 'kept-back')
    throw new SyntaxError(`\`${leaf}\` says where somebody is, and must be \`kept-back\` when restricted`);
  // Of a place alone nothing is told by its absence.
  if (!isPlace && whenRestricted === 'kept-back') throw new SyntaxError(`\`${leaf}\` is not in \`places.yaml\``);
}

/**
 * Reads the mapping from FHIR R4 to the catalogue's leaves.
 *
 * @param text YAML, of the form described at the head of `config/sources/fhir-r4.yaml`
 * @param places the leaves that say where somebody is; each that is mapped must be kept back when restricted
 * @throws SyntaxError naming the leaf at fault: one the catalogue lacks, one mapped
 * twice, a shape or a fixed value that is not the leaf's, a place that is read from a restricted record
 */
export function readFhirMapping(
  text: string,
  leaves: ReadonlyMap<LeafPath, Leaf>,
  places: ReadonlySet<LeafPath>,
): FhirMapping {
  const { restricted, leaves: entries } = file.parse(parse(text));
  const mapped = new Set<string>();
  const read = entries.map((given): LeafMapping => {
    const leaf = leaves.get(given.leaf as LeafPath);
    if (leaf === undefined) throw new SyntaxError(`\`${given.leaf}\` is no leaf of the catalogue`);
    if (mapped.has(given.leaf)) throw new SyntaxError(`\`${given.leaf}\` is mapped twice`);
    mapped.add(given.leaf);
    const value = valueOf(given, leaf);
    assertKeptBack(given, places.has(leaf.path));
    return {
      leaf: leaf.path,
      resource: given.resource,
      search: given.search,
      where: Object.entries(given.where).map(([where, value]) => ({ path: elementPath(where), value })),
      unless: Object.entries(given.unless).map(([path, values]) => ({ path: elementPath(path), values })),
      ...(given.dated !== undefined && { dated: elementPath(given.dated) }),
      ...(given.within !== undefined && { within: elementPath(given.within) }),
      value,
      ...(given.whenRestricted !== undefined && { whenRestricted: given.whenRestricted }),
    };
  });
  return { leaves: read, harmlessLabels: new Set(restricted.labelledOtherThan) };
}

/** As {@link readFhirMapping}, from a file. */
export function loadFhirMapping(
  path: string,
  leaves: ReadonlyMap<LeafPath, Leaf>,
  places: ReadonlySet<LeafPath>,
): FhirMapping {
  return readFhirMapping(readFileSync(path, 'utf8'), leaves, places);
}
