import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { isListType, type Leaf, type ScalarType } from '../../core/law/leaf.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { LeafPath, Obligation } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, type ElementPath } from './element-path.js';
import type { LabelRules } from './security-labels.js';

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
  /** Labels that say what kind of thing it is, and are this leaf's own: policy has decided on that. */
  readonly fits: ReadonlySet<string>;
}

/** How the catalogue's leaves are read from a FHIR server. */
export interface FhirMapping {
  readonly leaves: readonly LeafMapping[];
  readonly labels: LabelRules;
  /** Absent: the servers cannot say who lives at an address. */
  readonly placedAt?: PlacedAtMapping;
}

/** How a server says who lives at an address. */
export interface PlacedAtMapping {
  /** The search parameter of Patient that takes a UPRN. */
  readonly parameter: string;
  /** In an address, what names it in a register; the register's code; the number there. */
  readonly key: ElementPath;
  readonly type: ElementPath;
  readonly value: ElementPath;
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
  fits: z.array(z.string()).default([]),
  dated: z.string().optional(),
  within: z.string().optional(),
  one: take.optional(),
  each: z.record(z.string(), take).optional(),
});

const file = z.strictObject({
  restricted: z.strictObject({ labelledOtherThan: z.array(z.string()) }),
  labels: z
    .strictObject({
      met: z.array(z.string()).default([]),
      whereabouts: z.array(z.string()).default([]),
      conditions: z.record(z.string().min(1), z.string()).default({}),
    })
    .prefault({}),
  placedAt: z
    .strictObject({
      parameter: z.string().min(1),
      key: z.string(),
      type: z.string(),
      value: z.string(),
    })
    .optional(),
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

/** @throws SyntaxError for a condition the catalogue lacks, or one with a day, which no label says */
function rulesOf(
  { restricted, labels }: z.infer<typeof file>,
  obligations: MappingLaw['obligations'],
): FhirMapping['labels'] {
  for (const [label, code] of Object.entries(labels.conditions)) {
    const entry = obligations.get(code as Obligation);
    if (entry === undefined) throw new SyntaxError(`\`${code}\` is no obligation of the catalogue`);
    if (entry.dated) throw new SyntaxError(`\`${code}\` needs a day, which the label \`${label}\` does not say`);
  }
  return {
    harmless: new Set(restricted.labelledOtherThan),
    met: new Set(labels.met),
    whereabouts: new Set(labels.whereabouts),
    conditions: new Map(Object.entries(labels.conditions) as [string, Obligation][]),
  };
}

/** What a mapping is read with. */
export interface MappingLaw extends Pick<Catalogue, 'leaves' | 'obligations'> {
  /** The leaves that say where somebody is; each that is mapped must be kept back when restricted. */
  readonly places: ReadonlySet<LeafPath>;
}

/**
 * Reads the mapping from FHIR R4 to the catalogue's leaves.
 *
 * @param text YAML, of the form described at the head of `config/sources/fhir-r4.yaml`
 * @throws SyntaxError naming what is at fault: a leaf or a condition the catalogue lacks, a leaf mapped
 * twice, a shape or a fixed value that is not the leaf's, a place that is read from a restricted record
 */
export function readFhirMapping(text: string, { leaves, obligations, places }: MappingLaw): FhirMapping {
  const given = file.parse(parse(text));
  const { leaves: entries } = given;
  const mapped = new Set<string>();
  const read = entries.map((entry): LeafMapping => {
    const leaf = leaves.get(entry.leaf as LeafPath);
    if (leaf === undefined) throw new SyntaxError(`\`${entry.leaf}\` is no leaf of the catalogue`);
    if (mapped.has(entry.leaf)) throw new SyntaxError(`\`${entry.leaf}\` is mapped twice`);
    mapped.add(entry.leaf);
    const value = valueOf(entry, leaf);
    assertKeptBack(entry, places.has(leaf.path));
    return {
      leaf: leaf.path,
      resource: entry.resource,
      search: entry.search,
      where: Object.entries(entry.where).map(([where, value]) => ({ path: elementPath(where), value })),
      unless: Object.entries(entry.unless).map(([path, values]) => ({ path: elementPath(path), values })),
      ...(entry.dated !== undefined && { dated: elementPath(entry.dated) }),
      ...(entry.within !== undefined && { within: elementPath(entry.within) }),
      value,
      ...(entry.whenRestricted !== undefined && { whenRestricted: entry.whenRestricted }),
      fits: new Set(entry.fits),
    };
  });
  return {
    leaves: read,
    labels: rulesOf(given, obligations),
    ...(given.placedAt !== undefined && { placedAt: placedAtOf(given.placedAt) }),
  };
}

function placedAtOf({ parameter, ...paths }: NonNullable<z.infer<typeof file>['placedAt']>): PlacedAtMapping {
  return {
    parameter,
    key: elementPath(paths.key),
    type: elementPath(paths.type),
    value: elementPath(paths.value),
  };
}

/** As {@link readFhirMapping}, from a file. */
export function loadFhirMapping(path: string, law: MappingLaw): FhirMapping {
  return readFhirMapping(readFileSync(path, 'utf8'), law);
}
