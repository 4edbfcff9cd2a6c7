import type { Resource } from '../../src/cli/stand-ins/fhir-search.js';
import { ANOTHER_CHILD, says, THE_CHILD, type Behaviour, type Dialect } from './hostile-system.js';

function patient(id: string, nhsNumber: string): Resource {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
    name: [{ use: 'official', family: 'Northmoor-Test', given: ['Ava', 'Test'] }],
    birthDate: '2022-05-01',
    gender: 'female',
  };
}

function finding(id: string, of: string): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ code: 'exam' }] }],
    code: { coding: [{ system: 'http://snomed.info/sct', code: '125667009', display: 'Contusion' }] },
    subject: { reference: `Patient/${of}` },
    effectiveDateTime: '2026-11-22T14:20:00Z',
  };
}

/** What an honest server holds of the child. */
const HONEST: readonly Resource[] = [patient('ava', THE_CHILD), finding('bruise', 'ava')];

export function searchset(resources: readonly object[], more: object = {}): string {
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource })),
    ...more,
  });
}

function resourcesOf(honest: string): readonly Resource[] {
  return (JSON.parse(honest) as { entry: { resource: Resource }[] }).entry.map(({ resource }) => resource);
}

/** Answers with another searchset. */
const found = (change: (honest: readonly Resource[]) => string): Behaviour =>
  says((honest) => change(resourcesOf(honest)));

/** Answers with every resource changed. */
export const changed = (change: (resource: Resource) => object): Behaviour =>
  found((honest) => searchset(honest.map(change)));

const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing' }] };

const isPatient = ({ resourceType }: Resource): boolean => resourceType === 'Patient';

/** A trust's FHIR R4 server. */
export const FHIR = {
  adapter: 'fhir-r4',
  contentType: 'application/fhir+json; fhirVersion=4.0',
  partOf: (address) => /^\/base\/([A-Za-z]+)\/_search$/.exec(address)?.[1] ?? 'nothing',
  first: 'Patient',
  honest: (part) => searchset(HONEST.filter(({ resourceType }) => resourceType === part)),
  behaviours: {
    'repeats a key': says((honest) => honest.replace('"resource":', '"resource":null,"resource":')),
    'sends a lone surrogate': says((honest) => honest.replace('"final"', '"\\ud800"').replace('Ava', '\\ud800')),
    'answers with an outcome': says(() => JSON.stringify(outcome)),
    'puts an outcome among the people': found((honest) => searchset([...honest, outcome])),
    'sends an answer of another kind': found((honest) => searchset(honest, { type: 'collection' })),
    'sends people that are no list': found((honest) => searchset(honest, { entry: { resource: { ...honest[0] } } })),
    'sends people that are no objects': found((honest) => searchset(honest, { entry: [null, 1, 'Patient'] })),
    'says there is another page': found((honest) =>
      searchset(honest, { link: [{ relation: 'next', url: 'http://127.0.0.1/next' }] }),
    ),
    'says there are more than it sends': found((honest) => searchset(honest, { total: honest.length + 1 })),
    'sends too many': found((honest) => searchset(Array.from({ length: 501 }, () => ({ ...honest[0] })))),
    'sends another type of record': changed((resource) => ({ ...resource, resourceType: 'Basic' })),
    'modifies what a record means': changed((resource) => ({
      ...resource,
      modifierExtension: [{ url: 'https://not.example/negated', valueBoolean: true }],
    })),
    'answers for another child': found(({ [0]: resource }) =>
      searchset([
        resource !== undefined && isPatient(resource) ? patient('ava', ANOTHER_CHILD) : finding('bruise', 'bea'),
      ]),
    ),
    'adds another child': found((honest) =>
      searchset([...honest, honest.some(isPatient) ? patient('bea', ANOTHER_CHILD) : finding('break', 'bea')]),
    ),
    'names two children at once': changed((resource) =>
      isPatient(resource)
        ? {
            ...resource,
            identifier: [THE_CHILD, ANOTHER_CHILD].map((value) => ({
              system: 'https://fhir.nhs.uk/Id/nhs-number',
              value,
            })),
          }
        : { ...resource, patient: { reference: 'Patient/bea' } },
    ),
    'names no child': changed((resource) =>
      Object.fromEntries(Object.entries(resource).filter(([name]) => name !== 'identifier' && name !== 'subject')),
    ),
    'sends values of the wrong types': changed((resource) =>
      isPatient(resource)
        ? { ...resource, identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: Number(THE_CHILD) }] }
        : { ...resource, code: { coding: [{ display: { toString: 'Contusion' } }] } },
    ),
    'sends a text that is too long': changed((resource) =>
      isPatient(resource)
        ? { ...resource, id: 'a'.repeat(65) }
        : { ...resource, code: { coding: [{ display: 'x'.repeat(161) }] } },
    ),
  },
  faults: {
    'calls its answer HTML': 'not-fhir-json',
    'calls its answer nothing': 'not-fhir-json',
    'repeats a key': 'not-strict-json',
    'sends a lone surrogate': 'not-strict-json',
    'answers with an outcome': 'not-a-searchset',
    'puts an outcome among the people': 'another-type',
    'sends an answer of another kind': 'not-a-searchset',
    'sends people that are no list': 'not-a-searchset',
    'sends people that are no objects': 'another-type',
    'says there is another page': 'more-pages',
    'says there are more than it sends': 'more-pages',
    'sends too many': 'too-many',
    'sends another type of record': 'another-type',
    'modifies what a record means': 'unknown-modifier',
    'answers for another child': 'another-person',
    'adds another child': 'another-person',
    'names two children at once': 'another-person',
    'names no child': 'another-person',
    // Of a patient, that it is not known to be the child.
    'sends values of the wrong types': 'wrong-type',
    'sends a text that is too long': 'wrong-type',
  },
} as const satisfies Dialect;

/** The name of something a FHIR server may do besides. */
export type FhirBehaviour = keyof typeof FHIR.behaviours;
