import { type IdentifierResult, identified, notIdentified } from './identifier-result.js';

/** Reads a police force's two-digit code of the Police National Computer. Does not say that there is such a force. */
export function parsePoliceForceCode(text: string): IdentifierResult {
  return /^\d{2}$/.test(text) ? identified(text) : notIdentified('format');
}
