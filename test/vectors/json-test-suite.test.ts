import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStrictJson } from '../../src/platform/http/strict-json.js';

const vectors = join(import.meta.dirname, '..', '..', '..', 'shared', 'vectors');
const suite = join(vectors, 'json-test-suite');

// Documents that RFC 8259 admits and we refuse by rule, each with its reason.
const REFUSED_BY_RULE: Readonly<Record<string, RegExp>> = {
  'y_object_duplicated_key.json': /twice/,
  'y_object_duplicated_key_and_value.json': /twice/,
  'y_object_escaped_null_in_key.json': /NUL/,
  'y_string_null_escape.json': /NUL/,
  'y_object_extreme_numbers.json': /double/,
  'y_number.json': /double/,
  'y_number_real_capital_e.json': /double/,
  'y_number_real_exponent.json': /double/,
  'y_number_real_fraction_exponent.json': /double/,
};

describe.each([[suite]])('JSONTestSuite', (directory) => {
  if (!existsSync(directory)) {
    it.skip('is not here: ../shared/vectors is absent', () => undefined);
    return;
  }
  const names = readdirSync(directory).sort();

  it('has every document', () => {
    expect(names).toHaveLength(318);
  });

  it.each(names.filter((name) => name.startsWith('y_') && !(name in REFUSED_BY_RULE)))('reads %s', (name) => {
    const bytes = readFileSync(join(directory, name));
    expect(readStrictJson(bytes, 'any')).toEqual({ read: 'value', value: JSON.parse(bytes.toString('utf8')) });
  });

  it.each(Object.entries(REFUSED_BY_RULE))('refuses %s by rule', (name, reason) => {
    const result = readStrictJson(readFileSync(join(directory, name)), 'any');
    expect(result).toEqual({
      read: 'fault',
      fault: { pointer: expect.any(String), detail: expect.stringMatching(reason) },
    });
  });

  it.each(names.filter((name) => name.startsWith('n_')))('refuses %s', (name) => {
    expect(readStrictJson(readFileSync(join(directory, name)), 'any').read).toBe('fault');
  });

  it.each(names.filter((name) => name.startsWith('i_')))('survives %s, and reads no more than JSON.parse', (name) => {
    const bytes = readFileSync(join(directory, name));
    const result = readStrictJson(bytes, 'any');
    if (result.read === 'value') expect(result.value).toEqual(JSON.parse(bytes.toString('utf8')));
  });

  it('takes nothing but an object at the root of a body', () => {
    const roots = names.filter((name) => name.startsWith('y_')).map((name) => readFileSync(join(directory, name)));
    for (const bytes of roots) {
      if (readStrictJson(bytes, 'object').read === 'value') expect(bytes.toString('utf8').trim()).toMatch(/^\{/);
    }
  });
});

describe.each([[join(vectors, 'blns.json')]])('the big list of naughty strings', (file) => {
  if (!existsSync(file)) {
    it.skip('is not here: ../shared/vectors is absent', () => undefined);
    return;
  }
  const strings = JSON.parse(readFileSync(file, 'utf8')) as string[];

  it('comes through unchanged, each as a value and as a key, unless it holds NUL or names a prototype', () => {
    expect(strings.length).toBeGreaterThan(500);
    for (const text of strings) {
      const result = readStrictJson(Buffer.from(JSON.stringify({ [`key ${text}`]: text })));
      if (text.includes('\0') || !text.isWellFormed()) expect(result.read).toBe('fault');
      else expect(result).toEqual({ read: 'value', value: { [`key ${text}`]: text } });
    }
  });
});
