import { createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';
import { instantOf, secondsAfter, type Instant } from '../../../src/core/vocabulary/time.js';
import { Clock } from '../../../src/platform/clock.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import { Keyring } from '../../../src/platform/keys/keyring.js';
import { MasterKey } from '../../../src/platform/keys/master-key.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { SystemRandomness } from '../../../src/platform/randomness.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

class SetClock extends Clock {
  at: Instant = instantOf(Date.now());

  override now(): Instant {
    return this.at;
  }
}

let world: TestDatabase;
let database: PostgresDatabase;
let clock: SetClock;
const secret = randomBytes(32);
const bytes = Buffer.from('to be signed');

beforeEach(async () => {
  world = await freshDatabase();
  database = await world.open('gateway');
  clock = new SetClock();
});
afterEach(() => world.close());

const open = (chosen: { master?: MasterKey; logName?: string } = {}): Promise<Keyring> =>
  Keyring.open({
    database,
    master: new MasterKey(secret),
    clock,
    randomness: new SystemRandomness(),
    logName: 'gateway.example/log',
    ...chosen,
  });

async function slugOf(attempt: Promise<unknown>): Promise<string> {
  const failure: unknown = await attempt.then(
    () => 'opened',
    (error: unknown) => error,
  );
  return failure instanceof GatewayProblem ? failure.slug : String(failure);
}

describe('the keyring', () => {
  it('signs what its published key verifies, with 64 bytes', async () => {
    const keys = await open();
    for (const use of ['token', 'disclosure'] as const) {
      const signer = await keys.signer(use);
      const jwk = (await keys.publicJwks()).keys.find(({ kid }) => kid === signer.kid);
      expect(jwk).toEqual({
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: signer.kid,
        use: 'sig',
        alg: 'ES256',
      });
      const key = createPublicKey({ key: jwk as never, format: 'jwk' });
      const signature = signer.sign(bytes);
      expect(signature).toHaveLength(64);
      expect(verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    }
  });

  it('publishes no private part, and gives it to the authorisation server alone', async () => {
    const keys = await open();
    for (const jwk of (await keys.publicJwks()).keys) expect(jwk).not.toHaveProperty('d');
    const { keys: tokens } = await keys.tokenJwks();
    expect(tokens).toHaveLength(1);
    expect(tokens[0]).toHaveProperty('d');
    expect(tokens[0]?.kid).toBe((await keys.signer('token')).kid);
  });

  it('signs for the log with Ed25519, under the name it was made with', async () => {
    const first = await (await open()).logSigner();
    const later = await (await open({ logName: 'moved.example/log' })).logSigner();
    expect(later.name).toBe('gateway.example/log');
    expect(later.publicKey).toEqual(first.publicKey);
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), first.publicKey]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, bytes, key, later.sign(bytes))).toBe(true);
  });

  it('keys identifiers alike in every gateway and unlike between uses', async () => {
    const [one, other] = [await open(), await open()];
    const uses = ['blind-index', 'subject-ref', 'officer-ref'] as const;
    const macs = uses.map((use) => one.mac(use, 'nhs|9990000018').toString('hex'));
    expect(new Set(macs).size).toBe(3);
    expect(uses.map((use) => other.mac(use, 'nhs|9990000018').toString('hex'))).toEqual(macs);
    expect(macs).not.toContain(createHmac('sha256', secret).update('nhs|9990000018').digest('hex'));
  });

  it('is one, however many gateways make it at once', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => open()));
    const kids = await Promise.all(rings.map(async (ring) => (await ring.signer('disclosure')).kid));
    expect(new Set(kids).size).toBe(1);
    expect(await database.outside((tx) => tx.sql('SELECT FROM gateway.gateway_key'))).toHaveLength(6);
  });

  it('publishes a new key at once, signs with it a minute later, and keeps the old one published', async () => {
    const keys = await open();
    const old = (await keys.signer('disclosure')).kid;
    await keys.rotate('disclosure');
    const published = (await keys.publicJwks()).keys.map(({ kid }) => kid);
    expect(published).toHaveLength(3);
    clock.at = secondsAfter(clock.at, 59);
    expect((await keys.signer('disclosure')).kid).toBe(old);
    clock.at = secondsAfter(clock.at, 1);
    const now = (await keys.signer('disclosure')).kid;
    expect(now).not.toBe(old);
    expect(published).toEqual(expect.arrayContaining([old, now]));
    expect((await (await open()).signer('disclosure')).kid).toBe(now);
  });

  it('gives the authorisation server first the key that signs', async () => {
    const keys = await open();
    const old = (await keys.signer('token')).kid;
    await keys.rotate('token');
    expect((await keys.tokenJwks()).keys.map(({ kid }) => kid === old)).toEqual([true, false]);
    clock.at = secondsAfter(clock.at, 60);
    expect((await keys.tokenJwks()).keys.map(({ kid }) => kid === old)).toEqual([false, true]);
  });

  it('does not open under another master secret, and makes no key in its place', async () => {
    await open();
    expect(await slugOf(open({ master: new MasterKey(randomBytes(32)) }))).toBe('signing-unavailable');
    expect(await database.outside((tx) => tx.sql('SELECT FROM gateway.gateway_key'))).toHaveLength(6);
  });

  it('does not open a key put in another’s place', async () => {
    await open();
    await world.asOwner(`ALTER TABLE gateway.gateway_key DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY`);
    await world.asOwner(
      `UPDATE gateway.gateway_key SET wrapped = (SELECT wrapped FROM gateway.gateway_key WHERE use = 'token') WHERE use = 'disclosure'`,
    );
    expect(await slugOf(open())).toBe('signing-unavailable');
  });

  it('is readable to the gateway alone, and to nobody changeable', async () => {
    await open();
    for (const part of ['sequencer', 'jobs'] as const) {
      const other = await world.open(part);
      await expect(other.outside((tx) => tx.sql('SELECT * FROM gateway.gateway_key'))).rejects.toThrow(
        /permission denied/,
      );
    }
    for (const text of [
      'DELETE FROM gateway.gateway_key',
      `UPDATE gateway.gateway_key SET kid = 'x'`,
      'TRUNCATE gateway.gateway_key',
    ]) {
      await expect(database.outside((tx) => tx.sql(text))).rejects.toThrow(/permission denied/);
    }
  });
});
