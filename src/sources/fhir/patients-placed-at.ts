import { isIdentifierSystem, parseIdentifier } from '../../core/identifiers/identifier-systems.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import { isSameUprn, type PlacedRecord } from '../placed-people.js';
import type { SubjectIdentifier } from '../source-systems.js';
import { elementPath, valuesAt } from './element-path.js';
import type { PlacedAtMapping } from './mapping.js';
import { elementLabels, isRestricting, resourceLabels, type LabelRules } from './security-labels.js';

const ADDRESSES = elementPath('address');
const USE = elementPath('use');
const ENDS = elementPath('period.end');
const BORN = elementPath('birthDate');
const REPLACED = elementPath('link[type=replaced-by].type');
const UPRN = 'UPRN';

/** By what patients are found, and how their numbers and labels are read. */
export interface PlacedReading {
  readonly placedAt: PlacedAtMapping;
  /** The systems by which FHIR servers know a person's numbers, by ours. */
  readonly systems: ReadonlyMap<string, string>;
  readonly labels: LabelRules;
}

/** Whether an address is named by a UPRN in its register, and by this one. */
function isAt(address: Json, uprn: string, { key, type, value }: PlacedAtMapping): boolean {
  return valuesAt(address, key).some(
    (named) => valuesAt(named, type).includes(UPRN) && valuesAt(named, value).some((given) => isSameUprn(given, uprn)),
  );
}

/** FHIR R4 2.24.0.11 (AddressUse): where nobody lives, or not any more. A refuge is a `temp` more often than a `home`. */
const NOT_LIVED_AT: readonly Json[] = ['old', 'work', 'billing'];

/** Whether somebody lives at an address still: one that does not say when that ended has not. */
function isLivedAt(address: Json, on: CivilDate): boolean {
  if (valuesAt(address, USE).some((use) => NOT_LIVED_AT.includes(use))) return false;
  return valuesAt(address, ENDS).every((end) => typeof end === 'string' && end.slice(0, 10) >= on);
}

/** FHIR R4 8.1: a record that another has replaced is not used any more; the dead live nowhere. */
function isNobody(patient: JsonObject): boolean {
  const died = patient['deceasedBoolean'] === true || patient['deceasedDateTime'] !== undefined;
  return died || valuesAt(patient, REPLACED).length > 0;
}

/** Every number the record has once, in its own system's form. Two of a kind may be two children's: then none of them counts. */
function numbersOf(patient: JsonObject, systems: ReadonlyMap<string, string>): readonly SubjectIdentifier[] {
  return [...systems].flatMap(([system, fhirSystem]) => {
    const held = valuesAt(patient, elementPath(`identifier[system=${fhirSystem}].value`));
    const [value] = held;
    if (held.length !== 1 || typeof value !== 'string' || !isIdentifierSystem(system)) return [];
    const parsed = parseIdentifier(system, value);
    return parsed.ok ? [{ system, value: parsed.value }] : [];
  });
}

/**
 * What the patients found for an address say of themselves, those alone who live there still.
 *
 * @returns `another-address` where one never was there: then the server answered something else than was asked
 */
export function patientsPlacedAt(
  patients: readonly JsonObject[],
  uprn: string,
  on: CivilDate,
  { placedAt, systems, labels }: PlacedReading,
): readonly PlacedRecord[] | 'another-address' {
  const records: PlacedRecord[] = [];
  for (const patient of patients) {
    const there = valuesAt(patient, ADDRESSES).filter((address) => isAt(address, uprn, placedAt));
    if (there.length === 0) return 'another-address';
    if (isNobody(patient) || !there.some((address) => isLivedAt(address, on))) continue;
    const [born] = valuesAt(patient, BORN);
    records.push({
      identifiers: numbersOf(patient, systems),
      birthDate: typeof born === 'string' ? born : undefined,
      isRestricted: isRestricting([...resourceLabels(patient), ...there.flatMap(elementLabels)], labels),
    });
  }
  return records;
}
