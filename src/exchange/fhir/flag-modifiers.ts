import { pointerToken } from '../../platform/http/strict-json.js';

/** Elements that may change what others mean, wherever they stand (FHIR R4 2.1.10.4.1, 2.26.3.4). */
const MODIFIERS = new Set(['modifierExtension', 'implicitRules']);

/** Of a contained Patient, the elements that FHIR marks as modifiers. `false` says what is said without them. */
const OF_PATIENTS = ['active', 'deceasedBoolean', 'deceasedDateTime', 'link'] as const;

/** Pointers to every modifier of a resource, none of which is understood here. */
export function modifiersIn(resource: object): readonly string[] {
  return [...modifiersBelow(resource, ''), ...patientModifiers(resource)];
}

function modifiersBelow(value: unknown, at: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const pointer = at + pointerToken(key);
    return MODIFIERS.has(key) && member !== undefined ? [pointer] : modifiersBelow(member, pointer);
  });
}

function patientModifiers(resource: object): readonly string[] {
  const contained =
    'contained' in resource && Array.isArray(resource.contained) ? (resource.contained as object[]) : [];
  return contained.flatMap((patient, index) =>
    OF_PATIENTS.filter((member) => {
      const value: unknown = Reflect.get(patient, member);
      const saysNothing = value === undefined || (member === 'active' ? value === true : value === false);
      return !saysNothing;
    }).map((member) => `/contained/${String(index)}/${member}`),
  );
}
