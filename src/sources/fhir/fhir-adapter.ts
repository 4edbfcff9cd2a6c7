import type { Leaf } from '../../core/law/catalogue.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { SourceAnswer } from '../../core/redaction/source-record.js';
import type { Category, LeafPath } from '../../core/vocabulary/codes.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Egress } from '../../platform/egress/egress.js';
import { SourceAdapter, type Fetch } from '../source-adapter.js';
import type { SubjectIdentifier } from '../source-systems.js';
import { elementPath, valuesAt } from './element-path.js';
import { FhirClient } from './fhir-client.js';
import { readLeaf, type LeafMapping, type ResourceType } from './mapping.js';

/** The systems by which a FHIR server knows a person's numbers. */
const SYSTEMS: ReadonlyMap<string, string> = new Map([['nhs-number', 'https://fhir.nhs.uk/Id/nhs-number']]);

type Resources = ReadonlyMap<string, readonly Json[]>;

/** One search that several leaves share. */
interface Search {
  readonly resource: ResourceType;
  readonly parameters: Readonly<Record<string, string>>;
}

const keyOf = ({ resource, parameters }: Search): string =>
  `${resource}?${new URLSearchParams(Object.entries(parameters).sort()).toString()}`;

/** Reads records from a FHIR R4 server, by a mapping that is data. */
export class FhirAdapter extends SourceAdapter {
  override readonly kind = 'fhir-r4';

  constructor(
    private readonly egress: Egress,
    private readonly mappings: readonly LeafMapping[],
    private readonly leaves: ReadonlyMap<LeafPath, Leaf>,
  ) {
    super();
  }

  override async fetch(fetch: Fetch): Promise<ReadonlyMap<Category, SourceAnswer>> {
    const client = new FhirClient(this.egress, fetch.baseUrl, fetch.onBehalfOf);
    const patient = await this.findPatient(client, fetch.identifiers);
    if (patient === 'unavailable') return all(fetch, { status: 'unavailable' });
    if (patient === 'not-held') return all(fetch, { status: 'not-held' });
    const wanted = this.mappings.filter(({ leaf }) => fetch.leaves.has(leaf));
    const resources = await this.fetchAll(client, patient, wanted);
    return new Map(
      fetch.categories.map((category) => [category, this.answer(category, wanted, resources, fetch.period)] as const),
    );
  }

  /** Exactly one person with every number that was given: a server may answer for another child. */
  private async findPatient(
    client: FhirClient,
    identifiers: readonly SubjectIdentifier[],
  ): Promise<JsonObject | 'not-held' | 'unavailable'> {
    const known = identifiers.flatMap(({ system, value }) => {
      const fhirSystem = SYSTEMS.get(system);
      return fhirSystem === undefined ? [] : [{ system: fhirSystem, value }];
    });
    const [first] = known;
    if (first === undefined) return 'not-held';
    const result = await client.search(
      'Patient',
      new URLSearchParams({ identifier: `${first.system}|${first.value}` }),
    );
    if (result === 'unbelievable') return 'unavailable';
    const [patient, ...others] = result.resources;
    if (patient === undefined) return 'not-held';
    const isTheirs = known.every(({ system, value }) => {
      const held = valuesAt(patient, elementPath(`identifier[system=${system}].value`));
      return held.length === 1 && held[0] === value;
    });
    const { id } = patient;
    return others.length === 0 && isTheirs && typeof id === 'string' && /^[A-Za-z0-9.-]{1,64}$/.test(id)
      ? patient
      : 'unavailable';
  }

  private async fetchAll(client: FhirClient, patient: JsonObject, wanted: readonly LeafMapping[]): Promise<Resources> {
    const id = String(patient['id']);
    const searches = new Map(
      wanted
        .filter(({ resource }) => resource !== 'Patient')
        .map(({ resource, search }) => ({ resource, parameters: search }))
        .map((search) => [keyOf(search), search] as const),
    );
    const results = await Promise.all(
      [...searches].map(async ([key, { resource, parameters }]) => {
        const result = await client.search(resource, new URLSearchParams({ patient: id, ...parameters }), id);
        return [key, result] as const;
      }),
    );
    const believed = results.flatMap(([key, result]) =>
      result === 'unbelievable' ? [] : [[key, result.resources] as const],
    );
    return new Map<string, readonly Json[]>([[keyOf({ resource: 'Patient', parameters: {} }), [patient]], ...believed]);
  }

  /** A category is held only if every search it rests on was answered: a part must not look whole. */
  private answer(
    category: Category,
    wanted: readonly LeafMapping[],
    resources: Resources,
    period: Fetch['period'],
  ): SourceAnswer {
    const values = new Map<LeafPath, Json>();
    for (const mapping of wanted) {
      const leaf = this.leaves.get(mapping.leaf);
      if (leaf?.category !== category) continue;
      const found = resources.get(keyOf({ resource: mapping.resource, parameters: mapping.search }));
      if (found === undefined) return { status: 'unavailable' };
      const read = readLeaf(mapping, leaf, found, period);
      if (read === undefined) continue;
      const value = copyLeaf(read, leaf.type);
      // A value of another type than the catalogue's: the source is not to be believed about this category.
      if (value === undefined) return { status: 'unavailable' };
      values.set(leaf.path, value);
    }
    return values.size === 0 ? { status: 'not-held' } : { status: 'held', leaves: values };
  }
}

function all({ categories }: Fetch, answer: SourceAnswer): ReadonlyMap<Category, SourceAnswer> {
  return new Map(categories.map((category) => [category, answer]));
}
