import { describe, expect, it } from '@jest/globals';
import { parseIdentifiers } from '../../../src/subjects/given-identifiers.js';

const faultsOf = (given: readonly { system: string; value: string }[]): unknown => {
  try {
    return parseIdentifiers(given, '/subject/identifiers');
  } catch (problem) {
    return (problem as { particulars: { errors: unknown } }).particulars.errors;
  }
};

describe('identifiers as sent', () => {
  it('are brought to their normal form', () => {
    expect(parseIdentifiers([{ system: 'nhs-number', value: '999 000 0018' }], '')).toEqual([
      { system: 'nhs-number', value: '9990000018' },
    ]);
  });

  it('are refused by pointer, every one, and never by value', () => {
    const faults = faultsOf([
      { system: 'nhs-number', value: '9990000019' },
      { system: 'nhs-number', value: '9990000018' },
      { system: 'library-card', value: 'L-17' },
    ]);
    expect(faults).toEqual([
      { pointer: '/subject/identifiers/0/value', detail: 'must be a valid `nhs-number`' },
      { pointer: '/subject/identifiers/2/system', detail: expect.stringContaining('nhs-number') },
    ]);
  });

  it('are at least one', () => {
    expect(faultsOf([])).toEqual([{ pointer: '/subject/identifiers', detail: 'must name at least one identifier' }]);
  });
});
