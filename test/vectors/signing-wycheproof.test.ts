import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parsePublicJwk } from '../../src/core/signing/jwk.js';
import { isSignedBy, type JwsAlgorithm, verifyJws } from '../../src/core/signing/jws.js';
import type { JsonObject } from '../../src/core/vocabulary/json.js';

const folder = new URL('../../../shared/vectors/wycheproof/', import.meta.url);
const here = existsSync(folder);
const whenHere = here ? describe : describe.skip;
if (!here) process.stdout.write('wycheproof vectors are not here: skipped\n');

interface Vectors<Group> {
  readonly numberOfTests: number;
  readonly testGroups: readonly Group[];
}
interface JwsGroup {
  readonly public?: JsonObject;
  readonly private?: JsonObject;
  readonly tests: readonly {
    readonly tcId: number;
    readonly jws: unknown;
    readonly result: string;
    readonly comment: string;
  }[];
}
interface EcdsaGroup {
  readonly publicKeyPem: string;
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly result: string;
  }[];
}

function vectors<Group>(name: string): Vectors<Group> {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vectors<Group>;
}

const allowed: readonly JwsAlgorithm[] = ['ES256', 'PS256', 'EdDSA', 'Ed25519'];

/** The public half of a group's key, as its owner would have published it; undefined when we would not have enrolled it. */
function keyOf(group: JwsGroup): KeyObject | undefined {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = group.public ?? group.private ?? {};
  const parsed = parsePublicJwk(jwk, allowed);
  return parsed.ok ? parsed.value.key : undefined;
}

whenHere('Wycheproof json_web_signature', () => {
  const file = vectors<JwsGroup>('json_web_signature_test.json');
  const outcomes = file.testGroups.flatMap((group) => {
    const key = keyOf(group);
    return group.tests.map((test) => ({
      ...test,
      alg: (group.public ?? group.private)?.['alg'],
      verdict: key === undefined ? 'no-key' : typeof test.jws !== 'string' ? 'not-compact' : verdictOf(test.jws, key),
    }));
  });

  function verdictOf(jws: string, key: KeyObject): string {
    const result = verifyJws(jws, key, { typ: null, algorithms: allowed });
    return result.ok ? 'ok' : result.fault;
  }

  it('has the 401 cases of which 355 are to be refused', () => {
    expect(outcomes).toHaveLength(file.numberOfTests);
    expect(outcomes.filter((one) => one.result === 'invalid')).toHaveLength(355);
  });

  it('accepts nothing that must be refused', () => {
    expect(outcomes.filter((one) => one.result === 'invalid' && one.verdict === 'ok')).toEqual([]);
  });

  // Stricter than Wycheproof, by name: keys for algorithms outside ES256, PS256 and EdDSA are never enrolled, and
  // tcId 346 and 350 (`Figure20`) say PS384 under a key for PS256.
  it('accepts every valid case of its own algorithms, and refuses the two whose header names another', () => {
    const own = outcomes.filter((one) => one.result === 'valid' && (one.alg === 'ES256' || one.alg === 'PS256'));
    expect(own.length).toBeGreaterThan(8);
    expect(own.filter((one) => one.verdict !== 'ok').map((one) => [one.tcId, one.comment, one.verdict])).toEqual([
      [346, 'Figure20', 'alg'],
      [350, 'Figure20', 'alg'],
    ]);
  });

  it('enrols no key for another algorithm, so that its valid cases are refused', () => {
    const others = outcomes.filter((one) => one.result === 'valid' && one.alg !== 'ES256' && one.alg !== 'PS256');
    expect(new Set(others.map((one) => one.alg))).toEqual(
      new Set(['HS256', 'RS256', 'RS384', 'RS512', 'PS384', 'PS512', 'ES521']),
    );
    expect(new Set(others.map((one) => one.verdict))).toEqual(new Set(['no-key']));
  });
});

whenHere('Wycheproof ecdsa_secp256r1_sha256_p1363', () => {
  const file = vectors<EcdsaGroup>('ecdsa_secp256r1_sha256_p1363_test.json');

  it('agrees with every case', () => {
    const differing = file.testGroups.flatMap((group) => {
      const key = createPublicKey(group.publicKeyPem);
      return group.tests.filter((test) => accepts(key, test.msg, test.sig) !== (test.result === 'valid'));
    });
    expect(file.testGroups.flatMap((group) => group.tests)).toHaveLength(file.numberOfTests);
    expect(differing).toEqual([]);
  });

  function accepts(key: KeyObject, message: string, signature: string): boolean {
    return isSignedBy('ES256', key, Buffer.from(message, 'hex'), Buffer.from(signature, 'hex'));
  }
});
