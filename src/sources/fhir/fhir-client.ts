import { parseStrictObject } from '../../core/signing/strict-json.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Egress } from '../../platform/egress/egress.js';
import { elementPath, valuesAt } from './element-path.js';
import type { ResourceType } from './mapping.js';

/** What one search gave; `unbelievable` for anything that is not exactly what was asked for. */
export type SearchResult = { readonly resources: readonly JsonObject[] } | 'unbelievable';

const FHIR_TYPES = /^application\/(fhir\+json|json)(;|$)/i;
const MAX_RESOURCES = 500;
const SUBJECT = ['subject', 'patient'] as const;
const NEXT = elementPath('link[relation=next].url');

/** Searches a FHIR R4 server by POST, so that no identifier stands in an address, and believes only a whole, exact answer. */
export class FhirClient {
  constructor(
    private readonly egress: Egress,
    private readonly baseUrl: string,
    private readonly onBehalfOf: string,
  ) {}

  /** @param of the patient every resource must be about; absent when patients themselves are searched */
  async search(type: ResourceType, parameters: URLSearchParams, of?: string): Promise<SearchResult> {
    const result = await this.egress.send({
      method: 'POST',
      url: `${this.baseUrl}/${type}/_search`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/fhir+json',
        prefer: 'handling=strict',
        'x-on-behalf-of': this.onBehalfOf,
      },
      body: Buffer.from(parameters.toString()),
    });
    if (result.is === 'failed' || result.status !== 200) return 'unbelievable';
    if (!FHIR_TYPES.test(result.headers['content-type'] ?? '')) return 'unbelievable';
    const bundle = parseStrictObject(result.body);
    return bundle === undefined ? 'unbelievable' : resourcesIn(bundle, type, of);
  }
}

/**
 * A bundle is believed whole or not at all: one resource of another type or about another person, or a page that says
 * there is more, and nothing of it may be used.
 */
function resourcesIn(bundle: JsonObject, type: ResourceType, of: string | undefined): SearchResult {
  if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'searchset') return 'unbelievable';
  if (valuesAt(bundle, NEXT).length > 0) return 'unbelievable';
  const entries = bundle['entry'] ?? [];
  if (!Array.isArray(entries) || entries.length > MAX_RESOURCES) return 'unbelievable';
  const resources: JsonObject[] = [];
  for (const entry of entries as readonly Json[]) {
    const resource = memberOf(entry, 'resource');
    if (!isObject(resource) || resource['resourceType'] !== type) return 'unbelievable';
    if (of !== undefined && !SUBJECT.some((name) => memberOf(resource[name], 'reference') === `Patient/${of}`))
      return 'unbelievable';
    resources.push(resource);
  }
  return { resources };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
