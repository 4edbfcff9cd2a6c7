import { signAnswer, verifyAnswer } from '../../../src/core/signing/answer-signature.js';
import {
  type CallClaims,
  type CallExpectations,
  makeCallSignature,
  readCallSignature,
  verifyCallSignature,
} from '../../../src/core/signing/call-signature.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import { signDetachedJws } from '../../../src/core/signing/jws.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { secondsAfter } from '../../../src/core/vocabulary/time.js';
import { bytesOf, now, nowSeconds, p256KeyPair } from './agency-keys.js';

const pair = p256KeyPair('np-signing-1');
const body = bytesOf('{"kind":"police-safeguarding"}');
const url = 'https://gateway.example/v1/exchanges/requests';
const said: CallClaims = {
  body,
  method: 'POST',
  url,
  audience: 'https://gateway.example',
  officer: 'np-4471',
  jti: '01937c2e',
  idempotencyKey: 'key-0000-0000-0001',
  at: now,
};
const expected: CallExpectations = {
  body,
  method: 'POST',
  publicUrl: url,
  audience: 'https://gateway.example',
  idempotencyKey: 'key-0000-0000-0001',
  now,
  toleranceSeconds: 60,
};
const verdict = (compact: string, expectations = expected, key = pair.publicKey): unknown => {
  const read = readCallSignature([compact]);
  return read.ok ? verifyCallSignature(read.unverified, key, expectations) : read;
};
const header = {
  typ: 'exchange+jws',
  kid: 'np-signing-1',
  iat: nowSeconds,
  jti: '01937c2e',
  aud: 'https://gateway.example',
  htm: 'POST',
  htu: url,
  ik: 'key-0000-0000-0001',
  officer: 'np-4471',
};
const withHeader = (change: JsonObject): string => signDetachedJws({ ...header, ...change }, body, pair.signer);

it('a call signed by the agency names officer, key and what is still to be spent', () => {
  const compact = makeCallSignature(said, pair.signer);
  expect(verdict(compact)).toEqual({
    ok: true,
    signature: {
      kid: 'np-signing-1',
      officer: 'np-4471',
      jti: '01937c2e',
      iat: nowSeconds,
      digest: sha256Base64url(compact),
    },
  });
});

it('a read carries neither body nor key', () => {
  const { idempotencyKey: _saidKey, ...read } = said;
  const { idempotencyKey: _expectedKey, ...expectedRead } = expected;
  const empty = new Uint8Array();
  const compact = makeCallSignature({ ...read, body: empty, method: 'GET' }, pair.signer);
  expect(verdict(compact, { ...expectedRead, body: empty, method: 'GET' })).toMatchObject({ ok: true });
});

it.each([
  { because: 'there is none', headers: [], fault: 'signature-count' },
  { because: 'there are two', headers: ['a', 'b'], fault: 'signature-count' },
  { because: 'it is not a JWS', headers: ['x'], fault: 'malformed' },
  {
    because: 'it names no key',
    headers: [signDetachedJws({ typ: 'exchange+jws' }, body, pair.signer)],
    fault: 'claims',
  },
])('a call is refused as $fault when of its signatures $because', ({ headers, fault }) => {
  expect(readCallSignature(headers)).toEqual({ ok: false, fault });
});

it.each([
  { because: 'the body is another', change: { body: bytesOf('{}') }, fault: 'signature' },
  { because: 'it was made for another gateway', change: { audience: 'https://other.example' }, fault: 'aud' },
  { because: 'the method is another', change: { method: 'PUT' }, fault: 'htm' },
  { because: 'the path is another', change: { publicUrl: 'https://gateway.example/v1/holds' }, fault: 'htu' },
  { because: 'the key is another', change: { idempotencyKey: 'key-0000-0000-0002' }, fault: 'ik' },
  { because: 'it is 61 s old', change: { now: secondsAfter(now, 61) }, fault: 'iat' },
  { because: 'it is 61 s ahead', change: { now: secondsAfter(now, -61) }, fault: 'iat' },
])('a call is refused as $fault when $because', ({ change, fault }) => {
  expect(verdict(makeCallSignature(said, pair.signer), { ...expected, ...change })).toEqual({ ok: false, fault });
});

it.each([
  { because: 'it is an answer', change: { typ: 'exchange-answer+jws' }, fault: 'typ' },
  { because: 'no officer is named', change: { officer: '' }, fault: 'claims' },
  { because: 'the officer is not an id', change: { officer: 'NP 4471' }, fault: 'claims' },
  { because: '`jti` is empty', change: { jti: '' }, fault: 'claims' },
  { because: '`htu` is a number', change: { htu: 1 }, fault: 'claims' },
  { because: '`aud` is a list', change: { aud: ['https://gateway.example'] }, fault: 'aud' },
  { because: '`iat` is text', change: { iat: String(nowSeconds) }, fault: 'iat' },
  { because: '`iat` has a fraction', change: { iat: nowSeconds + 0.5 }, fault: 'iat' },
])('a call is refused as $fault when $because in a signature that verifies', ({ change, fault }) => {
  expect(verdict(withHeader(change))).toEqual({ ok: false, fault });
});

it('a call with an Idempotency-Key that its signature does not cover is refused', () => {
  const { idempotencyKey: _unsigned, ...without } = said;
  expect(verdict(makeCallSignature(without, pair.signer))).toEqual({ ok: false, fault: 'ik' });
});

it('a call whose signature covers an Idempotency-Key that was removed is refused', () => {
  const { idempotencyKey: _removed, ...without } = expected;
  expect(verdict(makeCallSignature(said, pair.signer), without)).toEqual({ ok: false, fault: 'ik' });
});

it('a call signed with a key of another agency is refused', () => {
  expect(verdict(makeCallSignature(said, pair.signer), expected, p256KeyPair().publicKey)).toEqual({
    ok: false,
    fault: 'signature',
  });
});

describe('an answer', () => {
  const req = sha256Base64url('the compact signature of the call');

  it('names the call it answers', () => {
    expect(verifyAnswer(signAnswer(body, req, pair.signer), body, pair.publicKey)).toEqual({ ok: true, req });
  });

  it.each([
    { because: 'its body was changed', compact: signAnswer(bytesOf('{}'), req, pair.signer), fault: 'signature' },
    { because: 'it is the signature of a call', compact: makeCallSignature(said, pair.signer), fault: 'typ' },
    {
      because: 'it names no call',
      compact: signDetachedJws({ typ: 'exchange-answer+jws' }, body, pair.signer),
      fault: 'claims',
    },
  ])('is refused as $fault when $because', ({ compact, fault }) => {
    expect(verifyAnswer(compact, body, pair.publicKey)).toEqual({ ok: false, fault });
  });
});
