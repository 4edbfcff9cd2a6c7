import { decided, foundBy, shownOf, type FactsWanted } from '../../support/facts-builder.js';

/** The reason recorded for each category asked. */
const codesOf = (wanted: FactsWanted): object =>
  Object.fromEntries(decided(wanted).items.map(({ category, reason }) => [category, reason]));

const investigators: FactsWanted = {
  requester: { team: 'np-cid', teamKind: 'police-ci' },
  officer: { team: 'np-cid', role: 'police-investigator' },
  custodian: { agencyKind: 'council', teamKind: 'la-csc' },
  involvements: [{ team: 'np-cid' }],
};

describe('what a statutory bar and policy’s silence both withhold', () => {
  it('is recorded as barred: a bar stands before policy', () => {
    expect(codesOf({ ask: { categories: ['core-identity', 'legally-privileged', 'hiv-sti'] } })).toEqual({
      'core-identity': undefined,
      'legally-privileged': 'lpp',
      'hiv-sti': 'not-relevant-to-purpose',
    });
  });

  it('is, toward a detective, family-court material by whatever route', () => {
    const asked: FactsWanted = {
      ...investigators,
      ask: {
        kind: 'police-law-enforcement',
        purpose: 'criminal-investigation',
        subjectRole: 'suspect',
        officer: { id: 'np-4471', role: 'police-investigator' },
        categories: ['core-identity', 'family-court'],
        courtRoute: 'cp-professional',
        function: { power: 'common-law-policing', text: 'assault on a child' },
        police: {
          offence: 'assault',
          crimeReference: 'NP/C/TEST/31',
          supervisor: { id: 'np-5200', rank: 'inspector' },
          strictNecessity: 'nothing less shows it',
          onwardUse: 'the prosecutor',
        },
      },
    };

    expect(codesOf(asked)).toEqual({ 'core-identity': 'person-decides', 'family-court': 'fpr-route-missing' });
    expect(foundBy('bars-absent', decided(asked)).map(({ reason }) => reason)).toContain('fpr-route-missing');
  });

  it.each([
    { category: 'protected-location', code: 'protected-location' },
    { category: 'legally-privileged', code: 'lpp' },
  ])('asked for alone, $category is refused without its cause', ({ category, code }) => {
    const decision = decided({ ask: { categories: [category] } });

    expect(shownOf(decision)).toMatchObject({ effect: 'refuse', ground: { kind: 'stated', reason: 'withheld' } });
    expect(codesOf({ ask: { categories: [category] } })).toEqual({ [category]: code });
  });
});
