import type { ReasonCode } from '../../../src/core/vocabulary/codes.js';
import { itemsOf } from '../../../src/exchange/items.js';
import { decided, law, type FactsWanted } from '../../support/facts-builder.js';

const whole = (facts: FactsWanted = {}) =>
  decided({ ...facts, ask: { ...facts.ask, categories: ['core-identity', 'full-medical-record'] } });
const toldOf = (facts: FactsWanted = {}) => itemsOf(whole(facts), law)[1];

const INSTEAD = 'ask for injury-findings, and for health-summary with the questions you need answered';

describe('who asks for the whole medical record', () => {
  it('waits for a person, and is told what is given without one', () => {
    expect(toldOf()).toMatchObject({
      status: 'in-review',
      reason: 'excessive-scope',
      explanation: `More was asked than the purpose needs: ${INSTEAD}.`,
    });
  });

  it('is not told to ask for what a person would have to give as well', () => {
    const victims: FactsWanted = {
      requester: { teamKind: 'police-ci' },
      ask: {
        kind: 'victim-information',
        purpose: 'victim-information-request',
        subjectRole: 'victim',
        function: { power: 'common-law-policing', text: 'investigation' },
        victim: {
          reasonToBelieveHeld: 'she was treated there',
          lineOfEnquiry: 'the injuries of that night',
          notice: { given: true, on: '2026-12-01' },
        },
      },
    };

    expect(toldOf(victims)).toMatchObject({ status: 'in-review', reason: 'person-decides' });
  });

  it('is not told to ask of a sibling what cannot be asked of one', () => {
    const { reason, explanation } = toldOf({ ask: { subjectRole: 'sibling' } }) ?? {};

    expect(reason).toBe('excessive-scope' as ReasonCode);
    expect(explanation).not.toContain('injury-findings');
  });
});
