/** Where FHIR R4 is served, under `PUBLIC_URL`. */
export const FHIR_ROOT = '/fhir/R4';

/** What FHIR is written in here: JSON, UTF-8 (FHIR R4 3.1.0.1.9). */
export const FHIR_JSON = 'application/fhir+json';

/** Addresses that are served, and by which methods. */
export const SERVED: readonly { readonly at: RegExp; readonly methods: string }[] = [
  { at: /^\/fhir\/R4\/metadata$/, methods: 'GET' },
  { at: /^\/fhir\/R4\/CodeSystem\/safeguarding-flag-category$/, methods: 'GET' },
  { at: /^\/fhir\/R4\/Flag$/, methods: 'POST' },
  { at: /^\/fhir\/R4\/Flag\/_search$/, methods: 'POST' },
  { at: /^\/fhir\/R4\/Flag\/[^/]+(\/_history\/[^/]+)?$/, methods: 'GET' },
];
