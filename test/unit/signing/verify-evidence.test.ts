import { readEvidence, readJwks, readProof } from '../../../src/cli/verify/evidence.js';
import { type TrustedFacts, verifyEvidence } from '../../../src/cli/verify/verify-evidence.js';
import { signReceipt } from '../../../src/core/signing/receipt.js';
import { leafHash } from '../../../src/core/transparency/tree-hash.js';
import { disclosureType, sealDisclosure } from '../../../src/core/signing/disclosure.js';
import { bindToKey, issueSdJwt, presentSdJwt } from '../../../src/core/signing/sd-jwt-issue.js';
import { countingBytes } from './claim-tree.js';
import { bytesOf, encode, now, nowSeconds, p256KeyPair } from './agency-keys.js';
import {
  disclosure,
  entry,
  evidence,
  jwks,
  log,
  proof,
  receipt,
  receiptFacts,
  request,
  slice,
  witness,
} from './evidence-world.js';
import { gateway, sealing, viewOf } from './released-views.js';

const trusted: TrustedFacts = {
  jwks: jwks.keys,
  logKey: log.text,
  witnesses: [witness.text],
  issuer: 'https://gateway.example',
  audience: 'northmoor-police',
  request,
};

interface Outcome {
  readonly verdict: string;
  readonly steps: Readonly<Record<string, string>>;
}

function outcomeOf(given: object, facts: TrustedFacts = trusted): Outcome {
  const read = readEvidence(bytesOf(JSON.stringify(given)));
  if (read === undefined) throw new Error('not evidence');
  const { verdict, steps } = verifyEvidence(read, facts);
  return { verdict, steps: Object.fromEntries(steps.map(({ check, outcome }) => [check, outcome])) };
}

it('evidence in order is verified in every respect', () => {
  expect(outcomeOf(evidence)).toEqual({
    verdict: 'verified',
    steps: {
      receipt: 'passed',
      request: 'passed',
      'disclosure digest': 'passed',
      disclosure: 'passed',
      record: 'passed',
      checkpoint: 'passed',
      witness: 'passed',
      inclusion: 'passed',
    },
  });
});

it('no word of the report speaks of the content', () => {
  const read = readEvidence(bytesOf(JSON.stringify(evidence))) ?? {};
  expect(JSON.stringify(verifyEvidence(read, trusted))).not.toMatch(/injury|seenOn|2026-12-07"/);
});

const otherGateway = p256KeyPair('gateway-2026-1');
const { jwk: otherJwk } = otherGateway;
const refused = signReceipt({ ...receiptFacts, disclosureDigest: null }, now, gateway.signer);
const otherView = sealDisclosure(viewOf({ 'injury-findings': { seenOn: '2026-12-08' } }), sealing());
it.each<{ because: string; given: object; facts?: Partial<TrustedFacts>; check: string }>([
  {
    because: 'another gateway signed the receipt',
    given: { receipt: signReceipt(receiptFacts, now, otherGateway.signer) },
    check: 'receipt',
  },
  {
    because: 'the keys are another gateway’s',
    given: {},
    facts: { jwks: [{ ...otherJwk, kid: 'gateway-2026-1' }] },
    check: 'receipt',
  },
  {
    because: 'no key has the receipt’s name',
    given: {},
    facts: { jwks: [{ ...gateway.jwk, kid: 'x' }] },
    check: 'receipt',
  },
  { because: 'the receipt answers another request', given: {}, facts: { request: bytesOf('{}') }, check: 'request' },
  { because: 'another disclosure is shown', given: { disclosure: otherView.compact }, check: 'disclosure digest' },
  { because: 'a disclosure is shown for a refusal', given: { receipt: refused }, check: 'disclosure digest' },
  {
    because: 'a leaf was taken out',
    given: { disclosure: disclosure.compact.replace(/~[^~]+~/, '~') },
    check: 'disclosure',
  },
  { because: 'it was for another agency', given: {}, facts: { audience: 'hill-gp' }, check: 'disclosure' },
  { because: 'another gateway issued it', given: {}, facts: { issuer: 'https://other.example' }, check: 'disclosure' },
  { because: 'a word of the record was changed', given: { slice: { ...slice, agency: 'x' } }, check: 'record' },
  {
    because: 'the record is said to be the other party’s',
    given: { slice: { ...slice, side: 'custodian' } },
    check: 'record',
  },
  { because: 'the record has no side', given: { slice: { ...slice, side: 'both' } }, check: 'record' },
  { because: 'the salt is another', given: { salt: encode(Buffer.alloc(32, 8)) }, check: 'record' },
  {
    because: 'the entry is another',
    given: { entry: encode(Buffer.concat([entry.subarray(0, 32), Buffer.alloc(32)])) },
    check: 'record',
  },
  { because: 'the entry is cut', given: { entry: encode(entry.subarray(0, 32)) }, check: 'record' },
  {
    because: 'the receipt is of another disclosure',
    given: { receipt: signReceipt({ ...receiptFacts, disclosureId: 'x' as never }, now, gateway.signer) },
    check: 'record',
  },
  {
    because: 'another log signed the checkpoint',
    given: {},
    facts: { logKey: log.text.replace('gateway', 'other') },
    check: 'checkpoint',
  },
  {
    because: 'the checkpoint’s size was changed',
    given: { proof: { ...proof, checkpoint: proof.checkpoint.replace('\n700\n', '\n701\n') } },
    check: 'checkpoint',
  },
  { because: 'a witness key is given as the log’s', given: {}, facts: { logKey: witness.text }, check: 'checkpoint' },
  {
    because: 'a witness did not cosign',
    given: { proof: { ...proof, checkpoint: proof.checkpoint.replace(/\n[^\n]+witness [^\n]+\n$/, '\n') } },
    check: 'witness',
  },
  { because: 'the log’s key is given as a witness’s', given: {}, facts: { witnesses: [log.text] }, check: 'witness' },
  { because: 'the entry is at another place', given: { proof: { ...proof, index: 301 } }, check: 'inclusion' },
  { because: 'the path is cut', given: { proof: { ...proof, path: proof.path.slice(1) } }, check: 'inclusion' },
  {
    because: 'the proof is of another size than the checkpoint',
    given: { proof: { ...proof, size: 699 } },
    check: 'inclusion',
  },
  {
    because: 'the log holds another entry',
    given: { receipt: signReceipt({ ...receiptFacts, leaf: encode(leafHash(bytesOf('x'))) }, now, gateway.signer) },
    check: 'inclusion',
  },
])('evidence is refused at `$check` when $because', ({ given, facts, check }) => {
  const outcome = outcomeOf({ ...evidence, ...given }, { ...trusted, ...facts });
  expect(outcome.verdict).toBe('refused');
  expect(outcome.steps[check]).toBe('failed');
});

it('one fault hides no other', () => {
  const facts = { ...trusted, request: bytesOf('{}'), audience: 'hill-gp' };
  expect(outcomeOf(evidence, facts).steps).toMatchObject({
    request: 'failed',
    disclosure: 'failed',
    inclusion: 'passed',
  });
});

it('a receipt alone is in order but incomplete', () => {
  const read = readEvidence(bytesOf(`${receipt}\n`)) ?? {};
  expect(read).toEqual({ receipt });
  const { verdict, steps } = verifyEvidence(read, { jwks: jwks.keys, witnesses: [] });
  expect(verdict).toBe('incomplete');
  expect(steps.filter(({ outcome }) => outcome === 'passed').map(({ check }) => check)).toEqual(['receipt']);
});

it('nothing to go by is incomplete, and a proof without the log’s key too', () => {
  expect(verifyEvidence({}, { jwks: [], witnesses: [] }).verdict).toBe('incomplete');
  const { logKey: _without, ...facts } = trusted;
  expect(outcomeOf(evidence, facts)).toMatchObject({ verdict: 'incomplete', steps: { inclusion: 'not-checked' } });
});

it('a record without a receipt is looked for by its own entry', () => {
  const { slice: record, salt, entry: bytes } = evidence;
  expect(outcomeOf({ slice: record, salt, entry: bytes, proof }, { ...trusted })).toMatchObject({
    verdict: 'verified',
    steps: { record: 'passed', inclusion: 'passed', receipt: 'not-checked', request: 'not-checked' },
  });
});

it('a refusal shows that nothing was disclosed', () => {
  const { disclosure: _none, ...rest } = evidence;
  expect(outcomeOf({ ...rest, receipt: refused })).toMatchObject({
    verdict: 'verified',
    steps: { 'disclosure digest': 'passed', disclosure: 'not-checked' },
  });
});

it.each([
  { when: 'before the promise has run out', at: nowSeconds + 59, outcome: 'not-checked', verdict: 'incomplete' },
  { when: 'after it has', at: nowSeconds + 61, outcome: 'failed', verdict: 'refused' },
])('an entry that the log did not hold $when is $outcome', ({ at, outcome, verdict }) => {
  const { proof: _none, ...rest } = evidence;
  expect(outcomeOf(rest, { ...trusted, soughtInVainAt: at })).toMatchObject({ verdict, steps: { inclusion: outcome } });
});

it.each([
  '',
  '[]',
  '{"receipt":1}',
  '{"a":1,"a":2}',
  '{"proof":{"index":-1,"size":1,"path":[],"checkpoint":""}}',
  'a.b',
])('`%s` is no evidence', (text) => {
  expect(readEvidence(bytesOf(text))).toBeUndefined();
});

it('a proof of nulls, while the entry waits, is no proof', () => {
  const pending = { leaf: receiptFacts.leaf, index: null, size: null, path: null, checkpoint: null };
  expect(outcomeOf({ ...evidence, proof: pending })).toMatchObject({
    verdict: 'incomplete',
    steps: { inclusion: 'not-checked', record: 'passed' },
  });
});

it('a disclosure that names no issuer is refused, whoever was expected', () => {
  const cnf = { kind: 'value', value: { jwk: gateway.jwk } } as const;
  const root = { kind: 'object', open: { cnf }, concealed: {}, digests: 45 } as const;
  const issued = issueSdJwt({ typ: disclosureType, kid: gateway.signer.kid }, root, countingBytes(), gateway.signer);
  const binding = { audience: 'northmoor-police', nonce: receiptFacts.disclosureId, at: now };
  const anonymous = bindToKey(
    presentSdJwt(issued, () => true),
    binding,
    gateway.signer,
  );
  const { issuer: _any, ...facts } = trusted;
  expect(outcomeOf({ ...evidence, disclosure: anonymous }, facts).steps).toMatchObject({ disclosure: 'failed' });
});

it('proofs and key sets are read from files of their own', () => {
  expect(readProof(bytesOf(JSON.stringify({ ...proof, index: '300' })))).toMatchObject({ index: 300n, size: 700n });
  expect(readProof(bytesOf('{}'))).toBeUndefined();
  expect(readJwks(bytesOf(JSON.stringify(jwks)))).toHaveLength(1);
  expect(readJwks(bytesOf('{}'))).toBeUndefined();
});
