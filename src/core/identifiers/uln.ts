import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';
import { weightedSum } from './modulus-11.js';

/**
 * Reads a Unique Learner Number: ten digits, the last being 10 less the remainder of the first nine, weights 10 to 2, by 11.
 * A remainder of 0 belongs to no number, since no digit is 10.
 *
 * @returns ten digits
 */
export function parseUln(text: string): IdentifierResult {
  if (!/^\d{10}$/.test(text)) return notIdentified('format');
  const remainder = weightedSum(text.slice(0, 9), (index) => 10 - index) % 11;
  return 10 - remainder === Number(text[9]) ? identified(text) : notIdentified('check');
}
