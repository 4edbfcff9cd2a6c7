import { readEvidence } from '../../../src/cli/verify/evidence.js';
import { verifyEvidence } from '../../../src/cli/verify/verify-evidence.js';
import { signReceipt } from '../../../src/core/signing/receipt.js';
import { bytesOf, now } from './agency-keys.js';
import { disclosure, jwks, log, proof, receipt, receiptFacts } from './evidence-world.js';
import { gateway } from './released-views.js';

/** An answer as its recipient kept it, with a proof beside it. */
const answer = {
  id: receiptFacts.id,
  disclosureId: receiptFacts.disclosureId,
  items: [
    { category: 'injury-findings', status: 'released' },
    { category: 'hiv-sti', status: 'withheld' },
  ],
  record: { 'injury-findings': { seenOn: '2026-12-07' } },
  disclosure: disclosure.compact,
  receipt,
  proof,
};

function outcomeOf(given: object): { readonly verdict: string; readonly answer: string | undefined } {
  const read = readEvidence(bytesOf(JSON.stringify(given)));
  if (read === undefined) throw new Error('not evidence');
  const { verdict, steps } = verifyEvidence(read, { jwks: jwks.keys, logKey: log.text, witnesses: [] });
  return { verdict, answer: steps.find(({ check }) => check === 'answer')?.outcome };
}

describe('an answer whose record is in the clear beside its disclosure', () => {
  it('is verified where both say the same', () => {
    expect(outcomeOf(answer)).toEqual({ verdict: 'verified', answer: 'passed' });
  });

  it.each<[string, object]>([
    ['a leaf was changed', { record: { 'injury-findings': { seenOn: '2026-12-08' } } }],
    ['a leaf was added', { record: { 'injury-findings': { seenOn: '2026-12-07', size: '3 cm' } } }],
    ['a category was added', { record: { ...answer.record, 'hiv-sti': { status: 'positive' } } }],
    ['a category was taken out', { record: {} }],
    ['an item says withheld of what was released', { items: [{ category: 'injury-findings', status: 'withheld' }] }],
    ['an item says released of what was not', { items: [{ category: 'hiv-sti', status: 'released' }] }],
    ['it is of another disclosure', { disclosureId: '01937c2e-0000-7000-8000-00000000f001' }],
    ['it is of another exchange', { id: '01937c2e-0000-7000-8000-00000000f002' }],
    [
      'the receipt says that nothing was disclosed',
      {
        receipt: signReceipt({ ...receiptFacts, disclosureDigest: null }, now, gateway.signer),
        disclosure: undefined,
      },
    ],
  ])('is refused where %s', (_because, changes) => {
    expect(outcomeOf({ ...answer, ...changes })).toEqual({ verdict: 'refused', answer: 'failed' });
  });

  it('is not called verified where there is no disclosure to compare its record with', () => {
    expect(outcomeOf({ ...answer, disclosure: undefined })).toEqual({ verdict: 'incomplete', answer: 'not-checked' });
  });

  it('is not asked for where only evidence is given', () => {
    expect(outcomeOf({ receipt, disclosure: disclosure.compact, proof })).toEqual({
      verdict: 'verified',
      answer: undefined,
    });
  });
});
