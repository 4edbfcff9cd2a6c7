import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anchorName, inLockingOrder, lockKeyOf, type Anchor } from '../../../src/platform/database/anchors.js';

const anyAnchor = fc.record({
  kind: fc.constantFrom<Anchor['kind']>('policy', 'agency', 'subject'),
  id: fc.string({ minLength: 1, maxLength: 3 }),
});

describe('anchors', () => {
  it('are locked policy first, then agencies, then subjects, ids ascending', () => {
    const names = inLockingOrder([
      { kind: 'subject', id: 'a' },
      { kind: 'agency', id: 'b' },
      { kind: 'policy', id: 'z' },
      { kind: 'agency', id: 'a' },
    ]).map(anchorName);
    expect(names).toEqual(['policy:z', 'agency:a', 'agency:b', 'subject:a']);
  });

  it('are locked in one order whatever order they come in, each once', () => {
    fc.assert(
      fc.property(fc.array(anyAnchor), (anchors) => {
        const names = inLockingOrder(anchors).map(anchorName);
        expect(inLockingOrder([...anchors, ...anchors].reverse()).map(anchorName)).toEqual(names);
        expect(new Set(names)).toEqual(new Set(anchors.map(anchorName)));
        expect(names).toHaveLength(new Set(names).size);
      }),
    );
  });

  it('have keys of their own that fit a bigint', () => {
    const keys = [
      { kind: 'agency', id: 'a' },
      { kind: 'subject', id: 'a' },
      { kind: 'agency', id: 'b' },
    ].map((anchor) => lockKeyOf(anchor as Anchor));
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(BigInt.asIntN(64, BigInt(key)).toString()).toBe(key);
  });
});
