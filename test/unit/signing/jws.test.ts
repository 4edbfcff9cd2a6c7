import { generateKeyPairSync, sign } from 'node:crypto';
import {
  algorithmsOf,
  isSignedBy,
  readJws,
  signDetachedJws,
  signJws,
  verifyDetachedJws,
  verifyJws,
} from '../../../src/core/signing/jws.js';
import { es256Signer } from '../../../src/core/signing/signer.js';
import { bytesOf, encode, forge, p256KeyPair } from './agency-keys.js';

const pair = p256KeyPair();
const demands = { typ: 'receipt+jws', algorithms: ['ES256'] } as const;
const header = { alg: 'ES256', typ: 'receipt+jws' };

describe('a compact JWS', () => {
  it('verifies under the key that signed it and gives back header and payload', () => {
    const compact = signJws({ typ: 'receipt+jws', kid: 'k1' }, { b: 1, a: ['é'] }, pair.signer);
    const result = verifyJws(compact, pair.publicKey, demands);
    expect(result).toMatchObject({ ok: true, header: { alg: 'ES256', typ: 'receipt+jws', kid: 'k1' } });
    expect(result.ok && new TextDecoder().decode(result.payload)).toBe('{"a":["é"],"b":1}');
  });

  it('cannot have its algorithm chosen by whoever fills the header', () => {
    const compact = signJws({ typ: 'receipt+jws', alg: 'none' }, {}, pair.signer);
    expect(readJws(compact)?.header['alg']).toBe('ES256');
  });

  it.each([
    { because: 'it has two parts', compact: 'e30.e30', fault: 'malformed' },
    { because: 'it has four parts', compact: `${forge(header, '{}', pair.signer)}.x`, fault: 'malformed' },
    { because: 'it is empty', compact: '', fault: 'malformed' },
    {
      because: 'its signature is padded',
      compact: `${forge(header, '{}', pair.signer)}==`,
      fault: 'malformed',
    },
    { because: 'its header is not JSON', compact: forge('{', '{}', pair.signer), fault: 'malformed' },
    { because: 'its header is a list', compact: forge('[]', '{}', pair.signer), fault: 'malformed' },
    {
      because: 'its header repeats a member',
      compact: forge('{"alg":"ES256","typ":"x","typ":"receipt+jws"}', '{}', pair.signer),
      fault: 'malformed',
    },
    {
      because: 'its header repeats a member in another spelling',
      compact: forge('{"alg":"ES256","typ":"receipt+jws","\\u0074yp":"x"}', '{}', pair.signer),
      fault: 'malformed',
    },
    { because: 'its algorithm is none', compact: `${encode('{"alg":"none"}')}.e30.`, fault: 'alg' },
    {
      because: 'its algorithm is not allowed here',
      compact: forge({ ...header, alg: 'ES384' }, '{}', pair.signer),
      fault: 'alg',
    },
    { because: 'its algorithm is missing', compact: forge({ typ: 'receipt+jws' }, '{}', pair.signer), fault: 'alg' },
    { because: 'its type is another', compact: forge({ ...header, typ: 'at+jwt' }, '{}', pair.signer), fault: 'typ' },
    { because: 'its type is missing', compact: forge({ alg: 'ES256' }, '{}', pair.signer), fault: 'typ' },
    {
      because: 'it relies on an extension',
      compact: forge({ ...header, crit: ['exp'], exp: 1 }, '{}', pair.signer),
      fault: 'crit',
    },
    {
      because: 'it says that its payload is not encoded',
      compact: forge({ ...header, b64: false, crit: ['b64'] }, '{}', pair.signer),
      fault: 'crit',
    },
    { because: 'another key signed it', compact: forge(header, '{}', p256KeyPair().signer), fault: 'signature' },
    {
      because: 'its signature is in DER',
      compact: `${encode(JSON.stringify(header))}.e30.${encode(
        sign('sha256', bytesOf(`${encode(JSON.stringify(header))}.e30`), pair.privateKey),
      )}`,
      fault: 'signature',
    },
  ])('is refused as $fault when $because', ({ compact, fault }) => {
    expect(verifyJws(compact, pair.publicKey, demands)).toEqual({ ok: false, fault });
  });

  it('is refused when a type is given where none belongs', () => {
    const compact = forge(header, '{}', pair.signer);
    expect(verifyJws(compact, pair.publicKey, { ...demands, typ: null })).toEqual({ ok: false, fault: 'typ' });
  });

  it('is refused when the key is of another kind than the algorithm', () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(verifyJws(forge(header, '{}', pair.signer), other, demands)).toEqual({ ok: false, fault: 'alg' });
  });

  it.each(['Ed25519', 'EdDSA'] as const)('takes %s where the caller allows it', (alg) => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const signer = { kid: 'k', sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)) };
    const compact = forge({ alg, typ: 'receipt+jws' }, '{}', signer);
    expect(verifyJws(compact, publicKey, { typ: 'receipt+jws', algorithms: [alg] }).ok).toBe(true);
    expect(verifyJws(compact, publicKey, demands)).toEqual({ ok: false, fault: 'alg' });
  });
});

describe('a key', () => {
  it.each([
    { key: generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, named: 'P-384' },
    { key: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, named: 'secp256k1' },
    { key: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, named: 'RSA of 1024 bits' },
    { key: pair.privateKey, named: 'a private key' },
  ])('verifies nothing when it is $named', ({ key }) => {
    expect(algorithmsOf(key)).toEqual([]);
  });

  it('signs ES256 only when it is a private P-256 key', () => {
    expect(() => es256Signer('k', pair.publicKey)).toThrow(TypeError);
    expect(() => es256Signer('k', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)).toThrow(TypeError);
  });
});

it('a signature that cannot be checked at all is not valid', () => {
  const nothing = new Uint8Array(64);
  expect(isSignedBy('PS256', pair.publicKey, nothing, nothing)).toBe(false);
  expect(isSignedBy('EdDSA', generateKeyPairSync('x25519').publicKey, nothing, nothing)).toBe(false);
});

describe('a detached JWS (RFC 7797)', () => {
  const body = bytesOf('{"not": "canonical",\n "at": "all"}');
  const compact = signDetachedJws({ typ: 'receipt+jws' }, body, pair.signer);

  it('verifies over the exact bytes', () => {
    expect(verifyDetachedJws(compact, body, pair.publicKey, demands)).toMatchObject({ ok: true });
  });

  it('is refused over bytes that mean the same', () => {
    const same = bytesOf('{"not":"canonical","at":"all"}');
    expect(verifyDetachedJws(compact, same, pair.publicKey, demands)).toEqual({ ok: false, fault: 'signature' });
  });

  it('verifies over an empty body', () => {
    const empty = signDetachedJws({ typ: 'receipt+jws' }, new Uint8Array(), pair.signer);
    expect(verifyDetachedJws(empty, new Uint8Array(), pair.publicKey, demands).ok).toBe(true);
  });

  const over = (protectedHeader: object): string => {
    const first = encode(JSON.stringify(protectedHeader));
    return `${first}..${encode(pair.signer.sign(Buffer.concat([Buffer.from(`${first}.`), body])))}`;
  };
  it.each([
    {
      because: 'it carries a payload',
      jws: forge({ ...header, b64: false, crit: ['b64'] }, 'x', pair.signer),
      fault: 'malformed',
    },
    { because: '`b64` is not critical', jws: over({ ...header, b64: false }), fault: 'crit' },
    { because: '`b64` is true', jws: over({ ...header, b64: true, crit: ['b64'] }), fault: 'crit' },
    { because: '`b64` is missing', jws: over({ ...header, crit: ['b64'] }), fault: 'crit' },
    {
      because: 'something else is critical too',
      jws: over({ ...header, b64: false, crit: ['b64', 'exp'], exp: 1 }),
      fault: 'crit',
    },
    { because: '`crit` is empty', jws: over({ ...header, b64: false, crit: [] }), fault: 'crit' },
    { because: 'its type is another', jws: over({ ...header, typ: 'x', b64: false, crit: ['b64'] }), fault: 'typ' },
  ])('is refused as $fault when $because', ({ jws, fault }) => {
    expect(verifyDetachedJws(jws, body, pair.publicKey, demands)).toEqual({ ok: false, fault });
  });
});
