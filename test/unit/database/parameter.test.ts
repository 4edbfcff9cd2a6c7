import { describe, expect, it } from '@jest/globals';
import { parameterOf } from '../../../src/platform/database/parameter.js';

describe('a parameter', () => {
  it.each([
    { given: 'text', sent: 'text' },
    { given: undefined, sent: null },
    { given: null, sent: null },
    { given: 7, sent: '7' },
    { given: 7n, sent: '7' },
    { given: false, sent: 'false' },
    { given: { a: [1] }, sent: '{"a":[1]}' },
    { given: [], sent: '{}' },
    { given: ['a', null, 'b,c'], sent: '{"a",NULL,"b,c"}' },
    { given: ['say "so"', 'back\\slash', ''], sent: '{"say \\"so\\"","back\\\\slash",""}' },
    { given: [1, 2n, true], sent: '{"1","2","true"}' },
    { given: [['a'], ['b']], sent: '{{"a"},{"b"}}' },
    { given: [Buffer.from('00ff', 'hex')], sent: '{"\\\\x00ff"}' },
    { given: [{ a: 'b' }], sent: '{"{\\"a\\":\\"b\\"}"}' },
  ])('$given goes as $sent', ({ given, sent }) => {
    expect(parameterOf(given)).toBe(sent);
  });

  it('goes as it is when it is bytes', () => {
    const bytes = Buffer.from('00ff', 'hex');
    expect(parameterOf(bytes)).toBe(bytes);
  });

  it.each([() => undefined, Symbol('none')])('is nothing that has no text', (given) => {
    expect(() => parameterOf(given)).toThrow(TypeError);
  });
});
