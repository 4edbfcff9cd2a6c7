import { asciiUpperCase } from './ascii-upper-case.js';
import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { policeCheckLetter } from './modulus-23.js';

// The number was first given in 1974; its short form drops the century, and a fixed border needs no clock.
const firstYearOfLastCentury = 50;

/**
 * Reads a Police National Computer id: `YYYY/nnnnnnnC`, or `YY/nnnnnnnC` where 50 to 99 are 1950 to 1999. Leading zeros of the serial may be left out.
 *
 * The check letter comes from two digits of the year and seven of the serial, so short and long form have the same one.
 *
 * @returns `YYYY/nnnnnnnC`, so that both forms are one identifier
 */
export function parsePncId(text: string): IdentifierResult {
  const [, year, digits, letter] = /^(\d{2}|\d{4})\/(\d{1,7})([A-Z])$/.exec(asciiUpperCase(text)) ?? [];
  if (year === undefined || digits === undefined || letter === undefined) return notIdentified('format');
  const serial = digits.padStart(7, '0');
  if (policeCheckLetter(year.slice(-2), serial) !== letter) return notIdentified('check');
  return identified(`${year.length === 4 ? year : fullYear(year)}/${serial}${letter}`);
}

function fullYear(twoDigits: string): string {
  return (Number(twoDigits) >= firstYearOfLastCentury ? '19' : '20') + twoDigits;
}
