import { join } from 'node:path';
import { loadFlagVocabulary, type FlagVocabulary } from '../../src/exchange/flag-vocabulary.js';

/** The terms that are served, with concepts enough to tell the known from the unknown. */
export function flagTerms(publicUrl = 'https://gateway.example'): FlagVocabulary {
  const concepts = new Map([
    ['http://snomed.info/sct|836881000000105', { title: 'child is cause for safeguarding concern' }],
    ['http://snomed.info/sct|417430008', { title: 'vulnerable adult' }],
  ]);
  return loadFlagVocabulary(join(import.meta.dirname, '..', '..', 'config'), { publicUrl, concepts });
}

/** A flag as a trust's record system would send it. */
export function aFlag(changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const flag: Record<string, unknown> = {
    resourceType: 'Flag',
    meta: { profile: ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Flag'] },
    status: 'active',
    code: { coding: [{ system: 'http://snomed.info/sct', code: '836881000000105' }] },
    subject: { type: 'Patient', identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' } },
    period: { start: '2026-11-20' },
    ...changed,
  };
  return Object.fromEntries(Object.entries(flag).filter(([, value]) => value !== undefined));
}
