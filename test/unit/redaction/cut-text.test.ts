import fc from 'fast-check';
import { cutFault, cutText, digestOfText, LEFT_OUT } from '../../../src/core/redaction/cut-text.js';
import type { TextSegment } from '../../../src/core/vocabulary/chosen-text.js';

const TEXT = 'Seen at home. Mia says the neighbour rang. Bruise to the left ear.';
const chosen = (...segments: readonly (readonly [number, number])[]) => ({
  digest: digestOfText(TEXT),
  segments: segments.map(([start, end]): TextSegment => ({ start, end })),
});

describe('what a person chose of a text', () => {
  it.each([
    ['the whole', chosen([0, TEXT.length]), TEXT],
    ['its beginning', chosen([0, 13]), `Seen at home.${LEFT_OUT}`],
    ['its end', chosen([43, TEXT.length]), `${LEFT_OUT}Bruise to the left ear.`],
    ['two parts', chosen([0, 13], [43, TEXT.length]), `Seen at home.${LEFT_OUT}Bruise to the left ear.`],
    ['two parts that meet', chosen([0, 5], [5, 13]), `Seen at home.${LEFT_OUT}`],
  ])('is cut: %s', (_what, choice, cut) => {
    expect(cutText(TEXT, choice)).toBe(cut);
  });

  it.each([
    ['changed', { ...chosen([0, 4]), digest: digestOfText(`${TEXT} `) }],
    ['nothing-chosen', chosen()],
    ['out-of-range', chosen([0, TEXT.length + 1])],
    ['not-in-order', chosen([5, 9], [0, 4])],
    ['not-in-order', chosen([0, 6], [5, 9])],
    ['not-in-order', chosen([4, 4])],
  ])('is not cut: %s', (fault, choice) => {
    expect(cutFault(TEXT, choice)).toBe(fault);
    expect(cutText(TEXT, choice)).toBeUndefined();
  });

  it('never splits a character that takes two code units', () => {
    const text = 'a👶b';
    const half = { digest: digestOfText(text), segments: [{ start: 0, end: 2 }] };

    expect(cutFault(text, half)).toBe('splits-a-character');
    expect(cutText(text, { ...half, segments: [{ start: 1, end: 3 }] })).toBe(`${LEFT_OUT}👶${LEFT_OUT}`);
  });

  it('holds nothing of what was not chosen', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), (before, length, after) => {
        // Each part is written in letters of its own, so that any of them left over would show.
        const text = 'x'.repeat(before) + 'o'.repeat(length + 1) + 'z'.repeat(after);
        const segments = [{ start: before, end: before + length + 1 }];
        const cut = cutText(text, { digest: digestOfText(text), segments });
        expect(cut).toBe(`${before > 0 ? LEFT_OUT : ''}${'o'.repeat(length + 1)}${after > 0 ? LEFT_OUT : ''}`);
      }),
    );
  });
});
