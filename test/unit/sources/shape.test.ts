import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { copyLeaf } from '../../../src/core/redaction/copy-leaf.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { readLeaf } from '../../../src/sources/json/read-section.js';
import { loadShape, readShape } from '../../../src/sources/json/shape.js';
import { transformed, TRANSFORM_NAMES } from '../../../src/sources/json/transforms.js';
import { sourceLaw } from '../../support/source-law.js';

const configuration = join(import.meta.dirname, '../../../config');
const law = sourceLaw(configuration);
const period = { from: '2026-01-01', to: '2026-11-30' };

function shapeOf(sections: Readonly<Record<string, string>>, ...entries: readonly object[]) {
  const text = JSON.stringify({ path: '/q', people: 'people', identifiers: { upn: 'upn' }, sections, leaves: entries });
  return readShape('json-test', text, law);
}

/** Reads one leaf by a shape of one entry. */
function read(entry: { readonly leaf: string } & Readonly<Record<string, unknown>>, section: Json): unknown {
  const [category = ''] = entry.leaf.split('.');
  const [leaf] = shapeOf({ [category]: 'part' }, entry).leaves;
  if (leaf === undefined) throw new Error('the entry has no leaf');
  const result = readLeaf(leaf, section, period);
  return result === 'wrong-type' ? result : result.value;
}

describe('the shapes that come with the gateway', () => {
  const files = globSync('sources/json-*.yaml', { cwd: configuration });

  it.each(files)('%s can be read, and maps every section it names', (file) => {
    const shape = loadShape(basename(file, '.yaml'), join(configuration, file), law);
    expect(new Set(shape.leaves.map(({ leaf }) => leaf.category))).toEqual(new Set(shape.sections.keys()));
  });

  it('are a police record system, a school, a council and a charity that supports people', () => {
    expect(files.map((file) => basename(file)).sort()).toEqual([
      'json-police.yaml',
      'json-school.yaml',
      'json-social-care.yaml',
      'json-support-service.yaml',
    ]);
  });
});

describe('a transform', () => {
  it.each([
    ['text', 'Ava', 'Ava'],
    ['text', 7, 'wrong-type'],
    ['number', 7.5, 7.5],
    ['number', '7.5', 'wrong-type'],
    ['number-in-text', '92.4', 92.4],
    ['number-in-text', '92.4%', 'wrong-type'],
    ['number-in-text', '1e9', 'wrong-type'],
    ['boolean', false, false],
    ['boolean', 'false', 'wrong-type'],
    ['yes-no', 'Y', true],
    ['yes-no', 'no', false],
    ['yes-no', 'not known', 'wrong-type'],
    ['date', '2026-11-25', '2026-11-25'],
    ['date', '2026-11-25T10:00:00Z', 'wrong-type'],
    ['uk-date', '25/11/2026', '2026-11-25'],
    ['uk-date', '2026-11-25', 'wrong-type'],
    ['date-of-time', '2026-11-25T23:59:00+01:00', '2026-11-25'],
    ['date-of-time', '2026-11-25', 'wrong-type'],
    ['present', 'K', true],
    ['present', [], undefined],
    ['present', '', undefined],
    ['present', false, true],
    ['count', [1, 2], 2],
    ['count', 2, 'wrong-type'],
  ] as const)('`%s` makes of %j %j', (name, found, expected) => {
    const made = transformed(name, found);
    expect(made === 'wrong-type' ? made : made.value).toEqual(expected);
  });

  it('never throws, whatever was sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TRANSFORM_NAMES), fc.jsonValue(), (name, found) => {
        transformed(name, found as Json);
      }),
    );
  });
});

describe('a leaf read from a section', () => {
  it('is found by its path, of own members alone', () => {
    const entry = { leaf: 'core-identity.familyName', one: 'name.last' };
    expect(read(entry, { name: { last: 'Northmoor-Test' } })).toBe('Northmoor-Test');
    expect(read(entry, { name: null })).toBeUndefined();
    expect(read(entry, {})).toBeUndefined();
    expect(read(entry, { name: 'Northmoor-Test' })).toBe('wrong-type');
    expect(read(entry, { name: [{ last: 'Northmoor-Test' }] })).toBe('wrong-type');
    expect(read({ leaf: 'core-identity.familyName', one: 'constructor.name' }, {})).toBeUndefined();
  });

  it('has its codes renamed; one that is not listed is no value', () => {
    const entry = { leaf: 'core-identity.sex', one: { from: 'gender', codes: { F: 'female' } } };
    expect(read(entry, { gender: 'F' })).toBe('female');
    expect(read(entry, { gender: 'X' })).toBeUndefined();
    expect(read(entry, { gender: 1 })).toBe('wrong-type');
  });

  it('that is a code the catalogue does not know is of the wrong type', () => {
    expect(read({ leaf: 'present-concern.natureOfConcern', one: 'type' }, { type: 'bad-luck' })).toBe('wrong-type');
  });

  const incidents = {
    leaf: 'police-incidents.callOuts',
    dated: 'on',
    each: { on: { from: 'day', as: 'uk-date' }, type: 'kind' },
  };

  it('that is a list holds the items of the period, in order, without what is not mapped', () => {
    const section = [
      { day: '31/12/2025', kind: 'before' },
      { day: '01/01/2026', kind: 'first', notes: 'unseen' },
      { kind: 'of no known day' },
      { day: '30/11/2026', kind: 'last' },
      { day: '01/12/2026', kind: 'after' },
    ];
    expect(read(incidents, section)).toEqual([
      { on: '2026-01-01', type: 'first' },
      { on: '2026-11-30', type: 'last' },
    ]);
  });

  it('that is a list with one item wrong is wrong whole', () => {
    expect(read(incidents, [{ day: '01/01/2026' }, { day: 'yesterday' }])).toBe('wrong-type');
    expect(read(incidents, [{ day: '01/01/2026' }, null])).toBe('wrong-type');
    expect(read(incidents, { day: '01/01/2026' })).toBe('wrong-type');
  });

  it('with a first and a last day counts while any of it is of the period; what has not ended goes on', () => {
    const absences = {
      leaf: 'education-attendance.absences',
      within: 'list',
      dated: { from: 'from', to: 'to' },
      each: { from: 'a', to: 'b' },
    };
    const list = [
      { a: '2025-12-30', b: '2025-12-31' },
      { a: '2025-12-30', b: '2026-01-01' },
      { a: '2025-12-30' },
      { a: '2026-12-01' },
    ];
    expect(read(absences, { list })).toEqual([{ from: '2025-12-30', to: '2026-01-01' }, { from: '2025-12-30' }]);
  });

  it('is always of the catalogue’s type, or nothing, or wrong: whatever a section holds', () => {
    const shapes = globSync('sources/json-*.yaml', { cwd: configuration }).map((file) =>
      loadShape(basename(file, '.yaml'), join(configuration, file), law),
    );
    const entries = shapes.flatMap((shape) => shape.leaves);
    fc.assert(
      fc.property(fc.constantFrom(...entries), fc.jsonValue({ maxDepth: 4 }), (entry, section) => {
        const result = readLeaf(entry, section as Json, period);
        if (result === 'wrong-type' || result.value === undefined) return;
        expect(copyLeaf(result.value, entry.leaf.type)).toEqual(result.value);
      }),
    );
  });
});

describe('a shape', () => {
  const one = 'surname';
  it.each([
    ['a leaf the catalogue lacks', { leaf: 'core-identity.shoeSize', one }, 'is no leaf'],
    ['a leaf without a section', { leaf: 'aliases.names', each: { familyName: one } }, 'has no section'],
    ['a list mapped as one value', { leaf: 'present-concern.raisedOn', each: { on: one } }, 'holds one value'],
    [
      'a transform that cannot fill it',
      { leaf: 'core-identity.familyName', one: { from: one, as: 'count' } },
      '`count`',
    ],
    ['a fixed value that is not its own', { leaf: 'core-identity.sex', one: { always: 'mare' } }, '`mare`'],
    ['a value from nowhere', { leaf: 'core-identity.familyName', one: {} }, 'from nowhere'],
  ])('is refused for %s', (_what, entry, says) => {
    expect(() => shapeOf({ 'core-identity': 'a', 'present-concern': 'b' }, entry)).toThrow(says);
  });

  it('is refused for a place that is read from a restricted record, or could be, and for one kept back that is none', () => {
    const place = { leaf: 'address.localAuthority', one };
    const isRefused = (entry: object, more: object, says: string): void => {
      const text = { path: '/q', people: 'people', identifiers: { upn: 'upn' }, leaves: [entry], ...more };
      expect(() => readShape('json-test', JSON.stringify(text), law)).toThrow(says);
    };
    const sections = { address: 'a' };
    const restricted = { member: 'hidden', otherThan: [false] };
    const whenRestricted = 'kept-back';
    isRefused(place, { sections, restricted }, 'says where somebody is');
    isRefused({ ...place, whenRestricted }, { sections }, 'how a record is marked');
    const name = { leaf: 'core-identity.familyName', one };
    isRefused({ ...name, whenRestricted }, { sections: { 'core-identity': 'a' }, restricted }, 'not in `places.yaml`');
    isRefused(name, { sections: { 'core-identity': 'hidden' }, restricted }, 'one name');
  });

  it('is refused for a leaf twice, a section of nothing, and one name for two things', () => {
    const entry = { leaf: 'core-identity.familyName', one };
    expect(() => shapeOf({ 'core-identity': 'a' }, entry, entry)).toThrow('mapped twice');
    expect(() => shapeOf({ 'core-identity': 'a', aliases: 'b' }, entry)).toThrow('a section and no leaf');
    expect(() => shapeOf({ 'core-identity': 'upn' }, entry)).toThrow('one name');
  });

  it.each(['/q?upn=1', 'q', '/a/../b?', 'https://elsewhere.example/q'])('is refused for the path %s', (path) => {
    const text = JSON.stringify({ path, people: 'people', identifiers: { upn: 'upn' }, sections: {}, leaves: [] });
    expect(() => readShape('json-test', text, law)).toThrow();
  });
});
