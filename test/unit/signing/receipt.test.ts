import { receiptType, signReceipt, verifyReceipt } from '../../../src/core/signing/receipt.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import { signJws } from '../../../src/core/signing/jws.js';
import type { DisclosureId, ExchangeId } from '../../../src/core/vocabulary/ids.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { now, nowSeconds, p256KeyPair } from './agency-keys.js';

const { publicKey, signer } = p256KeyPair('gateway-1');
const facts = {
  id: '01937c2e-0000-7000-8000-00000000e001' as ExchangeId,
  disclosureId: '01937c2e-0000-7000-8000-00000000d001' as DisclosureId,
  requestDigest: sha256Base64url('request'),
  decisionDigest: sha256Base64url('decision'),
  disclosureDigest: sha256Base64url('disclosure'),
  leaf: sha256Base64url('leaf'),
  policyVersion: '2026-11-25.1',
};

it('a receipt says what was signed, and promises inclusion within a minute', () => {
  expect(verifyReceipt(signReceipt(facts, now, signer), publicKey)).toEqual({
    ok: true,
    receipt: { ...facts, iat: nowSeconds, mergeBy: nowSeconds + 60 },
  });
});

it('a receipt of a refusal says that nothing was disclosed, and one of a retry which disclosure it answers again', () => {
  const retryOf = '01937c2e-0000-7000-8000-00000000d000' as DisclosureId;
  const compact = signReceipt({ ...facts, retryOf, disclosureDigest: null }, now, signer);
  expect(verifyReceipt(compact, publicKey)).toMatchObject({ ok: true, receipt: { retryOf, disclosureDigest: null } });
});

const claims: JsonObject = { ...facts, iat: nowSeconds, mergeBy: nowSeconds + 60 };
it.each([
  { because: 'another key signed it', compact: signReceipt(facts, now, p256KeyPair().signer), fault: 'signature' },
  { because: 'it is another kind of token', compact: signJws({ typ: 'kb+jwt' }, claims, signer), fault: 'typ' },
  ...(
    [
      'id',
      'disclosureId',
      'requestDigest',
      'decisionDigest',
      'disclosureDigest',
      'leaf',
      'policyVersion',
      'iat',
      'mergeBy',
    ] as const
  ).map((claim) => {
    const { [claim]: _left, ...rest } = claims;
    return {
      because: `\`${claim}\` is missing`,
      compact: signJws({ typ: receiptType }, rest, signer),
      fault: 'claims',
    };
  }),
  {
    because: '`leaf` is no digest',
    compact: signJws({ typ: receiptType }, { ...claims, leaf: 'x' }, signer),
    fault: 'claims',
  },
  {
    because: '`retryOf` is empty',
    compact: signJws({ typ: receiptType }, { ...claims, retryOf: '' }, signer),
    fault: 'claims',
  },
  { because: 'it is a list', compact: signJws({ typ: receiptType }, [], signer), fault: 'claims' },
])('a receipt is refused as $fault when $because', ({ compact, fault }) => {
  expect(verifyReceipt(compact, publicKey)).toEqual({ ok: false, fault });
});
