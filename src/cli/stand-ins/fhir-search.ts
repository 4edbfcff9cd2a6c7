import type { Json, JsonObject } from '../../core/vocabulary/json.js';

// FHIR R4 3.1.1 (search): the parameters a small trust's server supports, written from the specification.

/** A resource of a FHIR server: any JSON object that names its type and id. */
export type Resource = JsonObject & { readonly resourceType: string; readonly id: string };

type Matcher = (resource: Resource, value: string) => boolean;

function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}

/** 3.1.1.5.7: what stands between marks, of which those after a backslash are not marks. */
function partsOf(text: string, mark: ',' | '|'): readonly string[] {
  return text.split(new RegExp(String.raw`(?<!(?<!\\)(?:\\\\)*\\)[${mark}]`));
}

const unescaped = (text: string): string => text.replace(/\\([\\,|$])/g, '$1');

/** 3.1.1.5.12 token: `code`, `system|code`, `|code`, `system|`. */
function tokenMatches(token: string, system: Json | undefined, code: Json | undefined): boolean {
  const [wantedSystem = '', wantedCode] = partsOf(token, '|').map(unescaped);
  if (wantedCode === undefined) return code === wantedSystem;
  if (wantedSystem === '' ? system !== undefined : system !== wantedSystem) return false;
  return wantedCode === '' || code === wantedCode;
}

function concept(name: string): Matcher {
  return (resource, token) =>
    list(resource[name])
      .flatMap((given) => list(member(given, 'coding')))
      .some((coding) => tokenMatches(token, member(coding, 'system'), member(coding, 'code')));
}

const coding =
  (name: string): Matcher =>
  (resource, token) =>
    tokenMatches(token, member(resource[name], 'system'), member(resource[name], 'code'));

const plainCode =
  (name: string): Matcher =>
  (resource, token) =>
    tokenMatches(token, undefined, resource[name]);

const identifier: Matcher = (resource, token) =>
  list(resource['identifier']).some((given) => tokenMatches(token, member(given, 'system'), member(given, 'value')));

const patient: Matcher = (resource, reference) => {
  const subject = member(resource['subject'] ?? resource['patient'], 'reference');
  return subject === reference || subject === `Patient/${reference}`;
};

const ADDRESS_KEY = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey';

/** A parameter of this server's own: the UPRN of any of a patient's addresses, as UK Core's address key has it. */
const addressUprn: Matcher = (resource, uprn) =>
  list(resource['address'])
    .flatMap((address) => list(member(address, 'extension')))
    .filter((extension) => member(extension, 'url') === ADDRESS_KEY)
    .some((key) => {
      const parts = list(member(key, 'extension'));
      const part = (url: string): Json | undefined => parts.find((one) => member(one, 'url') === url);
      return (
        member(member(part('type'), 'valueCoding'), 'code') === 'UPRN' && member(part('value'), 'valueString') === uprn
      );
    });

const PREFIX = /^(ge|le|gt|lt|eq)?(\d{4}-\d{2}-\d{2})$/;

/** 3.1.1.5.6 date, to the day: enough for records that are dated by the day. */
function date(read: (resource: Resource) => Json | undefined): Matcher {
  return (resource, value) => {
    const [, prefix = 'eq', wanted = ''] = PREFIX.exec(value) ?? [];
    const at = read(resource);
    if (typeof at !== 'string') return false;
    const day = at.slice(0, 10);
    switch (prefix) {
      case 'ge':
        return day >= wanted;
      case 'le':
        return day <= wanted;
      case 'gt':
        return day > wanted;
      case 'lt':
        return day < wanted;
      default:
        return day === wanted;
    }
  };
}

/** What each type may be searched by. A parameter outside it is an error, as `Prefer: handling=strict` asks. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Matcher>>>> = {
  Patient: { identifier, 'address-uprn': addressUprn, _id: (resource, id) => resource.id === id },
  RelatedPerson: { patient },
  Flag: { patient, status: plainCode('status'), category: concept('category') },
  Observation: {
    patient,
    category: concept('category'),
    code: concept('code'),
    date: date((resource) => resource['effectiveDateTime']),
  },
  Encounter: {
    patient,
    class: coding('class'),
    status: plainCode('status'),
    date: date((resource) => member(resource['period'], 'start')),
  },
  Condition: { patient, category: concept('category'), code: concept('code') },
  AllergyIntolerance: { patient },
  CarePlan: { patient, status: plainCode('status'), category: concept('category') },
  CareTeam: { patient, status: plainCode('status') },
};

/** Whether the server holds resources of a type at all. */
export function isServed(type: string): boolean {
  return Object.hasOwn(PARAMETERS, type);
}

/** The types served and what each may be searched by, for the capability statement. */
export function servedTypes(): readonly { readonly type: string; readonly parameters: readonly string[] }[] {
  return Object.entries(PARAMETERS).map(([type, parameters]) => ({ type, parameters: Object.keys(parameters) }));
}

function isSupported(matchers: Readonly<Record<string, Matcher>>, name: string, value: string): boolean {
  return Object.hasOwn(matchers, name) && (name !== 'date' || partsOf(value, ',').every((day) => PREFIX.test(day)));
}

/** The resources of a type that match every parameter, or the name of one the server does not support. */
export function search(
  resources: readonly Resource[],
  type: string,
  query: URLSearchParams,
): { readonly found: readonly Resource[] } | { readonly unsupported: string } {
  const matchers = PARAMETERS[type] ?? {};
  const wanted = [...query].filter(([name, value]) => name !== '_format' || !/json$/.test(value));
  const unsupported = wanted.find(([name, value]) => !isSupported(matchers, name, value));
  if (unsupported !== undefined) return { unsupported: unsupported[0] };
  const found = resources.filter(
    (resource) =>
      resource.resourceType === type &&
      wanted.every(([name, value]) => partsOf(value, ',').some((given) => matchers[name]?.(resource, given))),
  );
  return { found };
}
