import { asciiUpperCase } from './ascii-upper-case.js';
import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';

/** Reads a local authority's three-digit code of the Department for Education. Does not say that there is such an authority. */
export function parseDfeLocalAuthorityCode(text: string): IdentifierResult {
  return /^[1-9]\d{2}$/.test(text) ? identified(text) : notIdentified('format');
}

/**
 * Reads the Office for National Statistics code of a local authority: E06 unitary, E07 district, E08 metropolitan, E09 London,
 * E10 county, W06, S12, N09. Codes of other areas are `range`.
 *
 * @returns upper-case letter and eight digits
 */
export function parseOnsLocalAuthorityCode(text: string): IdentifierResult {
  const code = asciiUpperCase(text);
  if (!/^[EWSN]\d{8}$/.test(code)) return notIdentified('format');
  return /^(E0[6-9]|E10|W06|S12|N09)/.test(code) ? identified(code) : notIdentified('range');
}
