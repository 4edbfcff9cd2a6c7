import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { identifierSystems } from '../../core/identifiers/identifier-systems.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import { isListType, type Leaf, type ScalarType } from '../../core/law/leaf.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { Category, LeafPath, Obligation } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { DatedBy } from '../dated-items.js';
import { canFill, TRANSFORM_NAMES, type TransformName } from './transforms.js';

/** Where a value stands in a section or an item, and what is made of it. */
export interface Take {
  /** Names of members, from the outside in. */
  readonly from: readonly string[];
  readonly as: TransformName;
  /** The system's codes by ours; a code that is not listed is no value. */
  readonly codes?: ReadonlyMap<string, string>;
  /** A value every item gives, whatever it holds. */
  readonly always?: Json;
}

/** How one leaf is read from its category's section. */
export interface LeafShape {
  readonly leaf: Leaf;
  /** Says where somebody is: not read from what is marked restricted. */
  readonly isPlace: boolean;
  readonly value:
    | { readonly one: Take }
    | {
        readonly each: Readonly<Record<string, Take>>;
        /** Where in the section the list stands; empty: the section is the list. */
        readonly within: readonly string[];
        /** The columns by which an item falls in the period asked, first and last day; absent: not dated. */
        readonly dated?: DatedBy;
      };
}

/** How a kind of system marks what is restricted. */
export interface RestrictedMark {
  /** The member that says so: of a record, which must have it, and of a section or an item, which may. */
  readonly member: string;
  /** What it holds where nothing is restricted; anything else restricts. */
  readonly harmless: ReadonlySet<Json>;
}

/** What a system calls the conditions on a part of a record, and which obligation each of its codes is. */
export interface HandlingShape {
  readonly member: string;
  readonly codes: ReadonlyMap<string, Obligation>;
}

/** How a system says who is placed at an address. */
export interface PlacedAtShape {
  /** Below the endpoint's address. Holds nothing of which address is asked for. */
  readonly path: string;
  /** The member of a request's address, and of each person listed, that is the UPRN. */
  readonly uprn: string;
  /** When a person listed was born. */
  readonly born: Take;
}

/** One kind of JSON system: how it is asked, and where in its answer each leaf stands. */
export interface Shape {
  /** The kind of system, as endpoints name it. */
  readonly kind: string;
  /** Below the endpoint's address. Holds nothing of whom is asked for. */
  readonly path: string;
  /** The member of an answer that lists the people found. */
  readonly people: string;
  /** What the system calls each identifier it can be asked by; the first that is known is asked by. */
  readonly identifiers: ReadonlyMap<string, string>;
  /** What the system calls each category's part of a record. */
  readonly sections: ReadonlyMap<Category, string>;
  readonly leaves: readonly LeafShape[];
  /** Absent: the shape maps no leaf that says where somebody is. */
  readonly restricted?: RestrictedMark;
  /** Absent: the system puts no conditions on what it answers. */
  readonly handling?: HandlingShape;
  /** Absent: the system cannot say who is placed at an address. */
  readonly placedAt?: PlacedAtShape;
}

const member = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be the name of a member');
const steps = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,7}$/, 'must be names joined by dots');
const take = z.union([
  steps,
  z.strictObject({
    from: steps.optional(),
    as: z.enum(TRANSFORM_NAMES).optional(),
    codes: z.record(z.string(), z.string()).optional(),
    always: z.union([z.string(), z.boolean()]).optional(),
  }),
]);

const below = z.string().regex(/^(\/[A-Za-z0-9._-]+)+$/, 'must be a path with no query');

const file = z.strictObject({
  path: below,
  placedAt: z.strictObject({ path: below, uprn: member, born: take }).optional(),
  people: member,
  identifiers: z.partialRecord(z.enum(identifierSystems), member),
  sections: z.record(z.string(), member),
  handling: z.strictObject({ from: member, codes: z.record(z.string().min(1), z.string()) }).optional(),
  restricted: z.strictObject({ member, otherThan: z.array(z.union([z.string(), z.boolean()])).min(1) }).optional(),
  leaves: z.array(
    z.strictObject({
      leaf: z.string(),
      whenRestricted: z.literal('kept-back').optional(),
      one: take.optional(),
      each: z.record(z.string(), take).optional(),
      within: steps.optional(),
      dated: z.union([z.string(), z.strictObject({ from: z.string(), to: z.string() })]).optional(),
    }),
  ),
});

type GivenLeaf = z.infer<typeof file>['leaves'][number];

const stepsOf = (text: string | undefined): readonly string[] => text?.split('.') ?? [];

/** A date is taken for one unless the mapping says otherwise: whatever else is sent, is of the wrong type. */
const USUALLY: Readonly<Record<ScalarType['of'], TransformName>> = {
  string: 'text',
  text: 'text',
  code: 'text',
  date: 'date',
  instant: 'text',
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
};

function takeOf(leaf: string, given: z.infer<typeof take>, type: ScalarType | undefined): Take {
  if (type === undefined) throw new SyntaxError(`\`${leaf}\` has no such column`);
  if (typeof given === 'string') return { from: stepsOf(given), as: USUALLY[type.of] };
  const { from, as = USUALLY[type.of], codes, always } = given;
  if (from === undefined && always === undefined) throw new SyntaxError(`\`${leaf}\` is taken from nowhere`);
  if (!canFill(as, type)) throw new SyntaxError(`\`${leaf}\` cannot be filled by \`${as}\``);
  const fixed = [...Object.values(codes ?? {}), ...(always === undefined ? [] : [always])];
  const stranger = fixed.find((value) => copyLeaf(value, type) === undefined);
  if (stranger !== undefined) throw new SyntaxError(`\`${leaf}\` cannot be \`${String(stranger)}\``);
  return {
    from: stepsOf(from),
    as,
    ...(codes !== undefined && { codes: new Map(Object.entries(codes)) }),
    ...(always !== undefined && { always }),
  };
}

function valueOf({ leaf, one, each, within, dated }: GivenLeaf, { type }: Leaf): LeafShape['value'] {
  if (!isListType(type)) {
    if (one === undefined || each !== undefined || within !== undefined || dated !== undefined)
      throw new SyntaxError(`\`${leaf}\` holds one value: map it with \`one\` alone`);
    return { one: takeOf(leaf, one, type) };
  }
  const { listOf } = type;
  const span = typeof dated === 'string' ? { from: dated, to: dated } : dated;
  const named = [...Object.keys(each ?? {}), ...Object.values(span ?? {})];
  if (one !== undefined || each === undefined || !named.every((column) => Object.hasOwn(listOf, column)))
    throw new SyntaxError(`\`${leaf}\` is a list of ${Object.keys(listOf).join(', ')}: map it with \`each\` of those`);
  if (span !== undefined && !Object.values(span).every((column) => column in each && listOf[column]?.of === 'date'))
    throw new SyntaxError(`\`${leaf}\` is dated by a column that is no date, or is not mapped`);
  const taken = Object.entries(each).map(([column, given]) => [column, takeOf(leaf, given, listOf[column])] as const);
  return { each: Object.fromEntries(taken), within: stepsOf(within), ...(span !== undefined && { dated: span }) };
}

/** @throws SyntaxError for a place that is read from a restricted record, and for what is kept back and is none */
function isKeptBack({ leaf, whenRestricted }: GivenLeaf, isPlace: boolean, isMarked: boolean): boolean {
  if (isPlace && whenRestricted === undefined)
    throw new SyntaxError(`\`${leaf}\` says where somebody is, and must be \`kept-back\` when restricted`);
  // Of a place alone nothing is told by its absence.
  if (!isPlace && whenRestricted !== undefined) throw new SyntaxError(`\`${leaf}\` is not in \`places.yaml\``);
  if (isPlace && !isMarked) throw new SyntaxError(`\`${leaf}\` needs \`restricted\`: how a record is marked so`);
  return isPlace;
}

/** What a shape is read with. */
export interface ShapeLaw extends Pick<Catalogue, 'leaves' | 'obligations'> {
  /** The leaves that say where somebody is; each that is mapped must be kept back when restricted. */
  readonly places: ReadonlySet<LeafPath>;
}

/**
 * Reads the shape of one kind of JSON system.
 *
 * @param text YAML, of the form described at the head of `config/sources/json-police.yaml`
 * @throws SyntaxError naming what is at fault: a leaf or an obligation the catalogue lacks, one mapped
 * twice or with no section, a transform or a fixed value that is not the leaf's, a place that is read from a restricted
 * record; ZodError for anything malformed
 */
export function readShape(kind: string, text: string, { leaves, obligations, places }: ShapeLaw): Shape {
  const {
    path,
    placedAt,
    people,
    identifiers,
    sections,
    restricted,
    handling,
    leaves: given,
  } = file.parse(parse(text));
  const mapped = new Set<string>();
  const read = given.map((entry): LeafShape => {
    const leaf = leaves.get(entry.leaf as LeafPath);
    if (leaf === undefined) throw new SyntaxError(`\`${entry.leaf}\` is no leaf of the catalogue`);
    if (mapped.has(entry.leaf)) throw new SyntaxError(`\`${entry.leaf}\` is mapped twice`);
    if (!Object.hasOwn(sections, leaf.category)) throw new SyntaxError(`\`${leaf.category}\` has no section`);
    mapped.add(entry.leaf);
    const value = valueOf(entry, leaf);
    return { leaf, isPlace: isKeptBack(entry, places.has(leaf.path), restricted !== undefined), value };
  });
  const mark = restricted === undefined ? [] : [restricted.member];
  const names = [...Object.values(sections), ...Object.values(identifiers), ...mark];
  const idle = Object.keys(sections).find((category) => read.every(({ leaf }) => leaf.category !== category));
  if (idle !== undefined) throw new SyntaxError(`\`${idle}\` has a section and no leaf`);
  if (new Set(names).size < names.length) throw new SyntaxError(`\`${kind}\` gives two things one name`);
  if (placedAt !== undefined && restricted === undefined)
    throw new SyntaxError('`placedAt` needs `restricted`: how a record is marked so');
  const stranger = Object.values(handling?.codes ?? {}).find((code) => !obligations.has(code as Obligation));
  if (stranger !== undefined) throw new SyntaxError(`\`${stranger}\` is no obligation of the catalogue`);
  return {
    kind,
    path,
    people,
    identifiers: new Map(Object.entries(identifiers)),
    sections: new Map(Object.entries(sections)) as ReadonlyMap<string, string> as ReadonlyMap<Category, string>,
    leaves: read,
    ...(restricted !== undefined && {
      restricted: { member: restricted.member, harmless: new Set<Json>(restricted.otherThan) },
    }),
    ...(placedAt !== undefined && {
      placedAt: { ...placedAt, born: takeOf('placedAt.born', placedAt.born, { of: 'date' }) },
    }),
    ...(handling !== undefined && {
      handling: {
        member: handling.from,
        codes: new Map(Object.entries(handling.codes).map(([theirs, ours]) => [theirs, ours as Obligation])),
      },
    }),
  };
}

/** As {@link readShape}, from a file. */
export function loadShape(kind: string, path: string, law: ShapeLaw): Shape {
  return readShape(kind, readFileSync(path, 'utf8'), law);
}
