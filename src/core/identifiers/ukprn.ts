import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';

/** Reads a UK Provider Reference Number of a learning provider: eight digits, the first a 1. Does not say that there is such a provider. */
export function parseUkprn(text: string): IdentifierResult {
  return /^1\d{7}$/.test(text) ? identified(text) : notIdentified('format');
}
