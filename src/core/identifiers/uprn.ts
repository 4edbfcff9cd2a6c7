import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';

/**
 * Reads a Unique Property Reference Number: one to twelve digits, without a check digit.
 *
 * It is an address, and is protected as one.
 *
 * @returns digits without leading zeros
 */
export function parseUprn(text: string): IdentifierResult {
  if (!/^\d{1,12}$/.test(text)) return notIdentified('format');
  const digits = text.replace(/^0+/, '');
  return digits === '' ? notIdentified('range') : identified(digits);
}
