import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyLeaf } from '../../../src/core/redaction/copy-leaf.js';
import type { LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { loadFhirMapping, readFhirMapping, type FhirMapping } from '../../../src/sources/fhir/mapping.js';
import { readLeaf } from '../../../src/sources/fhir/read-leaf.js';
import { sourceLaw } from '../../support/source-law.js';

const configuration = join(import.meta.dirname, '../../../config');
const law = sourceLaw(configuration);
const { leaves } = law;
const period = { from: '2026-01-01', to: '2026-11-30' };

const identity = (name: string): string => `core-identity.${name}`;

function mappingOf(...entries: readonly object[]): FhirMapping {
  const text = JSON.stringify({ restricted: { labelledOtherThan: ['N'] }, leaves: entries });
  return readFhirMapping(text, law);
}

/** Reads one leaf by a mapping of one entry. */
function read(entry: object, ...resources: readonly Json[]): Json | undefined {
  const { leaves: mappings, labels } = mappingOf(entry);
  const [mapping] = mappings;
  const leaf = mapping === undefined ? undefined : leaves.get(mapping.leaf);
  if (mapping === undefined || leaf === undefined) throw new Error('the entry has no leaf');
  return readLeaf(mapping, leaf, { person: {}, resources }, period, labels).value;
}

describe('a mapping at fault stops the start', () => {
  const resource = 'Patient';
  it.each([
    ['a leaf the catalogue lacks', { leaf: 'core-identity.shoeSize', resource, one: 'id' }, /no leaf of the catalogue/],
    ['`each` for one value', { leaf: identity('birthDate'), resource, each: { on: 'birthDate' } }, /holds one value/],
    ['both for one value', { leaf: identity('sex'), resource, one: 'gender', each: {} }, /holds one value/],
    ['`one` for a list', { leaf: 'household.members', resource, one: 'id' }, /is a list of/],
    ['a column it has not', { leaf: 'household.members', resource, each: { shoeSize: 'id' } }, /is a list of/],
    ['a column of every object', { leaf: 'household.members', resource, each: { constructor: 'id' } }, /is a list of/],
    ['a code the leaf has not', { leaf: identity('sex'), resource, one: { codes: { m: 'man' } } }, /cannot be `man`/],
    ['a constant of another type', { leaf: identity('recordMatched'), resource, one: { always: 'yes' } }, /cannot be/],
    ['a path that is none', { leaf: identity('sex'), resource, one: 'gender[' }, /not an element path/],
    ['a type the adapter does not read', { leaf: identity('sex'), resource: 'Binary', one: 'id' }, /resource/],
    [
      'a place that is read from a restricted record',
      { leaf: 'address.current', resource, each: { town: 'city' } },
      /says where/,
    ],
    [
      'a place that is read from that alone',
      { leaf: 'address.current', resource, whenRestricted: 'read-alone', each: { town: 'city' } },
      /says where/,
    ],
    [
      'something kept back that is no place',
      { leaf: identity('sex'), resource, whenRestricted: 'kept-back', one: 'gender' },
      /not in `places/,
    ],
    ['a member it does not know', { leaf: identity('sex'), resource, one: 'gender', script: '1' }, /script/],
  ])('%s', (_what, entry, message) => {
    expect(() => mappingOf(entry)).toThrow(message);
  });

  it('a leaf that is mapped twice', () => {
    const entry = { leaf: identity('sex'), resource, one: 'gender' };
    expect(() => mappingOf(entry, entry)).toThrow(/mapped twice/);
  });
});

describe('a date', () => {
  const born = { leaf: identity('birthDate'), resource: 'Patient', one: 'birthDate' };
  it.each([
    ['2022-05-01', '2022-05-01'],
    ['2026-11-22T14:20:00Z', '2026-11-22'],
    ['2026-11-22T23:59:59.123+01:00', '2026-11-22'],
  ])('%s is the day %s', (birthDate, day) => {
    expect(read(born, { birthDate })).toBe(day);
  });

  it.each(['2022', '2022-05'])('%s is no day: none is made up', (birthDate) => {
    expect(read(born, { birthDate })).toBeUndefined();
  });

  it.each(['soon', '2022-5-1', '2022-13-01', '2022-05-01Tnoon', '20220501', 20_220_501, { year: 2022 }, true])(
    '%j is none, and is left for the copy to refuse',
    (birthDate) => {
      const found = read(born, { birthDate });
      const leaf = leaves.get(identity('birthDate') as LeafPath);
      expect(found).toEqual(birthDate);
      expect(leaf && copyLeaf(found, leaf.type)).toBeUndefined();
    },
  );

  const growth = {
    leaf: 'health-summary.growth',
    resource: 'Observation',
    dated: 'effectiveDateTime',
    each: { on: 'effectiveDateTime', weightKilograms: 'valueQuantity.value' },
  };
  it.each([
    ['2026-01-01', true],
    ['2025-12-31', false],
    ['2026-11-30T23:59:59Z', true],
    ['2026-12-01', false],
    ['2026', true],
    ['2025', false],
    ['2026-11', true],
    ['2026-12', false],
    ['recently', false],
    [undefined, false],
  ])('dated %s counts in the period: %s', (effectiveDateTime, counts) => {
    const observation = { valueQuantity: { value: 15 }, ...(effectiveDateTime !== undefined && { effectiveDateTime }) };
    expect(read(growth, observation) !== undefined).toBe(counts);
  });

  it('that is partial leaves its column out and the item in', () => {
    expect(read(growth, { effectiveDateTime: '2026-03', valueQuantity: { value: 15.2 } })).toEqual([
      { weightKilograms: 15.2 },
    ]);
  });
});

describe('what a resource must hold', () => {
  const listed = (value: string): object => ({
    leaf: identity('recordMatched'),
    resource: 'Flag',
    where: { active: value },
    one: { always: true },
  });
  it.each([
    [true, 'true'],
    [1, '1'],
    ['true', 'true'],
  ])('is compared as text: %j is %s', (active, value) => {
    expect(read(listed(value), { active })).toBe(true);
  });

  it.each([
    [{}, '[object Object]'],
    [{ toString: 'true' }, 'true'],
    [[['true']], 'true'],
    [null, 'null'],
    ['TRUE', 'true'],
    [' true', 'true'],
  ])('is never what an object says of itself: %j is not %s', (active, value) => {
    expect(read(listed(value), { active })).toBeUndefined();
  });

  it.each([
    { status: 'entered-in-error' },
    { verificationStatus: { coding: [{ code: 'entered-in-error' }] } },
    { verificationStatus: { coding: [{ code: 'refuted' }] } },
  ])('is not counted when its own system takes it back: %j', (withdrawn) => {
    expect(read(listed('true'), { active: true, ...withdrawn })).toBeUndefined();
    expect(read(listed('true'), { active: true, status: 'final' })).toBe(true);
  });
});

describe('values found together', () => {
  it('are joined, of the first name only', () => {
    const given = { leaf: identity('givenNames'), resource: 'Patient', one: { from: 'name.given', join: ' ' } };
    expect(read(given, { name: [{ given: ['Ava', 'Mae'] }, { given: ['Eve'] }] })).toBe('Ava Mae');
    expect(read(given, { name: [{ given: ['Ava', 7] }] })).toBe(7);
  });

  it('are taken by their place', () => {
    const address = {
      leaf: 'address.current',
      resource: 'Patient',
      whenRestricted: 'kept-back',
      within: 'address',
      each: { line1: { from: 'line', item: 0 }, line2: { from: 'line', item: 1 } },
    };
    expect(read(address, { address: [{ line: ['Flat 2', '1 Test Terrace'] }, { line: ['3 Test Row'] }] })).toEqual([
      { line1: 'Flat 2', line2: '1 Test Terrace' },
      { line1: '3 Test Row' },
    ]);
  });
});

describe('the mapping that is shipped', () => {
  /** Nobody in the demonstration has these recorded. */
  const NOT_EXERCISED: readonly string[] = [
    'core-identity.deceasedOn',
    'protected-location.kind',
    'protected-location.address',
    'disability-and-communication.adjustments',
    'disability-and-communication.adjustmentNeeded',
    'health-summary.bleedingDisorder',
    'protection-plan.planFrom',
  ];
  const records = ['northmoor-nhs-trust', 'hill-gp'].map(
    (name) =>
      JSON.parse(readFileSync(join(configuration, 'demo', 'records', `${name}.json`), 'utf8')) as Record<
        string,
        Json
      >[],
  );
  const always = { from: '1900-01-01', to: '2100-01-01' };
  const { leaves: mappings, labels } = loadFhirMapping(join(configuration, 'sources', 'fhir-r4.yaml'), law);
  const valuesOf = (path: string): readonly (readonly [Json | undefined, Json | undefined])[] =>
    mappings.flatMap((mapping) => {
      const leaf = leaves.get(mapping.leaf);
      if (mapping.leaf !== path || leaf === undefined) return [];
      return records.flatMap((record) => {
        const resources = record.filter(({ resourceType }) => resourceType === mapping.resource);
        const { value } = readLeaf(mapping, leaf, { person: {}, resources }, always, labels);
        return value === undefined ? [] : [[value, copyLeaf(value, leaf.type)] as const];
      });
    });
  const paths = mappings.map(({ leaf }) => leaf as string);

  it.each(paths.filter((path) => !NOT_EXERCISED.includes(path)))(
    'reads %s from the demonstration, of its type',
    (path) => {
      const values = valuesOf(path);
      expect(values.length).toBeGreaterThan(0);
      for (const [value, copy] of values) expect(copy).toEqual(value);
    },
  );

  it('has no other leaf that the demonstration does not exercise', () => {
    expect(paths.filter((path) => valuesOf(path).length === 0)).toEqual(NOT_EXERCISED);
  });
});

describe('a resource that must not count', () => {
  const conditions = {
    leaf: 'health-summary.longTermConditions',
    resource: 'Condition',
    unless: { 'meta.security.code': ['HIV', 'STD'], 'code.coding.code': ['86406008'] },
    each: { condition: 'code.coding.display' },
  };
  const condition = (display: string, more: object = {}): Json => ({ code: { coding: [{ display }] }, ...more });

  it('holds one of the values named; every other counts', () => {
    expect(
      read(
        conditions,
        condition('Asthma', { meta: { security: [{ code: 'N' }] } }),
        condition('labelled', { meta: { security: [{ code: 'R' }, { code: 'STD' }] } }),
        { code: { coding: [{ display: 'coded', code: '86406008' }] } },
      ),
    ).toEqual([{ condition: 'Asthma' }]);
  });

  it('is, as shipped, one that the record labels as sexual health, or codes as HIV and does not label', () => {
    const shipped = loadFhirMapping(join(configuration, 'sources/fhir-r4.yaml'), law);
    const mapping = shipped.leaves.find(({ leaf }) => leaf === conditions.leaf);
    const leaf = leaves.get(conditions.leaf as LeafPath);
    if (mapping === undefined || leaf === undefined) throw new Error('the leaf is not mapped');
    const listed = (more: object, coding: Readonly<Record<string, string>>): Json => ({
      category: [{ coding: [{ code: 'problem-list-item' }] }],
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: { coding: [coding] },
      ...more,
    });
    const resources = [
      listed({}, { code: '195967001', display: 'Asthma' }),
      listed({}, { code: '86406008', display: 'unlabelled' }),
      listed({ meta: { security: [{ code: 'SEX' }] } }, { display: 'labelled' }),
      listed(
        { category: [{ coding: [{ code: 'problem-list-item' }] }, { coding: [{ code: 'sexual-health' }] }] },
        { display: 'listed twice' },
      ),
    ];

    const found = readLeaf(mapping, leaf, { person: {}, resources }, period, shipped.labels);
    expect(found).toEqual({ value: [{ condition: 'Asthma' }], isKeptBack: false, conditions: [] });
  });
});
