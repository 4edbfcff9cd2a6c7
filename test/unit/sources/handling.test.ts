import fc from 'fast-check';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { readHandling } from '../../../src/sources/json/read-handling.js';
import { loadShape, readShape } from '../../../src/sources/json/shape.js';
import { sourceLaw } from '../../support/source-law.js';

const law = sourceLaw('config');
const { handling } = loadShape('json-police', 'config/sources/json-police.yaml', law);
if (handling === undefined) throw new Error('the police system has no handling codes');
const read = (section: Json) => readHandling(handling, section);

describe('the conditions a police system puts on a part of a record', () => {
  it('are those of the part and of each of its items, once each', () => {
    expect(
      read([
        { ref: '1', handlingConditions: ['NFD', 'SUBJ'] },
        { ref: '2', handlingConditions: 'NFD' },
        { ref: '3' },
        { ref: '4', handlingConditions: null },
      ]),
    ).toEqual(['do-not-tell-subject', 'no-onward-disclosure']);
    expect(read({ convictions: [{ handlingConditions: ['EVID'] }], handlingConditions: ['READ'] })).toEqual([
      'consult-owner-before-evidential-use',
      'read-only',
    ]);
    expect(read([])).toEqual([]);
  });

  it.each([[{ handlingConditions: ['OF-TOMORROW'] }], [{ handlingConditions: [7] }], [{ handlingConditions: {} }]])(
    'are not passed on where they cannot be obeyed: %j',
    (item) => {
      expect(read([item as Json])).toBe('wrong-type');
    },
  );

  it('are codes of the catalogue or wrong, whatever a section holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (section) => {
        const found = read(section as Json);
        if (found === 'wrong-type') return;
        expect(found.every((code) => law.obligations.has(code))).toBe(true);
      }),
    );
  });

  it('are refused in a mapping where they are no obligation of the catalogue', () => {
    const text = JSON.stringify({
      path: '/q',
      people: 'people',
      identifiers: {},
      sections: {},
      leaves: [],
      handling: { from: 'codes', codes: { X: 'never-tell-anyone' } },
    });
    expect(() => readShape('json-test', text, law)).toThrow('`never-tell-anyone` is no obligation');
  });
});
