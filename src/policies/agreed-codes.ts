import type { Catalogue } from '../core/law/catalogue.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { Fault } from '../platform/problems/gateway-problem.js';
import type { AgreementTerms } from './agreements.js';

/** The codes of an agreement that are in no list of the catalogue, each with its pointer. */
export function unknownCodesOf(terms: AgreementTerms, catalogue: Catalogue): readonly Fault[] {
  const known = {
    power: (code: string) => has(catalogue.powers, code),
    article6: (code: string) => has(catalogue.article6, code),
    article9: (code: string) => has(catalogue.article9, code),
    // Under Part 3 the condition is one of Schedule 8.
    schedule1: (code: string) => has(catalogue.schedule1, code) || has(catalogue.schedule8, code),
    article10: (code: string) => catalogue.article10.includes(code),
    confidentiality: (code: string) => has(catalogue.confidentiality, code),
  };
  const faults = (pointer: string, isKnown: boolean): Fault[] =>
    isKnown ? [] : [{ pointer, detail: 'must be a code of the catalogue' }];
  return [
    ...terms.purposes.flatMap((code, at) => faults(`/purposes/${String(at)}`, catalogue.purposes.has(code))),
    ...terms.dataItems.flatMap((item, at) =>
      faults(
        `/dataItems/${String(at)}`,
        catalogue.categories.has(item as Category) || catalogue.leaves.has(item as LeafPath),
      ),
    ),
    ...terms.bases.flatMap((basis, at) =>
      Object.entries(basis)
        .filter((entry): entry is [keyof typeof known, string] => entry[1] !== undefined)
        .flatMap(([part, code]) => faults(`/bases/${String(at)}/${part}`, known[part](code))),
    ),
  ];
}

function has(list: ReadonlyMap<string, unknown>, code: string): boolean {
  return list.has(code);
}
