import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PersonId } from '../../../src/core/vocabulary/ids.js';
import type { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { agree, blindIdentifier, comparable, detailDigests } from '../../../src/subjects/persistence/blind-index.js';

const keys = {
  mac: (use: string, data: string) => createHmac('sha256', `test ${use}`).update(data).digest(),
} as unknown as GatewayKeys;
const ava = '0197a000-0000-7000-8000-00000000000a' as PersonId;
const ben = '0197a000-0000-7000-8000-00000000000b' as PersonId;
const nothing = detailDigests(keys, ava, {});

describe('one spelling', () => {
  it.each([
    { a: 'SMITH', b: 'Smith' },
    { a: ' Smith  Jones ', b: 'Smith Jones' },
    { a: 'O’Brien', b: "O'Brien" },
    { a: 'Zoë'.normalize('NFD'), b: 'Zoë'.normalize('NFC') },
    { a: 'Anne‐Marie', b: 'Anne-Marie' },
  ])('`$a` and `$b` are one', ({ a, b }) => {
    expect(comparable(a)).toBe(comparable(b));
  });

  it.each([
    { a: 'Zoë', b: 'Zoe' },
    { a: "O'Brien", b: 'OBrien' },
    { a: 'Anne-Marie', b: 'Anne Marie' },
    { a: 'Ava', b: 'Eva' },
  ])('`$a` and `$b` are two: nothing is guessed', ({ a, b }) => {
    expect(comparable(a)).not.toBe(comparable(b));
  });

  it('is its own spelling', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => comparable(comparable(name)) === comparable(name)),
    );
  });
});

describe('digests', () => {
  it('of one name differ from person to person, and from field to field', () => {
    const said = { familyName: 'Ava', givenName: 'Ava' };
    const [ofAva, ofBen] = [detailDigests(keys, ava, said), detailDigests(keys, ben, said)];
    expect(ofAva.familyName).not.toEqual(ofBen.familyName);
    expect(ofAva.familyName).not.toEqual(ofAva.givenName);
  });

  it('of one number differ from system to system', () => {
    const index = (system: string): string =>
      blindIdentifier(keys, { system, value: '9990000018' }).blindIndex.toString('hex');
    expect(index('nhs-number')).not.toBe(index('chi'));
  });

  it('agree with silence, on either side', () => {
    const said = detailDigests(keys, ava, { familyName: 'Northmoor' });
    expect([agree(said, nothing), agree(nothing, said), agree(nothing, nothing)]).toEqual([true, true, true]);
  });

  it('disagree as soon as one field does', () => {
    const held = detailDigests(keys, ava, { familyName: 'Northmoor', givenName: 'Ava' });
    expect(agree(detailDigests(keys, ava, { familyName: 'Northmoor', givenName: 'Eva' }), held)).toBe(false);
  });
});
