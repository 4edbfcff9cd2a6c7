import fc from 'fast-check';
import { readStrictJson } from '../../../src/platform/http/strict-json.js';

const read = (text: string | Uint8Array): ReturnType<typeof readStrictJson> =>
  readStrictJson(typeof text === 'string' ? Buffer.from(text) : text);

describe('strict reading names the place of', () => {
  it.each([
    ['NUL in a value', '{"a":{"b":"x\\u0000"}}', '/a/b', /NUL/],
    ['NUL in a key', '{"a":{"x\\u0000":1}}', '/a', /NUL/],
    ['a lone surrogate', '{"a":["x","\\ud800"]}', '/a/1', /surrogate/],
    ['surrogates the wrong way round', '{"a":"\\udc00\\ud800"}', '/a', /surrogate/],
    ['a key given twice', '{"a":{"b":1,"b":2}}', '/a/b', /twice/],
    ['a key given twice, once escaped', '{"ab":1,"\\u0061b":2}', '/ab', /twice/],
    ['a number of 20 digits', '{"a":12345678901234567890}', '/a', /double/],
    ['an integer past 2^53', '{"a":9007199254740993}', '/a', /double/],
    ['a fraction of 20 digits', '{"a":0.12345678901234567891}', '/a', /double/],
    ['a number that overflows', '{"a":1e400}', '/a', /double/],
    ['a number that vanishes', '{"a":1e-400}', '/a', /double/],
    ['__proto__', '{"a":{"__proto__":{"admin":true}}}', '/a/__proto__', /not allowed/],
    ['constructor', '{"constructor":{}}', '/constructor', /not allowed/],
    ['prototype, escaped', '{"\\u0070rototype":{}}', '/prototype', /not allowed/],
    ['a slash and a tilde in the path', '{"a/b":{"c~d":1e400}}', '/a~1b/c~0d', /double/],
    ['a list where an object belongs', '[]', '', /object/],
    ['text where an object belongs', '"text"', '', /object/],
    ['a comment', '{"a":1/* */}', '', /valid JSON/],
    ['two values', '{}{}', '', /one JSON value/],
    ['nothing', '', '', /valid JSON/],
  ])('%s', (_what, text, pointer, detail) => {
    expect(read(text)).toEqual({ read: 'fault', fault: { pointer, detail: expect.stringMatching(detail) } });
  });

  it('bytes that are not UTF-8', () => {
    expect(read(Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({ read: 'fault' });
  });

  it('a byte order mark', () => {
    expect(read('\uFEFF{}')).toEqual({
      read: 'fault',
      fault: { pointer: '', detail: expect.stringMatching(/byte order/) },
    });
  });

  it('depth, at the first level too many', () => {
    const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);
    expect(read(nested(32)).read).toBe('value');
    expect(read(nested(33))).toEqual({
      read: 'fault',
      fault: { pointer: '/a'.repeat(32), detail: expect.stringMatching(/deeper/) },
    });
  });

  it.each([13_000, 200_000])('%d lists within one another, without exhausting the stack', (depth) => {
    expect(read(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toMatchObject({
      fault: { detail: expect.stringMatching(/deeper/) },
    });
  });
});

describe('strict reading', () => {
  it('gives what JSON.parse gives for whatever it takes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const result = readStrictJson(Buffer.from(text), 'any');
        return result.read === 'fault' || JSON.stringify(result.value) === JSON.stringify(JSON.parse(text));
      }),
    );
  });

  it('takes every object of safe numbers and well-formed text', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.maxSafeInteger(),
        fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0')),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.stringMatching(/^[a-z]{1,6}[A-Z0-9]?$/).filter((key) => !['constructor', 'prototype'].includes(key)),
          value,
        ),
        (object) => {
          expect(readStrictJson(Buffer.from(JSON.stringify(object)))).toEqual({
            read: 'value',
            value: JSON.parse(JSON.stringify(object)),
          });
        },
      ),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        ['value', 'fault'].includes(readStrictJson(bytes).read),
      ),
    );
  });
});
