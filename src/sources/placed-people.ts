import { parseUprn } from '../core/identifiers/uprn.js';
import type { CivilDate } from '../core/vocabulary/time.js';
import { MOST_PLACED, type PlacedPeople, type PlacedPerson, type SubjectIdentifier } from './source-systems.js';

/** What one record says of somebody at an address, as far as it could be read. */
export interface PlacedRecord {
  /** Those the gateway knows, in the order in which the source is asked by them. */
  readonly identifiers: readonly SubjectIdentifier[];
  readonly birthDate: string | undefined;
  /** Whether the source marks them, or where they are, as restricted. */
  readonly isRestricted: boolean;
}

/** Whether somebody born on a day is under 18 on another. Whose day is not known is no child: nobody else is told of. */
function isChild(birthDate: string | undefined, on: CivilDate): boolean {
  if (birthDate === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(birthDate) || birthDate > on) return false;
  const [year, ...day] = birthDate.split('-');
  return [String(Number(year) + 18).padStart(4, '0'), ...day].join('-') > on;
}

/**
 * What the records of an address come to.
 *
 * One that is restricted keeps all back: the address is then somebody's hiding place. One without an identifier cannot be
 * asked about, and is left out; two of one number are one person. Grown-ups stay among them: what protects one of them
 * protects the place.
 */
export function placedPeopleOf(records: readonly PlacedRecord[], on: CivilDate): PlacedPeople {
  if (records.some(({ isRestricted }) => isRestricted)) return { is: 'kept-back' };
  const people = new Map<string, PlacedPerson>();
  for (const { identifiers, birthDate } of records) {
    const [first, ...others] = identifiers;
    if (first === undefined) continue;
    people.set(`${first.system}:${first.value}`, {
      identifiers: [first, ...others],
      isChild: isChild(birthDate, on),
    });
  }
  if (people.size > MOST_PLACED) return { is: 'too-many' };
  return { is: 'found', people: [...people.values()] };
}

/** Whether a record's own UPRN is the one asked for. A server may ignore what it was asked by. */
export function isSameUprn(given: unknown, asked: string): boolean {
  if (typeof given !== 'string') return false;
  const parsed = parseUprn(given);
  return parsed.ok && parsed.value === asked;
}
