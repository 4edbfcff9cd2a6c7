import { decided, foundBy, type FactsWanted } from '../../support/facts-builder.js';

const INSTEAD = 'ask for depersonalised information under cda-s17a, or about a named person under their own purpose';

/** The serious violence duty, cited by a force toward whoever the custodian is. */
const violence = (facts: FactsWanted = {}): FactsWanted => ({
  ...facts,
  ask: {
    purpose: 'serious-violence-duty',
    function: { power: 'pcsc-s16', text: 'where knives were used' },
    categories: ['core-identity', 'injury-findings'],
  },
});

describe('a refusal for a bar that stands for everyone', () => {
  it('says what may be asked for instead, whatever else would have shut', () => {
    expect(decided(violence())).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'stated', reason: 'no-legal-power', remedy: INSTEAD },
    });
  });

  it('says it of no custodian whom the bar does not shut', () => {
    const decision = decided(violence({ custodian: { agencyKind: 'education', teamKind: 'school' } }));

    expect(foundBy('bars-absent', decision)).not.toContainEqual(expect.objectContaining({ outcome: 'shut' }));
    expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'stated', reason: 'no-legal-power' } });
    expect(decision).not.toMatchObject({ ground: { remedy: INSTEAD } });
  });
});
