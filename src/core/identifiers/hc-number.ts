import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { hasModulus11CheckDigit } from './modulus-11.js';
import { tenDigits } from './ten-digits.js';

/**
 * Reads a Health and Care number of Northern Ireland: ten digits from 320 000 0010 to 399 999 9999, plain or shown 3-3-4.
 *
 * @returns ten digits
 */
export function parseHcNumber(text: string): IdentifierResult {
  const digits = tenDigits(text);
  if (digits === undefined) return notIdentified('format');
  if (!hasModulus11CheckDigit(digits)) return notIdentified('check');
  return digits >= '3200000010' && digits <= '3999999999' ? identified(digits) : notIdentified('range');
}
