import { asciiUpperCase } from './ascii-upper-case.js';
import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { policeCheckLetter } from './modulus-23.js';

/**
 * Reads a Criminal Records Office number: `nnnnnn/YYC` with fingerprints held, or `SFYY/nC` without.
 *
 * The serial counts with six digits in the first form, and as it is written in the second.
 *
 * @returns `nnnnnn/YYC` with six digits, or `SFYY/nC`
 */
export function parseCroNumber(text: string): IdentifierResult {
  const upper = asciiUpperCase(text);
  const [, digits, year, letter] = /^(\d{1,6})\/(\d{2})([A-Z])$/.exec(upper) ?? [];
  if (digits !== undefined && year !== undefined && letter !== undefined) {
    const serial = digits.padStart(6, '0');
    return policeCheckLetter(year, serial) === letter
      ? identified(`${serial}/${year}${letter}`)
      : notIdentified('check');
  }
  const [, sfYear, sfSerial, sfLetter] = /^SF(\d{2})\/(\d{1,6})([A-Z])$/.exec(upper) ?? [];
  if (sfYear === undefined || sfSerial === undefined || sfLetter === undefined) return notIdentified('format');
  return policeCheckLetter(sfYear, sfSerial) === sfLetter ? identified(upper) : notIdentified('check');
}
