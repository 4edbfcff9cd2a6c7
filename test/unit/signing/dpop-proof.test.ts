import { type DpopExpectations, makeDpopProof, verifyDpopProof } from '../../../src/core/signing/dpop-proof.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import { jwkThumbprint, parsePublicJwk } from '../../../src/core/signing/jwk.js';
import { secondsAfter } from '../../../src/core/vocabulary/time.js';
import { forge, now, nowSeconds, p256KeyPair } from './agency-keys.js';

const { jwk, privateKey, signer } = p256KeyPair();
const accessToken = 'header.payload.signature';
const url = 'https://gateway.example/v1/disclosures';
const proof = makeDpopProof({ method: 'GET', url: `${url}?limit=2`, accessToken, jti: 'once', at: now }, jwk, signer);
const expected: DpopExpectations = {
  proofs: [proof],
  method: 'GET',
  publicUrl: url,
  accessToken,
  boundThumbprint: jwkThumbprint(jwk) ?? '',
  now,
  toleranceSeconds: 60,
  algorithms: ['ES256'],
};
const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
const claims = { jti: 'once', htm: 'GET', htu: url, iat: nowSeconds, ath: sha256Base64url(accessToken) };
const proofOf = (heading: object, said: object): string => forge(heading, JSON.stringify(said), signer);

it('a proof for this call, this token and this key is taken, and names what is still to be spent', () => {
  expect(verifyDpopProof(expected)).toMatchObject({
    ok: true,
    proof: { jti: 'once', iat: nowSeconds, thumbprint: jwkThumbprint(jwk) },
  });
});

it.each(['https://GATEWAY.example:443/v1/disclosures', `${url}#part`, `${url}?x=1`])(
  'RFC 9449 §4.3: `%s` names the same target',
  (htu) => {
    expect(verifyDpopProof({ ...expected, proofs: [proofOf(header, { ...claims, htu })] }).ok).toBe(true);
  },
);

const privateJwk = privateKey.export({ format: 'jwk' });
const absent = undefined;
it.each([
  { check: '1', because: 'there is no proof', change: { proofs: [] }, fault: 'proof-count' },
  { check: '1', because: 'there are two proofs', change: { proofs: [proof, proof] }, fault: 'proof-count' },
  { check: '2', because: 'Node joined two proofs', change: { proofs: [`${proof}, ${proof}`] }, fault: 'malformed' },
  {
    check: '2',
    because: 'the payload is not JSON',
    change: { proofs: [forge(header, 'x', signer)] },
    fault: 'malformed',
  },
  ...(['jti', 'htm', 'htu', 'iat', 'ath'] as const).map((claim) => ({
    check: '3',
    because: `\`${claim}\` is missing`,
    change: { proofs: [proofOf(header, { ...claims, [claim]: absent })] },
    fault: 'claims',
  })),
  {
    check: '3',
    because: '`jti` has a NUL',
    change: { proofs: [proofOf(header, { ...claims, jti: 'a\0' })] },
    fault: 'claims',
  },
  {
    check: '4',
    because: 'it is another kind of token',
    change: { proofs: [proofOf({ ...header, typ: 'JWT' }, claims)] },
    fault: 'typ',
  },
  {
    check: '5',
    because: 'its algorithm is none',
    change: { proofs: [proofOf({ ...header, alg: 'none' }, claims)] },
    fault: 'alg',
  },
  {
    check: '5',
    because: 'its algorithm is symmetric',
    change: { proofs: [proofOf({ ...header, alg: 'HS256' }, claims)] },
    fault: 'alg',
  },
  {
    check: '6',
    because: 'another key signed it',
    change: { proofs: [forge(header, JSON.stringify(claims), p256KeyPair().signer)] },
    fault: 'signature',
  },
  {
    check: '7',
    because: 'it shows a private key',
    change: { proofs: [proofOf({ ...header, jwk: privateJwk }, claims)] },
    fault: 'private-key',
  },
  {
    check: '7',
    because: 'it embeds no key',
    change: { proofs: [proofOf({ ...header, jwk: absent }, claims)] },
    fault: 'key',
  },
  {
    check: '7',
    because: 'its point is off the curve',
    change: { proofs: [proofOf({ ...header, jwk: { ...jwk, y: jwk.x } }, claims)] },
    fault: 'key',
  },
  { check: '8', because: 'it is for another method', change: { method: 'POST' }, fault: 'htm' },
  {
    check: '8',
    because: 'its method is in another case',
    change: { proofs: [proofOf(header, { ...claims, htm: 'get' })] },
    fault: 'htm',
  },
  { check: '9', because: 'it is for another path', change: { publicUrl: `${url}/1` }, fault: 'htu' },
  {
    check: '9',
    because: 'it is for another host',
    change: { proofs: [proofOf(header, { ...claims, htu: 'https://other.example/v1/disclosures' })] },
    fault: 'htu',
  },
  {
    check: '9',
    because: 'its URL hides a user',
    change: { proofs: [proofOf(header, { ...claims, htu: 'https://a@gateway.example/v1/disclosures' })] },
    fault: 'htu',
  },
  {
    check: '9',
    because: 'its URL has a backslash',
    change: { proofs: [proofOf(header, { ...claims, htu: 'https://gateway.example\\v1/disclosures' })] },
    fault: 'htu',
  },
  { check: '10', because: 'a nonce was given out', change: { nonce: 'n1' }, fault: 'nonce' },
  {
    check: '10',
    because: 'the nonce is another',
    change: { nonce: 'n1', proofs: [proofOf(header, { ...claims, nonce: 'n2' })] },
    fault: 'nonce',
  },
  { check: '11', because: 'it is 61 s old', change: { now: secondsAfter(now, 61) }, fault: 'iat' },
  { check: '11', because: 'it is 61 s ahead', change: { now: secondsAfter(now, -61) }, fault: 'iat' },
  { check: '12', because: 'it is for another token', change: { accessToken: 'another' }, fault: 'ath' },
  {
    check: '12',
    because: 'the token is bound to another key',
    change: { boundThumbprint: jwkThumbprint(p256KeyPair().jwk) ?? '' },
    fault: 'thumbprint',
  },
  {
    check: '-',
    because: 'it relies on an extension',
    change: { proofs: [proofOf({ ...header, crit: ['x'], x: 1 }, claims)] },
    fault: 'crit',
  },
])('RFC 9449 §4.3 check $check: refused as $fault when $because', ({ change, fault }) => {
  expect(verifyDpopProof({ ...expected, ...change })).toEqual({ ok: false, fault });
});

it('a proof 60 s old is taken, and one with the nonce that was given out', () => {
  expect(verifyDpopProof({ ...expected, now: secondsAfter(now, 60) }).ok).toBe(true);
  expect(verifyDpopProof({ ...expected, nonce: 'n', proofs: [proofOf(header, { ...claims, nonce: 'n' })] }).ok).toBe(
    true,
  );
});

it('the embedded key is read by the parser given, so that it can be remembered', () => {
  let read = 0;
  const remembering: typeof parsePublicJwk = (key, allowed) => {
    read++;
    return parsePublicJwk(key, allowed);
  };
  expect(verifyDpopProof(expected, remembering).ok).toBe(true);
  expect(read).toBe(1);
});
