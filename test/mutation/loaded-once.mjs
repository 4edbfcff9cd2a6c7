// The law and the policies as they are read with no mutant active: core is what is mutated, not what reads the files.
import { loadCatalogue as readCatalogue } from '../../src/platform/catalogue/load-catalogue.ts';
import { loadPolicies as readPolicies } from '../../src/platform/catalogue/load-policies.ts';

const catalogues = new Map();
const policies = new Map();

export function loadCatalogue(directory) {
  const known = catalogues.get(directory) ?? readCatalogue(directory);
  catalogues.set(directory, known);
  return known;
}

export function loadPolicies(directory, law) {
  const known = policies.get(directory) ?? readPolicies(directory, law);
  policies.set(directory, known);
  return known;
}
