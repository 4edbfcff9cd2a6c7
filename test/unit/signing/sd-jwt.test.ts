import { bindToKey, type Claim, issueSdJwt, presentSdJwt } from '../../../src/core/signing/sd-jwt-issue.js';
import { sha256Base64url } from '../../../src/core/signing/digest.js';
import { readKeyBinding, type SdJwtDemands, verifySdJwt } from '../../../src/core/signing/sd-jwt-verify.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { encode, forge, now, nowSeconds, p256KeyPair } from './agency-keys.js';
import { countingBytes } from './claim-tree.js';

const issuer = p256KeyPair('gateway-1');
const holder = p256KeyPair('gateway-1');
const demands: SdJwtDemands = { typ: 'example+sd-jwt', algorithms: ['ES256'], keyBinding: 'absent' };
const value = (of: Json): Claim => ({ kind: 'value', value: of });

const tree = {
  kind: 'object',
  open: { iss: value('https://gateway.example'), cnf: value({ jwk: holder.jwk }) },
  concealed: {
    injury: {
      kind: 'object',
      open: {},
      concealed: { site: value('ear'), seenOn: value('2026-12-07') },
      digests: 5,
    },
    name: value('Ava'),
  },
  digests: 45,
} as const;
const issued = issueSdJwt({ typ: 'example+sd-jwt' }, tree, countingBytes(), issuer.signer);

it('what is presented is what is verified, and what it rests on comes with it', () => {
  const presented = presentSdJwt(issued, (path) => path.at(-1) === 'site');
  expect(verifySdJwt(presented, issuer.publicKey, demands)).toMatchObject({
    ok: true,
    value: { claims: { iss: 'https://gateway.example', injury: { site: 'ear' } }, presentedAt: undefined },
  });
});

it('every object carries its full number of digests, sorted', () => {
  const payload = JSON.parse(Buffer.from(issued.jwt.split('.')[1] ?? '', 'base64url').toString()) as { _sd: string[] };
  expect(payload._sd).toHaveLength(45);
  expect(payload._sd).toEqual([...payload._sd].sort());
  const injury = issued.disclosures.find(({ path }) => path.length === 1 && path[0] === 'injury');
  const [, , within] = JSON.parse(Buffer.from(injury?.encoded ?? '', 'base64url').toString()) as [
    string,
    string,
    { _sd: string[] },
  ];
  expect(within._sd).toHaveLength(5);
  expect(within._sd).toEqual([...within._sd].sort());
});

it('RFC 9901 §4.2.3: the digest of the example disclosure', () => {
  expect(sha256Base64url('WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0')).toBe(
    'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0',
  );
});

it.each([
  { because: 'an object has more members than digests', claim: { ...tree, digests: 1 }, error: RangeError },
  { because: 'a concealed name is reserved', claim: { ...tree, concealed: { _sd: value(1) } }, error: TypeError },
  { because: 'an open name is reserved', claim: { ...tree, open: { '...': value(1) } }, error: TypeError },
  {
    because: 'a value looks like digests',
    claim: { ...tree, concealed: { a: value([{ '...': 'x' }]) } },
    error: TypeError,
  },
  { because: 'a name is both open and concealed', claim: { ...tree, concealed: { iss: value(1) } }, error: TypeError },
])('nothing is issued when $because', ({ claim, error }) => {
  expect(() => issueSdJwt({ typ: 'x' }, claim, countingBytes(), issuer.signer)).toThrow(error);
});

// The rest is what a dishonest issuer or holder can write, so it is written by hand.
const disclosure = (...content: readonly unknown[]): string => encode(JSON.stringify(content));
const site = disclosure('s1', 'site', 'ear');
const element = disclosure('s2', 'GB');
const sdJwt = (payload: object | string, disclosures: readonly string[] = [], keyBinding = ''): string =>
  [
    forge(
      { alg: 'ES256', typ: 'example+sd-jwt' },
      typeof payload === 'string' ? payload : JSON.stringify(payload),
      issuer.signer,
    ),
    ...disclosures,
    keyBinding,
  ].join('~');
const h = sha256Base64url;
const nested = disclosure('s3', 'within', { _sd: [h(site)] });

it('hand-written ones verify when they are in order', () => {
  const compact = sdJwt({ _sd_alg: 'sha-256', _sd: [h(nested)], list: ['FR', { '...': h(element) }] }, [
    nested,
    site,
    element,
  ]);
  expect(verifySdJwt(compact, issuer.publicKey, demands)).toMatchObject({
    ok: true,
    value: { claims: { within: { site: 'ear' }, list: ['FR', 'GB'] } },
  });
});

const forged = disclosure('s1', 'site', 'arm');
const other = disclosure('s4', 'site', 'leg');
const header = { alg: 'ES256', typ: 'example+sd-jwt' };
it.each([
  { because: 'a disclosure is not referenced', compact: sdJwt({ _sd: [] }, [site]), fault: 'disclosure-unreferenced' },
  { because: 'a disclosure is forged', compact: sdJwt({ _sd: [h(site)] }, [forged]), fault: 'disclosure-unreferenced' },
  {
    because: 'an inner disclosure comes without its outer one',
    compact: sdJwt({ _sd: [h(nested)] }, [site]),
    fault: 'disclosure-unreferenced',
  },
  {
    because: 'a disclosure comes twice',
    compact: sdJwt({ _sd: [h(site)] }, [site, site]),
    fault: 'disclosure-repeated',
  },
  {
    because: 'an element stands in an object',
    compact: sdJwt({ _sd: [h(element)] }, [element]),
    fault: 'disclosure-misplaced',
  },
  {
    because: 'a member stands in a list',
    compact: sdJwt({ list: [{ '...': h(site) }] }, [site]),
    fault: 'disclosure-misplaced',
  },
  ...['_sd', '...', '_sd_alg', '__proto__'].map((name) => {
    const reserved = encode(`["s5","${name}","x"]`);
    return {
      because: `a disclosed claim is called \`${name}\``,
      compact: sdJwt({ _sd: [h(reserved)] }, [reserved]),
      fault: 'name-reserved',
    };
  }),
  {
    because: 'two disclosures have one name',
    compact: sdJwt({ _sd: [h(site), h(other)] }, [site, other]),
    fault: 'name-collides',
  },
  {
    because: 'a disclosed name is an open one too',
    compact: sdJwt({ site: 'arm', _sd: [h(site)] }, [site]),
    fault: 'name-collides',
  },
  { because: '`_sd_alg` is nested', compact: sdJwt({ within: { _sd_alg: 'sha-256' } }), fault: 'sd-alg' },
  { because: '`_sd_alg` is another', compact: sdJwt({ _sd_alg: 'sha-512', _sd: [] }), fault: 'sd-alg' },
  {
    because: 'a list digest has another member',
    compact: sdJwt({ list: [{ '...': h(element), x: 1 }] }, [element]),
    fault: 'digest-malformed',
  },
  {
    because: 'an object that is no element has a list digest',
    compact: sdJwt({ a: { '...': h(element) } }, [element]),
    fault: 'digest-malformed',
  },
  { because: '`_sd` is not a list', compact: sdJwt({ _sd: h(site) }, [site]), fault: 'digest-malformed' },
  { because: 'a digest is no digest', compact: sdJwt({ _sd: ['x'] }), fault: 'digest-malformed' },
  { because: 'a digest is a number', compact: sdJwt({ _sd: [1] }), fault: 'digest-malformed' },
  {
    because: 'a digest is repeated',
    compact: sdJwt({ _sd: [h(site)], within: { _sd: [h(site)] } }, [site]),
    fault: 'digest-repeated',
  },
  {
    because: 'a digest without disclosure is repeated',
    compact: sdJwt({ _sd: [h(site), h(site)] }),
    fault: 'digest-repeated',
  },
  {
    because: 'a digest is repeated within a disclosure',
    compact: sdJwt({ _sd: [h(nested), h(site)] }, [nested, site]),
    fault: 'digest-repeated',
  },
  { because: 'it is a bare JWT', compact: forge(header, '{}', issuer.signer), fault: 'malformed' },
  {
    because: 'its algorithm is none',
    compact: `${forge({ ...header, alg: 'none' }, '{}', issuer.signer)}~`,
    fault: 'alg',
  },
  { because: 'another issuer signed it', compact: `${forge(header, '{}', holder.signer)}~`, fault: 'signature' },
  {
    because: 'it is another kind of token',
    compact: `${forge({ ...header, typ: 'kb+jwt' }, '{}', issuer.signer)}~`,
    fault: 'typ',
  },
  { because: 'its claims are a list', compact: sdJwt('[]'), fault: 'malformed' },
  { because: 'its claims repeat a name', compact: sdJwt('{"a":1,"a":2}'), fault: 'malformed' },
  { because: 'a disclosure is empty', compact: sdJwt({ _sd: [] }, ['']), fault: 'disclosure-malformed' },
  { because: 'a disclosure is an object', compact: sdJwt({ _sd: [] }, [encode('{}')]), fault: 'disclosure-malformed' },
  {
    because: 'a disclosure has four parts',
    compact: sdJwt({ _sd: [] }, [disclosure('s', 'a', 1, 2)]),
    fault: 'disclosure-malformed',
  },
  {
    because: 'a disclosure has one part',
    compact: sdJwt({ _sd: [] }, [disclosure('s')]),
    fault: 'disclosure-malformed',
  },
  {
    because: 'a salt is a number',
    compact: sdJwt({ _sd: [] }, [disclosure(1, 'a', 1)]),
    fault: 'disclosure-malformed',
  },
  {
    because: 'a disclosed name is a number',
    compact: sdJwt({ _sd: [] }, [disclosure('s', 1, 1)]),
    fault: 'disclosure-malformed',
  },
  {
    because: 'a disclosure is padded',
    compact: sdJwt({ _sd: [h(`${element}==`)] }, [`${element}==`]),
    fault: 'disclosure-malformed',
  },
])('an SD-JWT is refused as $fault when $because', ({ compact, fault }) => {
  expect(verifySdJwt(compact, issuer.publicKey, demands)).toEqual({ ok: false, fault });
});

it('a chain of disclosures without end is refused, not followed', () => {
  const chain: string[] = [];
  for (let depth = 0; depth < 5_000; depth++) {
    const inner = chain.at(-1);
    chain.push(disclosure('s', 'a', inner === undefined ? depth : { _sd: [h(inner)] }));
  }
  expect(verifySdJwt(sdJwt({ _sd: [h(chain.at(-1) ?? '')] }, chain), issuer.publicKey, demands)).toEqual({
    ok: false,
    fault: 'malformed',
  });
});

describe('key binding', () => {
  const bound: SdJwtDemands = { ...demands, keyBinding: { audience: 'np', nonce: 'd-1' } };
  const presented = presentSdJwt(issued, () => true);
  const lesser = presentSdJwt(issued, (path) => path[0] === 'name');
  const binding = { audience: 'np', nonce: 'd-1', at: now };
  const claims = { iat: nowSeconds, aud: 'np', nonce: 'd-1', sd_hash: h(presented) };
  const by = (heading: object, said: object, signer = holder.signer): string =>
    presented + forge(heading, JSON.stringify(said), signer);
  const kb = { alg: 'ES256', typ: 'kb+jwt' };
  const bindingOf = (compact: string): string => compact.slice(compact.lastIndexOf('~') + 1);

  it('ties what is presented to one audience, one exchange and one time', () => {
    const compact = bindToKey(presented, binding, holder.signer);
    expect(verifySdJwt(compact, issuer.publicKey, bound)).toMatchObject({
      ok: true,
      value: { presentedAt: nowSeconds },
    });
    expect(readKeyBinding(compact)).toEqual({ audience: 'np', nonce: 'd-1' });
    expect(readKeyBinding(presented)).toBeUndefined();
  });

  it.each([
    { because: 'there is none', compact: presented, fault: 'key-binding-missing' },
    { because: 'it is not a JWS', compact: `${presented}x`, fault: 'key-binding-malformed' },
    { because: 'another key made it', compact: by(kb, claims, issuer.signer), fault: 'key-binding-signature' },
    {
      because: 'it is another kind of token',
      compact: by({ ...kb, typ: 'JWT' }, claims),
      fault: 'key-binding-malformed',
    },
    {
      because: 'it was made for another subset',
      compact: lesser + bindingOf(bindToKey(presented, binding, holder.signer)),
      fault: 'key-binding-hash',
    },
    {
      because: 'a disclosure was dropped',
      compact: presented.replace(`${issued.disclosures[0]?.encoded ?? ''}~`, '') + bindingOf(by(kb, claims)),
      fault: 'key-binding-hash',
    },
    {
      because: 'it is for another agency',
      compact: by(kb, { ...claims, aud: 'hill-gp' }),
      fault: 'key-binding-audience',
    },
    { because: 'its audience is a list', compact: by(kb, { ...claims, aud: ['np'] }), fault: 'key-binding-audience' },
    { because: 'it is for another exchange', compact: by(kb, { ...claims, nonce: 'd-2' }), fault: 'key-binding-nonce' },
    { because: 'it names no time', compact: by(kb, { ...claims, iat: undefined }), fault: 'key-binding-malformed' },
    { because: 'its algorithm is none', compact: by({ ...kb, alg: 'none' }, claims), fault: 'key-binding-malformed' },
    {
      because: 'the issuer named no key',
      compact: `${sdJwt({})}${forge(kb, '{}', holder.signer)}`,
      fault: 'key-binding-key',
    },
    {
      because: 'the issuer named a private key',
      compact: `${sdJwt({ cnf: { jwk: holder.privateKey.export({ format: 'jwk' }) } })}x`,
      fault: 'key-binding-key',
    },
  ])('is refused as $fault when $because', ({ compact, fault }) => {
    expect(verifySdJwt(compact, issuer.publicKey, bound)).toEqual({ ok: false, fault });
  });

  it('is refused where none belongs', () => {
    expect(verifySdJwt(bindToKey(presented, binding, holder.signer), issuer.publicKey, demands)).toEqual({
      ok: false,
      fault: 'key-binding-unexpected',
    });
  });

  it('cannot be made with a key that the holder disclosed as its own', () => {
    const cnf = disclosure('s', 'cnf', { jwk: holder.jwk });
    const shown = sdJwt({ _sd: [h(cnf)] }, [cnf]);
    const compact = bindToKey(shown, binding, holder.signer);
    expect(verifySdJwt(compact, issuer.publicKey, bound)).toEqual({ ok: false, fault: 'key-binding-key' });
  });
});

it('one without any JWT is refused', () => {
  expect(verifySdJwt('~', issuer.publicKey, demands)).toEqual({ ok: false, fault: 'malformed' });
});
