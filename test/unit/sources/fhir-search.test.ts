import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { search, type Resource } from '../../../src/cli/stand-ins/fhir-search.js';

const LOINC = 'http://loinc.org';

function observation(id: string, coding: JsonObject, more: JsonObject = {}): Resource {
  return {
    resourceType: 'Observation',
    id,
    code: { coding: [coding] },
    subject: { reference: 'Patient/ava' },
    ...more,
  };
}

const HELD: readonly Resource[] = [
  { resourceType: 'Patient', id: 'ava', identifier: [{ system: 'http://acme.org/patient', value: '2345' }] },
  {
    resourceType: 'Patient',
    id: 'bea',
    identifier: [{ value: '2345' }, { system: 'http://acme.org/patient', value: 'a,b|c' }],
  },
  observation('weight', { system: LOINC, code: '29463-7' }, { effectiveDateTime: '2026-11-22T14:20:00Z' }),
  observation('local', { code: '29463-7' }, { effectiveDateTime: '2026-03-01' }),
  observation('height', { system: LOINC, code: '8302-2' }, { subject: { reference: 'Patient/bea' } }),
];

function found(type: string, query: string): readonly string[] | string {
  const result = search(HELD, type, new URLSearchParams(query));
  return 'unsupported' in result ? result.unsupported : result.found.map(({ id }) => id);
}

// FHIR R4 3.1.1.5.12 (token), 3.1.1.4.13 (reference), 3.1.1.5.7 (escaping), 3.1.1.4.17 (composite "or" and "and").
describe('a search of the stand-in finds', () => {
  it.each([
    ['system and code', 'Patient', 'identifier=http://acme.org/patient|2345', ['ava']],
    ['a code of any system', 'Patient', 'identifier=2345', ['ava', 'bea']],
    ['a code of no system', 'Patient', 'identifier=|2345', ['bea']],
    ['anything of a system', 'Patient', 'identifier=http://acme.org/patient|', ['ava', 'bea']],
    ['what is written with escaped marks', 'Patient', String.raw`identifier=http://acme.org/patient|a\,b\|c`, ['bea']],
    ['one id', 'Patient', '_id=bea', ['bea']],
    ['a coded concept', 'Observation', `code=${LOINC}|29463-7`, ['weight']],
    ['either of two codes', 'Observation', `code=${LOINC}|29463-7,${LOINC}|8302-2`, ['weight', 'height']],
    ['both of two parameters', 'Observation', `code=29463-7&patient=bea`, []],
    ['of a patient by id', 'Observation', 'patient=bea', ['height']],
    ['of a patient by reference', 'Observation', 'patient=Patient/bea', ['height']],
    ['from a day on', 'Observation', 'date=ge2026-11-22', ['weight']],
    ['between two days', 'Observation', 'date=ge2026-01-01&date=lt2026-11-22', ['local']],
    ['on a day', 'Observation', 'date=2026-03-01', ['local']],
    ['nothing of another case', 'Patient', '_id=AVA', []],
    ['nothing by part of a code', 'Observation', 'code=29463', []],
  ])('%s', (_what, type, query, ids) => {
    expect(found(type, query)).toEqual(ids);
  });

  it.each([
    ['name=ava', 'name'],
    ['identifier:not=2345', 'identifier:not'],
    ['constructor=1', 'constructor'],
    ['__proto__=1', '__proto__'],
    ['_count=1', '_count'],
    ['_format=xml', '_format'],
  ])('nothing for %s, which it does not support', (query, name) => {
    expect(found('Patient', query)).toBe(name);
  });

  it.each(['date=yesterday', 'date=sa2026-01-01', 'date=2026'])('nothing for %s, which it cannot compare', (query) => {
    expect(found('Observation', query)).toBe('date');
  });
});
