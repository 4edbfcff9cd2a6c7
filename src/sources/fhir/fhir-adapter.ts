import type { Leaf } from '../../core/law/leaf.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { SourceAnswer } from '../../core/redaction/source-record.js';
import type { Category, LeafPath, Obligation } from '../../core/vocabulary/codes.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Egress } from '../../platform/egress/egress.js';
import { placedPeopleOf } from '../placed-people.js';
import { answerOf, SourceAdapter, type Fetch, type PlaceFetch } from '../source-adapter.js';
import type { PlacedPeople, SubjectIdentifier } from '../source-systems.js';
import { elementPath, valuesAt } from './element-path.js';
import { FetchBudget, FETCH_LIMITS, type FetchLimits } from './fetch-budget.js';
import { FhirClient, type Search as Asked, type SearchResult } from './fhir-client.js';
import type { FhirMapping, LeafMapping, ResourceType } from './mapping.js';
import { patientsPlacedAt } from './patients-placed-at.js';
import { readLeaf } from './read-leaf.js';

const RESOURCE_ID = /^[A-Za-z0-9.-]{1,64}$/;
const REPLACED = elementPath('link[type=replaced-by].type');

/** What one search found, with the bytes it came in. */
interface Found {
  readonly resources: readonly Json[];
  readonly answer?: Uint8Array;
}

type Resources = ReadonlyMap<string, Found>;

/** The person found, with the id by which the server refers to them. */
interface Patient {
  readonly id: string;
  readonly resource: JsonObject;
  readonly answer?: Uint8Array;
}

/** One search that several leaves share. */
interface Search {
  readonly resource: ResourceType;
  readonly parameters: Readonly<Record<string, string>>;
}

const keyOf = ({ resource, parameters }: Search): string =>
  `${resource}?${new URLSearchParams(Object.entries(parameters).sort()).toString()}`;

const PATIENTS = keyOf({ resource: 'Patient', parameters: {} });

/** Kinds of FHIR server: one that is asked search by search, and one that answers several in a batch. */
export type FhirKind = 'fhir-r4' | 'fhir-r4-batch';

/** Reads records from a FHIR R4 server, by a mapping that is data. */
export class FhirAdapter extends SourceAdapter {
  /** The search that each mapping rests on. */
  private readonly keys: ReadonlyMap<LeafMapping, string>;

  constructor(
    override readonly kind: FhirKind,
    private readonly egress: Egress,
    private readonly mapping: FhirMapping,
    private readonly leaves: ReadonlyMap<LeafPath, Leaf>,
    /** The systems by which FHIR servers know a person's numbers, by ours; the first of the person's is asked by. */
    private readonly systems: ReadonlyMap<string, string>,
    private readonly limits: FetchLimits = FETCH_LIMITS,
  ) {
    super();
    this.keys = new Map(mapping.leaves.map((one) => [one, keyOf({ resource: one.resource, parameters: one.search })]));
  }

  override async fetch(fetch: Fetch): Promise<ReadonlyMap<Category, SourceAnswer>> {
    const totalMs = Math.min(this.limits.totalMs, fetch.withinMs);
    const budget = new FetchBudget({ ...this.limits, totalMs });
    const client = new FhirClient(this.egress, fetch.baseUrl, fetch.onBehalfOf, budget);
    const patient = await this.findPatient(client, fetch);
    if (typeof patient === 'string') return all(fetch, { status: patient });
    const wanted = this.mapping.leaves.filter(({ leaf }) => fetch.leaves.has(leaf));
    const found = { patient, resources: await this.fetchAll(client, patient, wanted, budget, fetch) };
    return new Map(
      fetch.categories.map((category) => [category, this.answer(category, wanted, found, fetch)] as const),
    );
  }

  /** A server that pages through an address has more people there than are looked at. */
  override async placedAt(search: PlaceFetch): Promise<PlacedPeople> {
    const { placedAt, labels } = this.mapping;
    const budget = new FetchBudget({ ...this.limits, totalMs: Math.min(this.limits.totalMs, search.withinMs) });
    const client = new FhirClient(this.egress, search.baseUrl, search.onBehalfOf, budget);
    if (placedAt === undefined) {
      search.onFault('asked-by-no-address');
      return { is: 'unavailable' };
    }
    const parameters = new URLSearchParams({ [placedAt.parameter]: search.uprn });
    const result = await client.search({ type: 'Patient', parameters });
    if (result.is === 'unbelievable') {
      if (result.fault === 'more-pages' || result.fault === 'too-many') return { is: 'too-many' };
      search.onFault(result.fault, result.answer);
      return { is: 'unavailable' };
    }
    const reading = { placedAt, systems: this.systems, labels };
    const records = patientsPlacedAt(result.resources, search.uprn, search.on, reading);
    if (records !== 'another-address') return placedPeopleOf(records, search.on);
    search.onFault(records, result.answer);
    return { is: 'unavailable' };
  }

  /**
   * Exactly one person with every number that can be asked for: a server may answer for another child.
   *
   * A person with no number this kind of system knows cannot be asked for at all, which is `unavailable`: `not-held` would
   * say that somebody had looked.
   */
  private async findPatient(
    client: FhirClient,
    { identifiers, others: alsoTheirs, onFault }: Fetch,
  ): Promise<Patient | 'not-held' | 'unavailable'> {
    const [first, ...more] = this.inFhir(identifiers);
    if (first === undefined) {
      onFault('no-known-identifier');
      return 'unavailable';
    }
    const parameters = new URLSearchParams({ identifier: `${first.system}|${first.value}` });
    const result = await client.search({ type: 'Patient', parameters });
    if (result.is === 'unbelievable') {
      onFault(result.fault, result.answer);
      return 'unavailable';
    }
    const [patient, ...others] = result.resources;
    if (patient === undefined) return 'not-held';
    const { id } = patient;
    if (
      others.length === 0 &&
      typeof id === 'string' &&
      RESOURCE_ID.test(id) &&
      isTheirs(patient, [first, ...more, ...this.inFhir(alsoTheirs)])
    )
      return { id, resource: patient, ...(result.answer !== undefined && { answer: result.answer }) };
    onFault('another-person', result.answer);
    return 'unavailable';
  }

  private inFhir(identifiers: readonly SubjectIdentifier[]): readonly SubjectIdentifier[] {
    return identifiers.flatMap(({ system, value }) => {
      const fhirSystem = this.systems.get(system);
      return fhirSystem === undefined ? [] : [{ system: fhirSystem, value }];
    });
  }

  private async fetchAll(
    client: FhirClient,
    { id, resource: person, ...came }: Patient,
    wanted: readonly LeafMapping[],
    budget: FetchBudget,
    { onFault }: Fetch,
  ): Promise<Resources> {
    const searches = new Map(
      wanted
        .filter(({ resource }) => resource !== 'Patient')
        .map((mapping) => [this.keys.get(mapping) ?? '', { resource: mapping.resource, parameters: mapping.search }]),
    );
    const keys = [...searches.keys()];
    const asked = [...searches.values()].map(({ resource: type, parameters }) => ({
      type,
      parameters: new URLSearchParams({ ...parameters, patient: id }),
    }));
    const results = await this.searchAll(client, asked, id, budget);
    const found = results.flatMap((result, position) => {
      if (result.is === 'believed') return [[keys[position] ?? '', result] as const];
      onFault(result.fault, result.answer);
      return [];
    });
    return new Map<string, Found>([[PATIENTS, { resources: [person], ...came }], ...found]);
  }

  private searchAll(
    client: FhirClient,
    asked: readonly Asked[],
    patient: string,
    budget: FetchBudget,
  ): Promise<readonly SearchResult[]> {
    // A batch of one would be the longer way to ask.
    if (this.kind === 'fhir-r4-batch' && asked.length > 1) return client.batch(asked, patient);
    return budget.each(asked, (search) => client.search(search, patient));
  }

  /**
   * A category is held only if every search it rests on was answered: a part must not look whole. One of which nothing
   * permitted is mapped was not looked for, and so is not said to be not held. Nobody is told of what is kept back, operators
   * neither: who counts what operators see, or times it, would learn that somebody is hidden.
   *
   * What bears a label that nobody here knows keeps back its whole category: without it the rest would look like all there is.
   */
  private answer(
    category: Category,
    wanted: readonly LeafMapping[],
    { patient, resources }: { readonly patient: Patient; readonly resources: Resources },
    { period, onFault }: Fetch,
  ): SourceAnswer {
    const values = new Map<LeafPath, Json>();
    const keptBack: LeafPath[] = [];
    const unknown: LeafPath[] = [];
    const conditions = new Set<Obligation>();
    const asked = wanted.filter(({ leaf }) => this.leaves.get(leaf)?.category === category);
    if (asked.length === 0) {
      onFault('nothing-mapped');
      return { status: 'unavailable' };
    }
    for (const mapping of asked) {
      const leaf = this.leaves.get(mapping.leaf);
      if (leaf === undefined) continue;
      const found = resources.get(this.keys.get(mapping) ?? '');
      if (found === undefined) return { status: 'unavailable' };
      const about = { person: patient.resource, resources: found.resources };
      const read = readLeaf(mapping, leaf, about, period, this.mapping.labels);
      if (read.isKeptBack) keptBack.push(leaf.path);
      if (read.conditions === 'unknown') unknown.push(leaf.path);
      if (read.value === undefined || read.conditions === 'unknown') continue;
      const value = copyLeaf(read.value, leaf.type);
      // A value of another type than the catalogue's: the source is not to be believed about this category.
      if (value === undefined) {
        onFault('wrong-type', found.answer);
        return { status: 'unavailable' };
      }
      values.set(leaf.path, value);
      for (const condition of read.conditions) conditions.add(condition);
    }
    if (unknown.length > 0) return { status: 'unavailable', keptBack: [...keptBack, ...unknown] };
    const answer = answerOf(
      values,
      keptBack,
      asked.some(({ whenRestricted }) => whenRestricted === 'kept-back'),
    );
    return answer.status === 'held' && conditions.size > 0 ? { ...answer, conditions: [...conditions].sort() } : answer;
  }
}

/**
 * The number asked by, and of the others whichever the record holds, one of each kind: a record with two NHS numbers may
 * be two children's.
 */
function isTheirs(patient: JsonObject, known: readonly SubjectIdentifier[]): boolean {
  // FHIR R4 8.1 (Patient.link): a record replaced by another must no longer be used.
  if (valuesAt(patient, REPLACED).length > 0) return false;
  return known.every(({ system, value }, position) => {
    const held = valuesAt(patient, elementPath(`identifier[system=${system}].value`));
    return held.length === 0 ? position > 0 : held.length === 1 && held[0] === value;
  });
}

function all({ categories }: Fetch, answer: SourceAnswer): ReadonlyMap<Category, SourceAnswer> {
  return new Map(categories.map((category) => [category, answer]));
}
