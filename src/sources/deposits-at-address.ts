import { isIdentifierSystem, parseIdentifier } from '../core/identifiers/identifier-systems.js';
import { isJsonObject } from '../core/signing/strict-json.js';
import type { Json } from '../core/vocabulary/json.js';
import type { DepositedContent } from './deposited-content.js';
import { isSameUprn, type PlacedRecord } from './placed-people.js';
import type { SubjectIdentifier } from './source-systems.js';

/** The categories that a deposit must have to say who lives where. */
export const SAYS_WHO_LIVES_WHERE = ['core-identity', 'address'] as const;

/** The leaves of `core-identity` that are numbers, in the order in which somebody is asked for by them. */
const NUMBERS: readonly (readonly [leaf: string, system: string])[] = [
  ['nhsNumber', 'nhs-number'],
  ['upn', 'upn'],
];

function isAt(address: Json, uprn: string): boolean {
  return isJsonObject(address) && isSameUprn(address['uprn'], uprn);
}

/** What a deposit says of somebody at an address; undefined where it does not place them there now. */
export function placedByDeposit(content: DepositedContent, uprn: string): PlacedRecord | undefined {
  const current = content['address']?.['current'];
  if (!Array.isArray(current) || !(current as readonly Json[]).some((address) => isAt(address, uprn))) return undefined;
  const who = content['core-identity'] ?? {};
  if (who['deceasedOn'] !== undefined) return undefined;
  const { birthDate } = who;
  return {
    identifiers: NUMBERS.flatMap(([leaf, system]): readonly SubjectIdentifier[] => {
      const value = who[leaf];
      if (typeof value !== 'string' || !isIdentifierSystem(system)) return [];
      const parsed = parseIdentifier(system, value);
      return parsed.ok ? [{ system, value: parsed.value }] : [];
    }),
    birthDate: typeof birthDate === 'string' ? birthDate : undefined,
    // Where somebody is hidden is never deposited; whom a protection keeps is known to the gateway itself.
    isRestricted: false,
  };
}
