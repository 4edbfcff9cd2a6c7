import { parseChiNumber } from './chi-number.js';
import { parseCroNumber } from './cro-number.js';
import { parseHcNumber } from './hc-number.js';
import type { IdentifierResult } from './identifier-result.js';
import { parseNhsNumber } from './nhs-number.js';
import { parsePncId } from './pnc-id.js';
import { parseUln } from './uln.js';
import { parseUpn } from './upn.js';

const parsers = {
  'nhs-number': parseNhsNumber,
  chi: parseChiNumber,
  'hc-number': parseHcNumber,
  upn: parseUpn,
  uln: parseUln,
  'pnc-id': parsePncId,
  cro: parseCroNumber,
} as const satisfies Record<string, (text: string) => IdentifierResult>;

/** A register whose numbers identify a person: `identifiers: [{ system, value }]`. A UPRN is no such thing: it is an address. */
export type IdentifierSystem = keyof typeof parsers;

/** The closed list of {@link IdentifierSystem}. */
export const identifierSystems = Object.keys(parsers) as readonly IdentifierSystem[];

/** Whether a text names one of the systems. */
export function isIdentifierSystem(text: string): text is IdentifierSystem {
  return Object.hasOwn(parsers, text);
}

/**
 * Reads a person's identifier in the form its system compares by.
 *
 * Refused before any look-up, so that a mistyped number never meets the record of someone else.
 * Proves that the number is well-formed, not whose it is.
 *
 * @returns the normal form, or the fault; never throws
 */
export function parseIdentifier(system: IdentifierSystem, text: string): IdentifierResult {
  return parsers[system](text);
}
