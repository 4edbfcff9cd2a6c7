import { decodeProtectedHeader, decodeJwt } from 'jose';
import { openDisclosure, sealDisclosure } from '../../../src/core/signing/disclosure.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import type { AgencyId, DisclosureId, SubjectRef } from '../../../src/core/vocabulary/ids.js';
import { nowSeconds, p256KeyPair } from './agency-keys.js';
import { disclosureId, gateway, sealing, viewOf } from './released-views.js';

const record = {
  'core-identity': { familyName: 'Test-Northmoor', birthDate: '2022-05-01' },
  'injury-findings': { findings: [{ site: 'ear', side: 'left' }], seenOn: '2026-12-07' },
};
const view = viewOf(record);
const expected = {
  issuer: 'https://gateway.example',
  recipient: 'northmoor-police' as AgencyId,
  disclosureId: disclosureId as DisclosureId,
};

it('a recipient opens exactly the leaves released to it', () => {
  const subject = '01937c2e-0000-7000-8000-0000000000aa' as SubjectRef;
  const sealed = sealDisclosure(view, { ...sealing(), subject });
  expect(openDisclosure(sealed.compact, gateway.publicKey, expected)).toEqual({
    ok: true,
    value: { record, custodian: 'northmoor-nhs-trust', subject, issuedAt: nowSeconds },
  });
  expect(sealed).toMatchObject({ disclosureId, digest: sha256Base64url(sealed.compact) });
});

it('its open part says who issued it, for whose record and which key binds it, and nothing of the content', () => {
  const [jwt = ''] = sealDisclosure(view, sealing()).compact.split('~');
  expect(decodeProtectedHeader(jwt)).toEqual({
    alg: 'ES256',
    typ: 'safeguarding-disclosure+sd-jwt',
    kid: 'gateway-2026-1',
  });
  const { _sd, ...open } = decodeJwt(jwt);
  expect(_sd).toHaveLength(45);
  expect(open).toEqual({
    iss: 'https://gateway.example',
    iat: nowSeconds,
    custodian: 'northmoor-nhs-trust',
    cnf: { jwk: gateway.jwk },
    _sd_alg: 'sha-256',
  });
});

it('a disclosed category carries one digest for each leaf of the catalogue, whatever was released of it', () => {
  const disclosures = sealDisclosure(view, sealing()).compact.split('~').slice(1, -1);
  const counts = disclosures
    .map((one) => JSON.parse(Buffer.from(one, 'base64url').toString()) as [string, string, { _sd?: string[] }])
    .filter(([, , within]) => within._sd !== undefined)
    .map(([, category, within]) => [category, within._sd?.length]);
  expect(new Map(counts as [string, number][])).toEqual(
    new Map([
      ['core-identity', 12],
      ['injury-findings', 8],
    ]),
  );
});

it('nothing released is still signed: forty-five digests and no disclosure', () => {
  const sealed = sealDisclosure(viewOf({}), sealing());
  expect(sealed.compact.split('~')).toHaveLength(2);
  expect(openDisclosure(sealed.compact, gateway.publicKey, expected)).toMatchObject({
    ok: true,
    value: { record: {} },
  });
});

it.each([
  { because: 'another agency opens it', change: { recipient: 'hill-gp' as AgencyId }, fault: 'key-binding-audience' },
  {
    because: 'it is passed off as another disclosure',
    change: { disclosureId: 'x' as DisclosureId },
    fault: 'key-binding-nonce',
  },
  { because: 'another gateway issued it', change: { issuer: 'https://other.example' }, fault: 'issuer' },
])('is refused as $fault when $because', ({ change, fault }) => {
  const { compact } = sealDisclosure(view, sealing());
  expect(openDisclosure(compact, gateway.publicKey, { ...expected, ...change })).toEqual({ ok: false, fault });
});

it('is refused when a holder of another key bound it', () => {
  const thief = p256KeyPair();
  const { compact } = sealDisclosure(view, { ...sealing(), holder: { jwk: gateway.jwk, signer: thief.signer } });
  expect(openDisclosure(compact, gateway.publicKey, expected)).toEqual({ ok: false, fault: 'key-binding-signature' });
});

it('a category that the catalogue does not know is never signed', () => {
  expect(() => sealDisclosure(viewOf({ unknown: { a: 1 } }), sealing())).toThrow(RangeError);
});

it('what the recipient undertakes is signed, and no part of the record', () => {
  const handed = { obligations: ['purpose-bound'], conditions: { 'core-identity': ['no-onward-disclosure'] } };
  const { compact } = sealDisclosure(viewOf({ 'core-identity': { familyName: 'Northmoor-Test' } }, handed), sealing());
  const opened = openDisclosure(compact, gateway.publicKey, {
    issuer: 'https://gateway.example',
    recipient: 'northmoor-police' as never,
    disclosureId: disclosureId as never,
  });

  expect(opened).toMatchObject({
    ok: true,
    value: { ...handed, record: { 'core-identity': { familyName: 'Northmoor-Test' } } },
  });
});
