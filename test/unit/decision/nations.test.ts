import { decided, effectsOf, foundBy, shownOf, type FactsWanted } from '../../support/facts-builder.js';

const three = { 'core-identity': 'release', 'present-concern': 'release', 'injury-findings': 'release' };
const at = (jurisdiction: string, power: string): FactsWanted => ({
  requester: { jurisdiction },
  custodian: { jurisdiction },
  ask: { function: { power, text: 'joint enquiry; police strand' } },
});

describe('the law that decides is that of the custodian’s nation', () => {
  it.each([
    { nation: 'wales', power: 'common-law-policing', row: 'POL-013-wales' },
    { nation: 'scotland', power: 'common-law-policing', row: 'POL-013-scotland' },
    { nation: 'northern-ireland', power: 'common-law-policing', row: 'POL-013-ni' },
    { nation: 'england', power: 'ca04-s11', row: 'POL-013' },
  ])('in $nation policy $row rules', ({ nation, power, row }) => {
    const decision = decided(at(nation, power));

    expect(effectsOf(decision)).toEqual(three);
    expect(decision.policyRow).toBe(row);
  });

  it.each(['wales', 'scotland', 'northern-ireland'])('in %s no power of England carries it', (nation) => {
    const decision = decided(at(nation, 'common-law-policing'));

    expect(decision.basis?.power).toBe('common-law-public-interest');
  });

  it('a requester in Scotland who cites an English power is told which would serve', () => {
    expect(shownOf(decided(at('scotland', 'ca04-s11')))).toMatchObject({
      ground: { kind: 'stated', reason: 'jurisdiction-mismatch' },
    });
  });

  it('a policy written for another nation is named, and permits nothing here', () => {
    const facts = at('wales', 'common-law-policing');
    const decision = decided({
      ...facts,
      ask: { ...facts.ask, purpose: 'child-s17-assessment' },
      requester: { jurisdiction: 'wales', agency: 'northmoor-police', agencyKind: 'police', teamKind: 'la-csc' },
    });

    expect(foundBy('purpose-permitted', decision)).toMatchObject([
      { outcome: 'shut', reason: 'jurisdiction-mismatch' },
    ]);
    expect(decision.effect).toBe('refuse');
  });

  it('a purpose whose law has not commenced is no purpose yet', () => {
    const decision = decided({ ask: { purpose: 'csa-duty-to-report' } });

    expect(shownOf(decision)).toMatchObject({ ground: { kind: 'stated', reason: 'policy-not-commenced' } });
  });
});
