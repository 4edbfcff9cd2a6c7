import { parseStrictJson, parseStrictObject } from '../../../src/core/signing/strict-json.js';
import { bytesOf } from './agency-keys.js';

it.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":3}]}'],
  ['[1e2,-0.5,"\\ud83d\\ude00",{"x":"a,b:{"}]'],
  [' "a" '],
  ['9007199254740991'],
])('%s is read as JSON.parse reads it', (text) => {
  expect(parseStrictJson(bytesOf(text))).toEqual(JSON.parse(text));
});

it.each([
  { because: 'a name is repeated', text: '{"a":1,"a":2}' },
  { because: 'a name is repeated in another spelling', text: '{"a":1,"\\u0061":2}' },
  { because: 'a name is repeated within', text: '[{"b":{"a":[],"a":{}}}]' },
  { because: 'a name would set a prototype', text: '{"__proto__":{}}' },
  { because: 'a surrogate stands alone', text: '"\\ud800"' },
  { because: 'a number is too large to be exact', text: '9007199254740993' },
  { because: 'a number is infinite', text: '1e999' },
  { because: 'it is 33 deep', text: `${'['.repeat(33)}${']'.repeat(33)}` },
  { because: 'it begins with a byte-order mark', text: '\ufeff{}' },
  { because: 'something follows', text: '{} {}' },
])('JSON is refused when $because', ({ text }) => {
  expect(parseStrictJson(bytesOf(text))).toBeUndefined();
});

it.each([
  { misleading: String.raw`{"typ":0,"\\u00":1}`, text: String.raw`{"typ":0,"\u006bid":1}`, name: 'kid' },
  { misleading: String.raw`{"typ":0,"\\":1}`, text: String.raw`{"typ":0,"\n":1}`, name: '\n' },
])('$text is read as it is written or refused, whatever was read before', ({ misleading, text, name }) => {
  // nodejs/node#63785: after the first, V8 may take the escaped name of the second for the first's.
  expect(parseStrictJson(bytesOf(misleading))).toEqual(JSON.parse(misleading));
  expect([undefined, { typ: 0, [name]: 1 }]).toContainEqual(parseStrictJson(bytesOf(text)));
});

it('JSON is refused when it is not UTF-8', () => {
  expect(parseStrictJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined();
});

it('hostile depth and length are refused or read, never thrown on', () => {
  expect(parseStrictJson(bytesOf('['.repeat(200_000)))).toBeUndefined();
  expect(parseStrictJson(bytesOf(`"${'\\\\'.repeat(500_000)}"`))).toHaveLength(500_000);
});

it.each(['[]', 'null', '1'])('an object is not %s', (text) => {
  expect(parseStrictObject(bytesOf(text))).toBeUndefined();
});
