import { readStrictForm } from '../../../src/platform/http/strict-form.js';
import { takesBody } from '../../../src/platform/http/takes.decorator.js';

const read = (text: string): ReturnType<typeof readStrictForm> => readStrictForm(Buffer.from(text, 'utf8'));

describe('a form', () => {
  it.each([
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=', { a: '' }],
    ['a', { a: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['a+b=c+d%2B', { 'a b': 'c d+' }],
    ['%C3%A9=%F0%9F%91%A7', { é: '👧' }],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}') as object],
  ])('%j is each parameter and its value', (text, value) => {
    expect(read(text)).toEqual({ read: 'value', value });
  });

  it.each([
    ['a parameter given twice', 'a=1&a=2', '/a'],
    ['one given twice by an escape', 'a=1&%61=2', '/a'],
    ['a parameter without a name', '=1', ''],
    ['an empty pair', 'a=1&&b=2', ''],
    ['half an escape', 'a=%E0%A4%A', ''],
    ['an escape that is no UTF-8', 'a=%FF', ''],
    ['an escaped surrogate', 'a=%ED%A0%80', ''],
    ['NUL', 'a=%00', ''],
    ['51 parameters', Array.from({ length: 51 }, (_, index) => `p${String(index)}=1`).join('&'), ''],
  ])('with %s is refused where it stands', (_what, text, pointer) => {
    expect(read(text)).toMatchObject({ read: 'fault', fault: { pointer } });
  });

  it('that is no UTF-8 is refused', () => {
    expect(readStrictForm(Buffer.from([0x61, 0x3d, 0xff]))).toMatchObject({ read: 'fault' });
  });
});

describe('a route', () => {
  it.each([
    [undefined, 'application/json', true],
    [undefined, 'application/fhir+json; charset=utf-8', true],
    [undefined, 'application/x-www-form-urlencoded', false],
    [undefined, undefined, false],
    [{ bodyType: 'application/fhir+json' }, 'application/json', false],
    [{ bodyType: 'application/fhir+json' }, 'Application/FHIR+JSON', true],
    [{ bodyType: 'application/fhir+json' }, 'application/fhir+json;charset="utf-8";fhirVersion=4.0', true],
    [{ bodyType: 'application/fhir+json' }, 'application/fhir+json; fhirVersion=3.0', false],
    [{ bodyType: 'application/fhir+json' }, 'application/fhir+json; charset=utf-16', false],
    [{ bodyType: 'application/x-www-form-urlencoded' }, 'application/x-www-form-urlencoded', true],
  ])('of %j takes %j: %j', (config, type, taken) => {
    expect(takesBody(config, type)).toBe(taken);
  });
});
