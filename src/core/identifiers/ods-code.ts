import { asciiUpperCase } from './ascii-upper-case.js';
import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';

/**
 * Reads an organisation's code of the NHS Organisation Data Service: 3 to 12 letters and digits. Does not say that there is such an organisation.
 *
 * @returns upper case
 */
export function parseOdsCode(text: string): IdentifierResult {
  const code = asciiUpperCase(text);
  return /^[A-Z0-9]{3,12}$/.test(code) ? identified(code) : notIdentified('format');
}
