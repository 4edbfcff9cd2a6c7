import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { hasModulus11CheckDigit } from './modulus-11.js';

/**
 * Reads a Community Health Index number of Scotland: ten digits, the first six a birth date `DDMMYY`.
 *
 * The century is not in the number, so 29 February passes in every year that could be a leap year.
 * Sex and birth date that the digits imply are not to be drawn from it.
 *
 * @returns ten digits
 */
export function parseChiNumber(text: string): IdentifierResult {
  if (!/^\d{10}$/.test(text)) return notIdentified('format');
  if (!hasModulus11CheckDigit(text)) return notIdentified('check');
  return isDay(Number(text.slice(0, 2)), Number(text.slice(2, 4)), Number(text.slice(4, 6)))
    ? identified(text)
    : notIdentified('range');
}

function isDay(day: number, month: number, year: number): boolean {
  const february = year % 4 === 0 ? 29 : 28;
  const days = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}
