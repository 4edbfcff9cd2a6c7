import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { identifierSystems } from '../core/identifiers/identifier-systems.js';

const file = z.partialRecord(z.enum(identifierSystems), z.url());

/**
 * Reads by which identifiers FHIR servers know a person, and what system each has there.
 *
 * @throws ZodError for an identifier the gateway does not know
 */
export function loadFhirIdentifiers(path: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(file.parse(parse(readFileSync(path, 'utf8')))));
}
