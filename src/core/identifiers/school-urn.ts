import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';

/** Reads a school's Unique Reference Number of England: six digits. Two schools may share a name, never this. Does not say that there is such a school. */
export function parseSchoolUrn(text: string): IdentifierResult {
  return /^[1-9]\d{5}$/.test(text) ? identified(text) : notIdentified('format');
}
