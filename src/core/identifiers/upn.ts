import { asciiUpperCase } from './ascii-upper-case.js';
import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { weightedSum } from './modulus-11.js';

const alphabet = 'ABCDEFGHJKLMNPQRTUVWXYZ';

/**
 * Reads a Unique Pupil Number of England and Wales: a check letter, then local authority, school, year and serial, 12 digits.
 *
 * One that ends in a letter was given by a school until the permanent one is found: it is refused as `temporary`,
 * since another school may have given the same pupil another.
 *
 * @returns upper-case letter and 12 digits
 * @see DfE, Unique pupil numbers: guidance, check letter
 */
export function parseUpn(text: string): IdentifierResult {
  const upn = /^[A-Za-z]\d{11}[\dA-Za-z]$/.test(text) ? asciiUpperCase(text) : undefined;
  if (upn === undefined || /[IOS]/.test(upn)) return notIdentified('format');
  if (!/\d$/.test(upn)) return notIdentified('temporary');
  const sum = weightedSum(upn.slice(1), (index) => index + 2);
  return upn.charAt(0) === alphabet.charAt(sum % 23) ? identified(upn) : notIdentified('check');
}
