import type { AskBody } from '../../../src/exchange/http/ask.schema.js';
import { unknownCodesIn } from '../../../src/exchange/known-codes.js';
import { anAsk } from '../../support/asks.js';
import { law } from '../../support/facts-builder.js';

const pointersIn = (changes: object): readonly string[] =>
  unknownCodesIn({ ...anAsk(), ...changes } as AskBody, law).map(({ pointer }) => pointer);

describe('a code that is in no list of the catalogue is malformed, not unlawful', () => {
  it.each([
    ['/function/power', { function: { power: 'no-such-power', text: 'joint enquiry' } }],
    ['/basis/article6', { basis: { article6: '6-1-z' } }],
    ['/basis/article9', { basis: { article9: '9-2-z' } }],
    ['/basis/schedule1', { basis: { schedule1: 'p99' } }],
    ['/basis/article10', { basis: { article10: 'p99' } }],
    ['/basis/p18Reason', { basis: { p18Reason: 'because' } }],
    ['/notice/waivedReason', { notice: { given: false, waivedReason: 'because', reviewOn: '2026-12-21' } }],
    ['/court/scope/0', { court: { court: 'a', judge: 'b', date: '2026-11-01', scope: ['nothing'], document: 'c' } }],
  ])('%s', (pointer, changes) => {
    expect(pointersIn(changes)).toEqual([pointer]);
  });

  it.each([
    ['a power not yet law', { function: { power: 'ca04-s16la', text: 'joint enquiry' } }],
    ['a basis that does not fit', { basis: { article6: '6-1-a', article9: '9-2-a' } }],
    ['no basis and no notice', { basis: null, notice: null }],
  ])('%s is for the decision', (_what, changes) => {
    expect(pointersIn(changes)).toEqual([]);
  });
});
