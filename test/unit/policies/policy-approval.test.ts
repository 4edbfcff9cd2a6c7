import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import { signJws } from '../../../src/core/signing/jws.js';
import { es256Signer } from '../../../src/core/signing/signer.js';
import type { AgencyId, OfficerId } from '../../../src/core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../../src/core/vocabulary/json.js';
import type { Instant } from '../../../src/core/vocabulary/time.js';
import { approvePolicy, isSignedBy, readApproval } from '../../../src/policies/policy-approval.js';
import { keyPair } from '../../support/directory-world.js';

const { publicJwk, privateJwk } = keyPair();
const digest = sha256Base64url('the files');
const approver = { agency: 'northmoor-council' as AgencyId, officer: 'nm-1' as OfficerId, kid: 'a-1', privateJwk };
const approval = approvePolicy(digest, approver, '2026-11-25T11:06:20.500Z' as Instant);

describe('a policy approval', () => {
  it('says who approved which files, when to the second, and with which key', () => {
    expect(readApproval(approval)).toEqual({
      digest,
      agency: 'northmoor-council',
      officer: 'nm-1',
      kid: 'a-1',
      approvedAt: '2026-11-25T11:06:20.000Z',
    });
    expect(isSignedBy(approval, publicJwk)).toBe(true);
  });

  it('is by nobody else', () => {
    expect(isSignedBy(approval, keyPair().publicJwk)).toBe(false);
  });

  it('is broken by any changed character', () => {
    fc.assert(
      fc.property(fc.nat(approval.length - 1), fc.constantFrom('A', 'b', '7', '-', '.'), (at, other) => {
        fc.pre(approval[at] !== other);
        const altered = approval.slice(0, at) + other + approval.slice(at + 1);
        expect(isSignedBy(altered, publicJwk)).toBe(false);
      }),
    );
  });

  it('is read from anything without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readApproval(text)).toBeUndefined();
        expect(isSignedBy(text, publicJwk)).toBe(false);
      }),
    );
  });

  it.each<[string, { typ?: string; claims?: Json }]>([
    ['a signed call', { typ: 'exchange+jws' }],
    [
      'one that says more than it may',
      { claims: { digest, officer: 'nm-1', agency: 'northmoor-council', iat: 1, x: 1 } },
    ],
    ['one without a time', { claims: { digest, officer: 'nm-1', agency: 'northmoor-council' } }],
    [
      'one of something that is no digest',
      { claims: { digest: 'x', officer: 'nm-1', agency: 'northmoor-council', iat: 1 } },
    ],
  ])('is not %s, though well signed', (_, { typ = 'policy-approval+jws', claims }) => {
    const signer = es256Signer('a-1', createPrivateKey({ key: { ...privateJwk }, format: 'jwk' }));
    const ordinary: JsonObject = { digest, officer: 'nm-1', agency: 'northmoor-council', iat: 1 };
    expect(readApproval(signJws({ typ, kid: 'a-1' }, claims ?? ordinary, signer))).toBeUndefined();
  });

  it('is made with a private key only', () => {
    expect(() =>
      approvePolicy(digest, { ...approver, privateJwk: publicJwk }, '2026-11-25T11:06:20.000Z' as Instant),
    ).toThrow();
  });
});
