import fc from 'fast-check';
import type { LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { loadFhirMapping, readFhirMapping } from '../../../src/sources/fhir/mapping.js';
import { readLeaf, type LeafRead } from '../../../src/sources/fhir/read-leaf.js';
import { sourceLaw } from '../../support/source-law.js';

const law = sourceLaw('config');
const shipped = loadFhirMapping('config/sources/fhir-r4.yaml', law);
const period = { from: '2026-01-01', to: '2026-11-30' };
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

/** Reads a leaf as shipped, of a person who bears no label. */
function read(path: string, ...resources: readonly Json[]): LeafRead {
  const mapping = shipped.leaves.find(({ leaf }) => leaf === path);
  const leaf = law.leaves.get(path as LeafPath);
  if (mapping === undefined || leaf === undefined) throw new Error(`\`${path}\` is not mapped`);
  return readLeaf(mapping, leaf, { person: {}, resources }, period, shipped.labels);
}

const labelled = (resource: object, ...codes: readonly Json[]): Json => ({
  ...resource,
  meta: { security: codes.map((code) => ({ code })) },
});

const concern = {
  category: [{ coding: [{ code: 'safeguarding-concern' }] }],
  status: 'active',
  code: { coding: [{ system: 'https://gateway.example/CodeSystem/nature-of-concern', code: 'neglect' }] },
  period: { start: '2026-11-20' },
};
const NATURE = 'present-concern.natureOfConcern';

describe('the labels of a resource', () => {
  it('that bears none, or harmless ones, puts nothing on what is read of it', () => {
    for (const resource of [concern as Json, labelled(concern, 'N'), labelled(concern, 'U', 'HTEST')])
      expect(read(NATURE, resource)).toEqual({ value: 'neglect', isKeptBack: false, conditions: [] });
  });

  it.each([
    ['NOPAT', ['nopat']],
    ['R', ['consult-owner-before-onward']],
    ['V', ['no-onward-disclosure']],
    ['NORDSCLCD', ['no-onward-disclosure']],
    ['NOREUSE', ['purpose-bound']],
    ['ORCON', ['consult-owner-before-onward']],
    ['NOPERSISTP', ['read-only']],
    ['AOD', []],
    ['SDV', []],
    ['SEX', []],
  ])('%s goes out as %j', (code, conditions) => {
    expect(read(NATURE, labelled(concern, code))).toEqual({ value: 'neglect', isKeptBack: false, conditions });
  });

  it('go out together, once each', () => {
    expect(read(NATURE, labelled(concern, 'R', 'NOPAT', 'ORCON', 'N')).conditions).toEqual([
      'consult-owner-before-onward',
      'nopat',
    ]);
  });

  it.each([['REDACT'], ['MASK'], ['TREAT'], ['OF-TOMORROW'], ['nopat'], ['HIV'], [7], [null]])(
    '%j is not ignored: nothing of it goes',
    (code) => {
      expect(read(NATURE, labelled(concern, 'N', code)).conditions).toBe('unknown');
    },
  );

  it.each([{ meta: 'NOPAT' }, { meta: { security: 'NOPAT' } }, { meta: { security: { code: 'N' } } }])(
    'that cannot be read are not ignored: %j',
    (mark) => {
      expect(read(NATURE, { ...concern, ...mark }).conditions).toBe('unknown');
    },
  );

  it('are those of what counts: an ended concern says nothing of the one that stands', () => {
    expect(
      read(NATURE, concern as Json, labelled({ ...concern, status: 'inactive' }, 'OF-TOMORROW')).conditions,
    ).toEqual([]);
  });

  it('say what kind of thing it is only where it is that: HIV beside an allergy goes nowhere', () => {
    const allergy = { code: { coding: [{ display: 'Abacavir' }] } };
    expect(read('health-summary.knownAllergies', labelled(allergy, 'HIV')).conditions).toBe('unknown');
    expect(read('health-summary.knownAllergies', labelled(allergy, 'NOPAT')).conditions).toEqual(['nopat']);
  });

  it('on a person say where they are must not be told, and travel on nothing', () => {
    const person = { name: [{ use: 'official', family: 'Northmoor-Test' }] };
    for (const code of ['R', 'V', 'LOCIS'])
      expect(read('core-identity.familyName', labelled(person, code))).toEqual({
        value: 'Northmoor-Test',
        isKeptBack: false,
        conditions: [],
      });
    expect(read('core-identity.familyName', labelled(person, 'NOPAT')).conditions).toEqual(['nopat']);
    expect(read('core-identity.familyName', labelled(person, 'OF-TOMORROW')).conditions).toBe('unknown');
  });
});

describe('the label inside a resource', () => {
  const inline = (code: Json): object => ({ extension: [{ url: INLINE, valueCoding: { code } }] });
  const named = (mark: object, beside: object = {}): Json => ({
    name: [{ use: 'official', family: 'Northmoor-Test', ...mark }],
    birthDate: '2022-05-01',
    ...beside,
  });

  it('binds what is read from there, and nothing beside it', () => {
    expect(read('core-identity.familyName', named(inline('NOPAT'))).conditions).toEqual(['nopat']);
    expect(read('core-identity.familyName', named(inline('OF-TOMORROW'))).conditions).toBe('unknown');
    expect(read('core-identity.birthDate', named(inline('OF-TOMORROW'))).conditions).toEqual([]);
  });

  it('of a bare value stands beside it', () => {
    expect(read('core-identity.birthDate', named({}, { _birthDate: inline('NOPAT') })).conditions).toEqual(['nopat']);
  });
});

describe('a mapping whose labels are at fault stops the start', () => {
  const withLabels = (conditions: object): string =>
    JSON.stringify({ restricted: { labelledOtherThan: ['N'] }, labels: { conditions }, leaves: [] });
  it.each([
    [{ NOPAT: 'tell-nobody' }, '`tell-nobody` is no obligation'],
    [{ DELAU: 'delete-by' }, '`delete-by` needs a day'],
  ])('%j', (conditions, message) => {
    expect(() => readFhirMapping(withLabels(conditions), law)).toThrow(message);
  });
});

describe('whatever stands where labels belong', () => {
  it('nothing goes out but what is harmless, met, or has a condition of the catalogue', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (security) => {
        const { conditions } = read(NATURE, { ...concern, meta: { security } } as Json);
        if (conditions === 'unknown') return;
        expect(Array.isArray(security)).toBe(true);
        expect(conditions.every((code) => law.obligations.has(code))).toBe(true);
      }),
    );
  });
});
