import { isJsonObject, parseStrictObject } from '../../core/signing/strict-json.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Egress, OutboundFault, OutboundResult } from '../../platform/egress/egress.js';
import { isRefusal } from '../source-adapter.js';
import { elementPath, valuesAt } from './element-path.js';
import type { FetchBudget } from './fetch-budget.js';
import type { ResourceType } from './mapping.js';

/** Why an answer is not believed, for operators: a code, nothing of what was answered. */
export type SearchFault =
  | OutboundFault
  | 'budget-spent'
  | 'not-ok'
  | 'refused'
  | 'not-fhir-json'
  | 'not-strict-json'
  | 'not-a-searchset'
  | 'not-a-batch'
  | 'more-pages'
  | 'too-many'
  | 'another-type'
  | 'another-person'
  | 'unknown-modifier';

/** What one search gave, whole and exactly what was asked for, or why it is not believed. */
export type SearchResult =
  | { readonly is: 'believed'; readonly resources: readonly JsonObject[]; readonly answer?: Uint8Array }
  | { readonly is: 'unbelievable'; readonly fault: SearchFault; readonly answer?: Uint8Array };

const FHIR_JSON = 'application/fhir+json';
const FORM = 'application/x-www-form-urlencoded';
const FHIR_TYPES = /^application\/(fhir\+json|json)\s*(;|$)/i;
const MAX_RESOURCES = 500;
const SUBJECT = ['subject', 'patient'] as const;
const MODIFIERS = ['modifierExtension', 'implicitRules'] as const;
const NEXT = elementPath('link[relation=next].relation');

/** One search: a type, and by what its resources are to be found. */
export interface Search {
  readonly type: ResourceType;
  readonly parameters: URLSearchParams;
}

type Share = NonNullable<ReturnType<FetchBudget['setAside']>>;

/** Searches a FHIR R4 server by POST, so that no identifier stands in an address, and believes only a whole, exact answer. */
export class FhirClient {
  constructor(
    private readonly egress: Egress,
    private readonly baseUrl: string,
    private readonly onBehalfOf: string,
    private readonly budget: FetchBudget,
  ) {}

  /** @param of the patient every resource must be about; absent when patients themselves are searched */
  async search({ type, parameters }: Search, of?: string): Promise<SearchResult> {
    const share = this.budget.setAside();
    if (share === undefined) return unbelievable('budget-spent');
    const result = await this.post(`/${type}/_search`, FORM, parameters.toString(), share);
    const bundle = this.bundleOf(result);
    const read = typeof bundle === 'string' ? unbelievable(bundle) : this.resourcesIn(bundle, type, of);
    return result.is === 'answered' ? { ...read, answer: result.body } : read;
  }

  /**
   * The same searches in one request, a batch (FHIR R4 3.1.0.11); the results are in their order.
   *
   * Each is believed or not for itself, as if it had been asked alone. What is no answer to every one of them, in order,
   * answers none: nobody could tell whose answer is missing.
   *
   * @param of the patient every resource must be about
   */
  async batch(searches: readonly Search[], of: string): Promise<readonly SearchResult[]> {
    const share = this.budget.setAside(searches.length);
    if (share === undefined) return searches.map(() => unbelievable('budget-spent'));
    const result = await this.post('', FHIR_JSON, JSON.stringify(batchOf(searches)), share);
    const bundle = this.bundleOf(result);
    const entries = typeof bundle === 'string' ? bundle : answersIn(bundle, searches.length);
    const came = result.is === 'answered' ? { answer: result.body } : {};
    return searches.map(({ type }, position) => {
      if (typeof entries === 'string') return { ...unbelievable(entries), ...came };
      return { ...this.readEntry(entries[position], type, of), ...came };
    });
  }

  private async post(path: string, contentType: string, body: string, share: Share): Promise<OutboundResult> {
    const result = await this.egress.send(
      {
        method: 'POST',
        repeatable: true,
        url: `${this.baseUrl}${path}`,
        headers: {
          'content-type': contentType,
          accept: FHIR_JSON,
          prefer: 'handling=strict',
          'x-on-behalf-of': this.onBehalfOf,
        },
        body: Buffer.from(body),
      },
      share,
    );
    if (result.is === 'answered') this.budget.giveBack(share.maxBytes - result.body.length);
    return result;
  }

  private bundleOf(result: OutboundResult): JsonObject | SearchFault {
    if (result.is === 'failed') return result.fault;
    const { status, headers, body } = result;
    if (status !== 200) return isRefusal(status) ? 'refused' : 'not-ok';
    if (!FHIR_TYPES.test(headers['content-type'] ?? '')) return 'not-fhir-json';
    return parseStrictObject(body) ?? 'not-strict-json';
  }

  private readEntry(entry: Json | undefined, type: ResourceType, of: string): SearchResult {
    if (!isJsonObject(entry)) return unbelievable('not-a-batch');
    const { response, resource } = entry;
    const status = isJsonObject(response) ? statusOf(response['status']) : undefined;
    if (status === undefined) return unbelievable('not-a-batch');
    if (status !== 200) return unbelievable(isRefusal(status) ? 'refused' : 'not-ok');
    return isJsonObject(resource) ? this.resourcesIn(resource, type, of) : unbelievable('not-a-searchset');
  }

  /**
   * A bundle is believed whole or not at all: one resource of another type or about another person, or a page that says
   * there is more, and nothing of it may be used.
   */
  private resourcesIn(bundle: JsonObject, type: ResourceType, of: string | undefined): SearchResult {
    const { entry: entries = [], total } = bundle;
    if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'searchset' || !Array.isArray(entries))
      return unbelievable('not-a-searchset');
    if (entries.length > MAX_RESOURCES) return unbelievable('too-many');
    if (valuesAt(bundle, NEXT).length > 0 || (total !== undefined && total !== entries.length))
      return unbelievable('more-pages');
    const resources: JsonObject[] = [];
    for (const entry of entries as readonly Json[]) {
      const resource = isJsonObject(entry) ? entry['resource'] : undefined;
      if (!isJsonObject(resource) || resource['resourceType'] !== type) return unbelievable('another-type');
      // FHIR R4 2.4.1.4: what an unknown modifier may turn into its opposite is not to be read at all.
      if (MODIFIERS.some((name) => Object.hasOwn(resource, name))) return unbelievable('unknown-modifier');
      if (of !== undefined && !this.isAbout(resource, of)) return unbelievable('another-person');
      resources.push(resource);
    }
    return { is: 'believed', resources };
  }

  /** Whether every one a resource names as its subject, one at least, is the patient. */
  private isAbout(resource: JsonObject, patient: string): boolean {
    const named = SUBJECT.filter((name) => Object.hasOwn(resource, name)).map((name) => resource[name]);
    const references = [`Patient/${patient}`, `${this.baseUrl}/Patient/${patient}`];
    return (
      named.length > 0 &&
      named.every((subject) => {
        const reference = isJsonObject(subject) ? subject['reference'] : undefined;
        return typeof reference === 'string' && references.includes(reference);
      })
    );
  }
}

function batchOf(searches: readonly Search[]): object {
  const entry = searches.map(({ type, parameters }) => ({
    request: { method: 'GET', url: `${type}?${parameters.toString()}` },
  }));
  return { resourceType: 'Bundle', type: 'batch', entry };
}

/** One entry a search, in the order of the searches (FHIR R4 3.1.0.11.2). */
function answersIn(bundle: JsonObject, count: number): readonly Json[] | SearchFault {
  const { entry } = bundle;
  if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'batch-response') return 'not-a-batch';
  return Array.isArray(entry) && entry.length === count ? (entry as readonly Json[]) : 'not-a-batch';
}

/** `Bundle.entry.response.status`: the code of HTTP, with or without its phrase. */
function statusOf(given: Json | undefined): number | undefined {
  return typeof given === 'string' && /^[1-5][0-9]{2}( |$)/.test(given) ? Number(given.slice(0, 3)) : undefined;
}

function unbelievable(fault: SearchFault): SearchResult & { is: 'unbelievable' } {
  return { is: 'unbelievable', fault };
}
