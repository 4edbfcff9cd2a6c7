import type { PersonId } from '../../core/vocabulary/ids.js';
import type { GatewayKeys } from '../../platform/keys/gateway-keys.js';
import type { PersonDetails, SystemIdentifier } from '../subject.js';

/** An identifier as the database knows it: 32 bytes that only the gateway's key can make from the number. */
export interface BlindIdentifier {
  readonly system: string;
  readonly blindIndex: Buffer;
}

/** Keyed digests of what was said of a person; null where nothing was. */
export interface DetailDigests {
  readonly familyName: Buffer | null;
  readonly givenName: Buffer | null;
  readonly birthDate: Buffer | null;
}

// A plain hash of an NHS number is a lookup table of 10^9 lines; the key stays outside the database.
/** Finds a person's row by identifier. One key for the whole gateway, because a person is one row. */
export function blindIdentifier(keys: GatewayKeys, { system, value }: SystemIdentifier): BlindIdentifier {
  return { system, blindIndex: keys.mac('blind-index', `${system}:${value}`) };
}

/**
 * What two statements about one person are compared by.
 *
 * The person enters each digest, so equal names of two people do not show, and nobody can be found by name.
 */
export function detailDigests(keys: GatewayKeys, person: PersonId, details: PersonDetails): DetailDigests {
  const digest = (field: string, value: string | undefined): Buffer | null =>
    value === undefined ? null : keys.mac('blind-index', `detail:${field}:${person}:${comparable(value)}`);
  return {
    familyName: digest('family-name', details.familyName),
    givenName: digest('given-name', details.givenName),
    birthDate: digest('birth-date', details.birthDate),
  };
}

/**
 * One spelling for what two systems write differently without meaning anything by it: composition, case, spacing and
 * the typewriter's apostrophe and hyphen. No letter is dropped or folded: `O'Brien` and `OBrien` differ.
 */
export function comparable(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\u2018\u2019\u02BC]/gu, "'")
    .replace(/[\u2010\u2011]/gu, '-')
    .trim()
    .replace(/\s+/gu, ' ')
    .toLowerCase()
    .normalize('NFC');
}

/** Whether nothing said of a person contradicts what is held: a field absent on either side says nothing. */
export function agree(given: DetailDigests, held: DetailDigests): boolean {
  return (['familyName', 'givenName', 'birthDate'] as const).every((field) => {
    const [said, known] = [given[field], held[field]];
    return said === null || known === null || said.equals(known);
  });
}
