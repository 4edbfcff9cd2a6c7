import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { hasModulus11CheckDigit } from './modulus-11.js';
import { tenDigits } from './ten-digits.js';

/**
 * Reads an NHS number of England, Wales and the Isle of Man: ten digits, plain or shown 3-3-4 with spaces or hyphens.
 *
 * Below 4 the tens of millions are Scotland's (CHI) and Northern Ireland's (H&C), which are other systems; ten equal digits pass
 * the check and stand for nobody. Does not say that the number is anyone's, nor that it is still in use.
 *
 * @returns ten digits
 * @see NHS Data Dictionary, NHS NUMBER: Modulus 11
 */
export function parseNhsNumber(text: string): IdentifierResult {
  const digits = tenDigits(text);
  if (digits === undefined) return notIdentified('format');
  if (!hasModulus11CheckDigit(digits)) return notIdentified('check');
  if (digits < '4000000000' || /^(\d)\1{9}$/.test(digits)) return notIdentified('range');
  return identified(digits);
}
