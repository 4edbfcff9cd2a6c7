import { isJsonObject, parseStrictObject } from '../../core/signing/strict-json.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { OUTBOUND_LIMITS, type Egress, type OutboundFault, type OutboundResult } from '../../platform/egress/egress.js';
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
  | 'more-pages'
  | 'too-many'
  | 'another-type'
  | 'another-person'
  | 'unknown-modifier';

/** What one search gave, whole and exactly what was asked for, or why it is not believed. */
export type SearchResult =
  | { readonly is: 'believed'; readonly resources: readonly JsonObject[]; readonly answer?: Uint8Array }
  | { readonly is: 'unbelievable'; readonly fault: SearchFault; readonly answer?: Uint8Array };

const FHIR_TYPES = /^application\/(fhir\+json|json)\s*(;|$)/i;
const MAX_RESOURCES = 500;
const SUBJECT = ['subject', 'patient'] as const;
const MODIFIERS = ['modifierExtension', 'implicitRules'] as const;
const NEXT = elementPath('link[relation=next].relation');

/** Searches a FHIR R4 server by POST, so that no identifier stands in an address, and believes only a whole, exact answer. */
export class FhirClient {
  constructor(
    private readonly egress: Egress,
    private readonly baseUrl: string,
    private readonly onBehalfOf: string,
    private readonly budget: FetchBudget,
  ) {}

  /** @param of the patient every resource must be about; absent when patients themselves are searched */
  async search(type: ResourceType, parameters: URLSearchParams, of?: string): Promise<SearchResult> {
    const share = this.budget.setAside();
    if (share === undefined) return unbelievable('budget-spent');
    const result = await this.egress.send(
      {
        method: 'POST',
        repeatable: true,
        url: `${this.baseUrl}/${type}/_search`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/fhir+json',
          prefer: 'handling=strict',
          'x-on-behalf-of': this.onBehalfOf,
        },
        body: Buffer.from(parameters.toString()),
      },
      { ...OUTBOUND_LIMITS, ...share },
    );
    if (result.is === 'failed') return unbelievable(result.fault);
    this.budget.giveBack(share.maxBytes - result.body.length);
    const read = this.readAnswer(result, type, of);
    return { ...read, answer: result.body };
  }

  private readAnswer(
    { status, headers, body }: OutboundResult & { is: 'answered' },
    type: ResourceType,
    of: string | undefined,
  ): SearchResult {
    if (status !== 200) return unbelievable(isRefusal(status) ? 'refused' : 'not-ok');
    if (!FHIR_TYPES.test(headers['content-type'] ?? '')) return unbelievable('not-fhir-json');
    const bundle = parseStrictObject(body);
    return bundle === undefined ? unbelievable('not-strict-json') : this.resourcesIn(bundle, type, of);
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

function unbelievable(fault: SearchFault): SearchResult {
  return { is: 'unbelievable', fault };
}
